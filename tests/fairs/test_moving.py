"""A fair is postponed, or merged into another of its season, and says why wherever it is shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.deals.models import Deal, DealStatus
from market.fairs import services, session_services
from market.fairs.checks import FairChanged
from market.fairs.merging import merge_fair, merge_targets
from market.fairs.models import Fair, FairEvent, FairEventKind, FairListing, FairStatus, FairTheme
from market.fairs.postponing import postpone_fair
from market.fairs.queries import comparable, events_of, last_event, sessions_of
from market.notify.models import Notice, NoticeKind
from market.regions.models import Region
from market.statements import units
from market.web.errors import DomainError, Invalid, InvalidTransition, Refused
from tests.fairs.factories import (
    INSIDE,
    ORANGE,
    TEA,
    count_deal,
    fair_values,
    make_fair,
    new_deal,
    publish,
    send_seen,
)

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
WHY = "台风影响发货"
BEFORE = datetime(2026, 9, 1, 2, tzinfo=UTC)
SESSION = {
    "name": "柑橘专场",
    "name_en": "Citrus",
    "slug": "citrus",
    "note": "",
    "themes": [ORANGE],
    "starts_on": date(2026, 9, 16),
    "ends_on": date(2026, 9, 18),
}


def postpone(actor: Account, fair: Fair, day: date, reason: str = WHY, **more: Any) -> None:
    with transaction():
        postpone_fair(actor, fair, day, reason, **{"at": BEFORE, **more})


def merge(actor: Account, fair: Fair, into: Fair, reason: str = WHY, **more: Any) -> None:
    with transaction():
        merge_fair(actor, fair, into, reason, **{"at": INSIDE, **more})


def add_session(actor: Account, fair: Fair, **values: Any) -> None:
    with transaction():
        session_services.add_session(actor, fair, {**SESSION, **values}, at=BEFORE)


def changsha() -> Region:
    return db.session.get_one(Region, "430100")


def test_a_postponed_fair_lasts_as_long_and_its_sessions_move_with_it(province: Account) -> None:
    fair = make_fair(status=FairStatus.ANNOUNCED)
    add_session(province, fair)
    postpone(province, fair, date(2026, 10, 1))
    assert (fair.starts_on, fair.ends_on) == (date(2026, 10, 1), date(2026, 10, 16))
    (session,) = sessions_of(fair)
    assert (session.starts_on, session.ends_on) == (date(2026, 10, 2), date(2026, 10, 4))
    event = events_of(fair)[0]
    assert (event.kind, event.reason, event.from_day, event.to_day) == (
        FairEventKind.POSTPONED,
        WHY,
        date(2026, 9, 15),
        date(2026, 10, 1),
    )
    with transaction():
        assert services.update_states(datetime(2026, 9, 20, tzinfo=UTC)) == 0
    assert units.periods_of(fair, datetime(2026, 9, 20, tzinfo=UTC)) == []


@pytest.mark.parametrize("status", [FairStatus.OPEN, FairStatus.CLOSED, FairStatus.CANCELLED])
def test_only_a_fair_that_is_announced_is_postponed(province: Account, status: FairStatus) -> None:
    fair = make_fair(status=status)
    with pytest.raises(InvalidTransition):
        postpone(province, fair, date(2026, 10, 1))


def test_a_fair_whose_first_day_has_come_is_not_postponed(province: Account) -> None:
    fair = make_fair(status=FairStatus.ANNOUNCED)
    with pytest.raises(InvalidTransition):
        postpone(province, fair, date(2026, 10, 1), at=INSIDE)


def test_a_fair_is_not_postponed_into_another_year_or_past_what_is_compared_with_it(
    province: Account,
) -> None:
    fair = make_fair(status=FairStatus.ANNOUNCED)
    for day in (date(2026, 9, 15), date(2026, 9, 1), date(2027, 3, 1)):
        with pytest.raises(Invalid):
            postpone(province, fair, day)
    winter = {"starts_on": date(2026, 11, 1), "ends_on": date(2026, 11, 9)}
    make_fair(slug="winter", status=FairStatus.ANNOUNCED, previous_id=fair.id, **winter)
    with pytest.raises(Invalid):
        postpone(province, fair, date(2026, 11, 2))
    postpone(province, fair, date(2026, 10, 31))


def test_postponing_wants_a_reason_the_province_and_the_fair_as_it_was_seen(
    province: Account, make_account: Make
) -> None:
    fair = make_fair(status=FairStatus.ANNOUNCED)
    day = date(2026, 10, 1)
    with pytest.raises(Invalid):
        postpone(province, fair, day, "  ")
    with pytest.raises(Refused):
        postpone(make_account(role="county_official", scope="430726"), fair, day)
    seen = last_event(fair)
    with transaction():
        services.edit_fair(province, fair, fair_values(name="改名"))
    with pytest.raises(FairChanged):
        postpone(province, fair, day, seen=seen)


def test_an_edit_does_not_let_an_announced_fair_begin_later(province: Account) -> None:
    fair = make_fair(status=FairStatus.ANNOUNCED)
    with pytest.raises(Invalid) as refused, transaction():
        services.edit_fair(province, fair, fair_values(starts_on=date(2026, 9, 16)))
    assert refused.value.field == "starts_on"


def test_officials_and_whoever_is_in_a_fair_get_one_notice_of_what_became_of_it(
    province: Account, make_account: Make
) -> None:
    county = make_account("石门县商务局", role="county_official", scope="430726")
    outside = make_account("别省", role="county_official", region="430102", scope="430102")
    farmer, stranger = make_account("老李"), make_account("路人")
    fair = make_fair(region=db.session.get_one(Region, "430700"))
    publish(farmer)
    with transaction():
        services.enrol_from_publications(fair)
    into = make_fair(slug="autumn-2")
    merge(province, fair, into)
    rows = db.session.scalars(select(Notice).where(Notice.kind == NoticeKind.FAIR)).all()
    assert sorted(row.account_id for row in rows) == sorted([county.id, farmer.id])
    assert {row.about_id for row in rows} == {fair.id}
    assert not {province.id, outside.id, stranger.id} & {row.account_id for row in rows}


def test_a_merged_fairs_sessions_listings_and_open_deals_go_to_the_other(
    province: Account, make_account: Make
) -> None:
    fair = make_fair(slug="small", region=changsha(), status=FairStatus.OPEN)
    into = make_fair()
    add_session(province, into)
    add_session(province, fair)
    seller = make_account(region="430102")
    offer = publish(seller, at=INSIDE - timedelta(hours=1))
    waiting = new_deal(fair, seller, make_account(), status=DealStatus.AGREED)
    with transaction():
        db.session.add(waiting)
        services.enrol_from_publications(fair)
    merge(province, fair, into)
    assert (fair.status, fair.merged_into) == (FairStatus.MERGED, into)
    assert sorted(session.slug for session in sessions_of(into)) == ["citrus", "citrus-2"]
    listed = select(FairListing.offer_id).where(FairListing.fair_id == into.id)
    assert db.session.scalars(listed).all() == [offer.id]
    assert db.session.get_one(Deal, waiting.id).fair_id == into.id
    absorbed = events_of(into)[0]
    assert (absorbed.kind, absorbed.source, absorbed.reason) == (
        FairEventKind.ABSORBED,
        fair,
        WHY,
    )
    assert events_of(fair)[0].kind is FairEventKind.MERGED
    assert units.periods_of(fair, utcnow()) == []
    assert [row.id for row in comparable(None)] == [into.id]


def test_a_fair_with_counted_deals_is_not_merged(province: Account, make_account: Make) -> None:
    fair, into = make_fair(slug="small", region=changsha()), make_fair()
    count_deal(fair, make_account(region="430102"), make_account())
    with pytest.raises(InvalidTransition):
        merge(province, fair, into)
    assert fair.status is FairStatus.OPEN
    assert fair.merged_into is None


@pytest.mark.parametrize(
    "other",
    [
        {"status": FairStatus.ANNOUNCED, "starts_on": date(2026, 9, 20)},
        {"status": FairStatus.CLOSED},
        {"year": 2027},
        {"season": "winter"},
        {"region": "430700"},
        {"themes": [TEA]},
        {"ends_on": date(2026, 9, 15)},
    ],
)
def test_a_fair_is_merged_only_into_one_that_takes_over_all_of_it(
    province: Account, other: dict[str, Any]
) -> None:
    fair = make_fair(slug="small", region=changsha())
    values = {name: value for name, value in other.items() if name != "themes"}
    region = db.session.get_one(Region, other.get("region", "430000"))
    into = make_fair(**{**values, "region": region})
    with transaction():
        db.session.add_all(
            FairTheme(fair_id=into.id, product_prefix=t) for t in other.get("themes", ())
        )
    assert into not in merge_targets(fair, INSIDE)
    with pytest.raises(DomainError):
        merge(province, fair, into)
    with pytest.raises(DomainError):
        merge(province, fair, fair)


def test_the_database_wants_to_know_into_which_fair_one_was_merged(province: Account) -> None:
    fair = make_fair()
    for change in ("status = 'merged'", f"merged_into_id = {fair.id}"):
        with pytest.raises(IntegrityError), transaction():
            db.session.execute(text(f"UPDATE fairs SET {change}"))
    event = {"fair_id": fair.id, "kind": FairEventKind.POSTPONED, "at": utcnow(), "reason": WHY}
    with pytest.raises(IntegrityError), transaction():
        db.session.add(FairEvent(**event, by_id=province.id))


def test_a_merged_fairs_addresses_lead_to_the_other_which_says_why(
    province: Account, log_in: Any, client: Any
) -> None:
    today = utcnow().date()
    days = {"starts_on": today - timedelta(days=2), "ends_on": today + timedelta(days=9)}
    same = {"year": days["starts_on"].year, **days}
    make_fair(slug="small", name="长沙小会", region=changsha(), **same)
    into = make_fair(**same)
    browser = log_in(province)
    assert "/desk/fairs/small/merge" in browser.get("/desk/fairs/small").text
    form = {"reason": WHY, "into": str(into.id)}
    sent = send_seen(browser, "/desk/fairs/small/merge", form)
    assert sent.location == "/desk/fairs/2026-autumn"
    for page in ("", "/counties", "/regions/430100", "/regions/430100/tables", "/screen"):
        answer = client.get(f"/fairs/small{page}")
        assert (answer.status_code, answer.location) == (301, "/fairs/2026-autumn")
    page = client.get("/fairs/2026-autumn").get_data(as_text=True)
    assert WHY in page
    assert "长沙小会" in page
    assert "长沙小会" not in client.get("/fairs").get_data(as_text=True)
    assert "并入" in browser.get("/desk/fairs/small").text


def test_the_desk_postpones_and_the_page_says_from_when_to_when(
    province: Account, log_in: Any, client: Any
) -> None:
    days = {"starts_on": date(2099, 9, 15), "ends_on": date(2099, 9, 30)}
    make_fair(status=FairStatus.ANNOUNCED, year=2099, **days)
    browser = log_in(province)
    address = "/desk/fairs/2026-autumn/postpone"
    assert send_seen(browser, address, {"starts_on": "bad", "reason": WHY}).status_code == 200
    form = {"starts_on": "2099-09-20", "reason": WHY}
    assert send_seen(browser, address, form).status_code == 303
    page = client.get("/fairs/2026-autumn").get_data(as_text=True)
    assert WHY in page
    assert "原定" in page
