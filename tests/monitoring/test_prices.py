"""Prices against their own past, from a real market."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.deals.models import DealStatus
from market.monitoring import prices
from market.monitoring.rules import AlertLevel, Direction
from market.offers.models import OfferStatus, Side
from market.web.home_time import home_today, home_zone
from tests.fairs.factories import ORANGE, make_fair, new_deal, new_offer
from tests.sql import statements

pytestmark = pytest.mark.postgresql
Make = Callable[..., Account]
SHIMEN, YUEYANG = "430726", "430602"
HOME, CHANGDE = "43", "43/4307"


def days_ago(days: int) -> datetime:
    """Noon of that local day, but nothing that is still to come."""
    day = home_today() - timedelta(days=days)
    noon = datetime.combine(day, time(12), home_zone()).astimezone(UTC)
    return min(noon, utcnow())


def ask(owner: Account, price: str, days: int, unit: str = "jin", **values: Any) -> None:
    """A sale with that price per `unit`, published so many days ago."""
    from market.offers.rules import price_per_base

    at, yuan = days_ago(days), Decimal(price)
    given = {"price_low": yuan, "price_high": yuan, "price_unit": unit, "published_at": at}
    given["price_per_base"] = price_per_base(Side.SELL, yuan, yuan, unit)
    with transaction():
        db.session.add(new_offer(owner, **{**given, "created_at": at, **values}))


def usual(make_account: Make, region: str = SHIMEN) -> None:
    """Ten people asked about two yuan a jin in the four weeks before."""
    for n, days in enumerate((7, 9, 12, 15, 18, 20, 22, 25, 30, 34)):
        ask(make_account(region=region), f"2.0{n}", days)


def test_a_rise_is_told_per_base_unit_and_by_week(make_account: Make) -> None:
    usual(make_account)
    for days in range(6):
        ask(make_account(), "5.20", days, unit="kg")
    (row,), _ = prices.price_rows([HOME])
    assert (row.asked.now, row.asked.number, row.asked.number_before) == (Decimal("5.2"), 6, 10)
    assert (row.asked.direction, row.level) == (Direction.RISE, AlertLevel.ALERT)
    assert [week.asks for week in row.weeks][-6:] == [0, 2, 2, 3, 3, 6]
    assert row.dealt.now is None


def test_one_persons_many_posts_are_one_price(make_account: Make) -> None:
    usual(make_account)
    loud = make_account()
    for _ in range(20):
        ask(loud, "9", 1)
    (row,), _ = prices.price_rows([HOME])
    assert (row.asked.number, row.level) == (1, None)


def test_drafts_and_what_was_rejected_are_no_prices(make_account: Make) -> None:
    ask(make_account(), "2", 1, status=OfferStatus.REJECTED)
    ask(make_account(), "2", 1, side=Side.BUY)
    assert prices.price_rows([HOME])[0] == []
    ask(make_account(), "2", 1, status=OfferStatus.EXPIRED)
    assert len(prices.price_rows([HOME])[0]) == 1


def test_the_own_region_stands_beside_the_whole(make_account: Make) -> None:
    usual(make_account)
    for days in range(5):
        ask(make_account(), "2.60", days)
        ask(make_account(region=YUEYANG), "2.00", days)
        ask(make_account(region=YUEYANG), "2.00", days)
    (row,), _ = prices.price_rows([CHANGDE])
    assert (row.asked.now, row.home.now) == (Decimal("5.2"), Decimal(4))
    (other,), _ = prices.price_rows(["43/4306"])
    assert (other.asked.now, other.asked.change) == (Decimal(4), None)


def test_deals_have_their_own_movement(make_account: Make) -> None:
    fair, buyer = make_fair(), make_account(region=YUEYANG)
    today = home_today()
    ages = [*range(5), 8, 9, 10, 15, 16, 17, 24, 25]
    for age in ages:
        values = {"unit": "ton", "unit_price": Decimal(3000 if age < 7 else 4000)}
        deal = new_deal(fair, make_account(), buyer, agreed_on=today - timedelta(age), **values)
        with transaction():
            db.session.add(deal)
    disputed = new_deal(fair, make_account(), buyer, agreed_on=today, status=DealStatus.DISPUTED)
    with transaction():
        db.session.add(disputed)
    (row,), _ = prices.price_rows([HOME])
    assert (row.dealt.now, row.dealt.before, row.dealt.number) == (3, 4, 5)
    assert (row.main, row.level) == (row.dealt, AlertLevel.ALERT)
    assert row.main.direction is Direction.FALL


def test_the_same_season_of_the_year_before_is_compared(make_account: Make) -> None:
    for days in range(5):
        ask(make_account(), "3", days)
    for days in (350, 360, 364, 370, 378):
        ask(make_account(), "2", days)
    ask(make_account(), "9", 400)
    row, _ = prices.price_row([HOME], (ORANGE, "mass"))
    assert row
    assert (row.asked.year_ago, row.asked.over_year) == (Decimal(4), Decimal("0.5"))


def test_prices_are_read_in_two_statements(make_account: Make) -> None:
    usual(make_account)
    prices.price_rows([HOME])
    with statements() as sent:
        prices.price_rows([HOME])
    # With nothing kept the prices are read once for each use; with a minute's keeping, once.
    assert len(sent) <= 2 * 5 + 2
