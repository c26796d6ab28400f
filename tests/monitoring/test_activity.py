"""Which counties sleep, from a real market."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta

import pytest

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.deals.models import DealStatus
from market.monitoring import activity
from market.monitoring.activity import ActivityColumn, ActivityRow, MissingItem
from market.monitoring.rules import AlertLevel
from market.offers.models import Verification
from market.web.home_time import home_today
from tests.fairs.factories import make_fair, new_deal, new_offer
from tests.sql import statements

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
SHIMEN, LINLI, YUEYANG = "430726", "430724", "430602"
HOME, CHANGDE = "43", "43/4307"


def rows(path: str = HOME) -> dict[str, ActivityRow]:
    return {row.place.code: row for row in activity.activity_rows([path])[0]}


def post(owner: Account, days: float, **values: object) -> None:
    at = utcnow() - timedelta(days=days)
    given = {"published_at": at, "created_at": at, "valid_until": utcnow() + timedelta(days=9)}
    with transaction():
        db.session.add(new_offer(owner, **{**given, **values}))


def test_every_reporting_county_is_there_and_never_woken_ones_come_first(
    make_account: Make,
) -> None:
    post(make_account(), 0)
    found = activity.activity_rows([HOME])[0]
    assert len(found) == 124
    assert (found[0].idle, found[0].level) == (None, AlertLevel.ALERT)
    assert (found[-1].place.code, found[-1].idle, found[-1].level) == (SHIMEN, 0, None)
    assert set(rows(CHANGDE)) < set(rows())


def test_idle_counts_from_the_latest_act_of_any_kind(make_account: Make) -> None:
    seller, buyer = make_account(), make_account(region=YUEYANG)
    today = home_today()
    post(seller, 20)
    assert rows()[SHIMEN].idle == 20
    verified = {"verification": Verification.VERIFIED, "verified_at": utcnow() - timedelta(days=8)}
    post(seller, 21, **verified)
    assert (rows()[SHIMEN].idle, rows()[SHIMEN].level) == (8, AlertLevel.NOTICE)
    agreed = {"status": DealStatus.AGREED, "agreed_on": today - timedelta(days=3)}
    with transaction():
        db.session.add(new_deal(make_fair(), seller, buyer, **agreed))
    row = rows()[SHIMEN]
    assert (row.idle, row.level, row.last_deal) == (3, None, today - timedelta(days=3))
    assert row.last_offer == today - timedelta(days=20)


def test_what_a_county_has_nothing_of_is_said(make_account: Make) -> None:
    today = home_today()
    assert rows()[SHIMEN].missing == [MissingItem.SUPPLY, MissingItem.DEMAND, MissingItem.ASSISTANT]
    fair = make_fair(starts_on=today - timedelta(days=5), ends_on=today + timedelta(days=5))
    assert rows()[SHIMEN].missing == list(MissingItem)
    seller, buyer = make_account(role="assistant"), make_account()
    post(seller, 1, verification=Verification.VERIFIED, verified_at=utcnow())
    post(buyer, 1, side="buy")
    with transaction():
        db.session.add(new_deal(fair, seller, buyer, agreed_on=today))
    assert rows()[SHIMEN].missing == []
    assert rows()[LINLI].missing == list(MissingItem)


def test_an_assistant_of_the_prefecture_serves_its_counties(make_account: Make) -> None:
    make_account(role="assistant", scope="430700")
    assert MissingItem.ASSISTANT not in rows()[LINLI].missing
    assert MissingItem.ASSISTANT in rows()[YUEYANG].missing


def test_the_order_is_the_one_asked_for(make_account: Make) -> None:
    for region, days in ((SHIMEN, 9), (LINLI, 4)):
        post(make_account(region=region), days)
    found = activity.activity_rows([CHANGDE])[0]
    assert [r.place.code for r in activity.sort_rows(found, "offer")][-2:] == [SHIMEN, LINLI]
    by_place = [row.place.path for row in activity.sort_rows(found, "place")]
    assert by_place == sorted(by_place)
    assert activity.sort_rows(found, "idle") == found


@pytest.fixture
def reports() -> Iterator[None]:
    """A column of a room above: Shimen reported two days ago."""

    def last(codes: Collection[str]) -> Mapping[str, datetime]:
        assert SHIMEN in codes
        return {SHIMEN: utcnow() - timedelta(days=2)}

    added = list(activity.columns)
    activity.columns.clear()
    activity.add_column(ActivityColumn("report", "Last report", lambda codes: {}))
    activity.add_column(ActivityColumn("report", "Last report", last))
    yield
    activity.columns[:] = added


def test_a_room_above_adds_a_column_that_wakes_no_county(reports: None, make_account: Make) -> None:
    post(make_account(), 30)
    assert [column.name for column in activity.columns] == ["report"]
    row = rows()[SHIMEN]
    assert (row.idle, list(row.extra)) == (30, ["report"])
    assert rows()[LINLI].extra == {}


def test_activity_is_read_in_four_statements(make_account: Make) -> None:
    rows()
    with statements() as sent:
        rows()
    assert len(sent) <= 4 + 2
