"""A fair with nothing counted can be cancelled; it then counts, opens and is owed nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.deals.models import DealStatus
from market.fairs import services
from market.fairs.cancellation import cancel_fair
from market.fairs.checks import FairChanged
from market.fairs.models import Fair, FairEvent, FairEventKind, FairStatus
from market.fairs.queries import comparable, events_of, last_event
from market.statements import units
from market.tallies import comparisons, queries
from market.tallies.services import update_counts
from market.web.errors import Invalid, InvalidTransition, Refused
from market.worker import recount_open_fairs
from tests.fairs.factories import count_deal, fair_values, make_fair, new_deal, publish, send_seen

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
WHY = "年份写错了"
ADDRESS = "/desk/fairs/2026-autumn/cancel"


def cancel(actor: Account, fair: Fair, reason: str = WHY, seen: int | None = None) -> None:
    with transaction():
        cancel_fair(actor, fair, reason, seen)


@pytest.mark.parametrize("status", [FairStatus.ANNOUNCED, FairStatus.OPEN, FairStatus.CLOSED])
def test_a_fair_without_deals_is_cancelled_with_a_reason(
    province: Account, make_account: Make, status: FairStatus
) -> None:
    fair = make_fair(status=status)
    publish(make_account())
    with pytest.raises(Invalid):
        cancel(province, fair, "  ")
    cancel(province, fair)
    (event,) = events_of(fair)
    assert (event.kind, event.reason, event.by) == (FairEventKind.CANCELLED, WHY, province)
    with transaction():
        assert services.update_states(datetime(2026, 9, 16, tzinfo=UTC)) == 0
    assert fair.status is FairStatus.CANCELLED
    with pytest.raises(InvalidTransition):
        cancel(province, fair)


def test_a_fair_whose_deals_count_or_wait_is_not_cancelled(
    province: Account, make_account: Make
) -> None:
    seller, buyer = make_account(), make_account()
    counted, waiting = make_fair(), make_fair(slug="waiting")
    count_deal(counted, seller, buyer)
    with transaction():
        db.session.add(new_deal(waiting, seller, buyer, status=DealStatus.AGREED))
    for fair in (counted, waiting, make_fair(slug="sure", status=FairStatus.CERTIFIED)):
        with pytest.raises(InvalidTransition):
            cancel(province, fair)
        assert fair.status is not FairStatus.CANCELLED


def test_only_the_province_cancels_and_not_over_what_another_did(
    province: Account, make_account: Make
) -> None:
    fair = make_fair(status=FairStatus.ANNOUNCED)
    with pytest.raises(Refused):
        cancel(make_account(role="county_official", scope="430726"), fair)
    seen = last_event(fair)
    with transaction():
        services.edit_fair(province, fair, fair_values(name="改名"))
    with pytest.raises(FairChanged):
        cancel(province, fair, seen=seen)


def test_nothing_is_owed_counted_or_compared_of_a_cancelled_fair(province: Account) -> None:
    fair = make_fair(status=FairStatus.CLOSED)
    cancel(province, fair)
    assert units.periods_of(fair, utcnow()) == []
    assert units.reported_fairs(["43"]) == []
    recount_open_fairs()
    with transaction():
        update_counts()
    assert queries.counted_at(fair) is None
    assert comparable(None) == []
    later = make_fair(slug="later", previous_id=fair.id, starts_on=date(2026, 9, 16))
    assert comparisons.find_comparisons(later, queries.totals(later)) == []
    assert comparisons.find_comparisons(fair, queries.totals(fair)) == []


def test_the_database_wants_a_reason_and_a_name(province: Account) -> None:
    fair = make_fair()
    for values in ({"by_id": province.id}, {"reason": WHY}):
        event = {"fair_id": fair.id, "kind": FairEventKind.CANCELLED, "at": utcnow(), **values}
        with pytest.raises(IntegrityError), transaction():
            db.session.add(FairEvent(**event))


def test_the_desk_cancels_and_every_page_says_so(
    province: Account, log_in: Any, client: Any
) -> None:
    make_fair(status=FairStatus.CLOSED)
    browser = log_in(province)
    assert ADDRESS in browser.get("/desk/fairs/2026-autumn").text
    assert send_seen(browser, ADDRESS, {"reason": WHY}).status_code == 303
    page = browser.get("/desk/fairs/2026-autumn").text
    assert WHY in page
    assert "由省里办" not in page
    assert f'href="{ADDRESS}"' not in page
    assert browser.get(ADDRESS).status_code == 409
    assert "已取消" in browser.get("/desk/fairs").text
    public = client.get("/fairs/2026-autumn").get_data(as_text=True)
    assert WHY in public
    assert "已取消" in public
    assert "万元" not in public
    assert "已取消" in client.get("/fairs").get_data(as_text=True)


def test_the_public_list_names_the_reason_in_english_too(province: Account, client: Any) -> None:
    fair = make_fair(status=FairStatus.ANNOUNCED)
    cancel(province, fair)
    client.set_cookie("language", "en")
    assert "This fair was cancelled" in client.get("/fairs/2026-autumn").get_data(as_text=True)
