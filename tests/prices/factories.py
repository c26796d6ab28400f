"""Asking and agreeing prices for tests, straight into the tables they are counted from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.deals.models import DealStatus
from market.fairs.models import Fair
from market.offers.models import Offer, Side
from market.offers.rules import price_per_base
from market.text.days import local_midnight
from market.web.home_time import home_today, home_zone
from tests.fairs.factories import new_deal, publish

Make = Callable[..., Account]


def days_ago(days: int) -> datetime:
    """Noon of that local day, but nothing that is still to come."""
    day = home_today() - timedelta(days=days)
    noon = datetime.combine(day, time(12), home_zone()).astimezone(UTC)
    return min(noon, utcnow())


def ask(owner: Account, price: str, since: int = 0, days: int = 30, **values: Any) -> Offer:
    """A sale at that price per jin (or `price_unit`), published so many days ago, up for `days`."""
    unit, at = values.pop("price_unit", "jin"), days_ago(since)
    last = home_today() - timedelta(days=since) + timedelta(days=days)
    yuan = Decimal(price)
    given = {"price_low": yuan, "price_high": yuan, "price_unit": unit}
    given["price_per_base"] = price_per_base(Side.SELL, yuan, yuan, unit)
    times = {"published_at": at, "valid_until": local_midnight(last, home_zone())}
    return publish(owner, at, **{**given, **times, **values})


def ask_all(make_account: Make, prices: str, region: str = "430726", **values: Any) -> None:
    """One sale of a trader each, at these prices per jin."""
    for price in prices.split():
        ask(make_account(region=region), price, **values)


def agree(fair: Fair, seller: Account, buyer: Account, price: str, days: int = 0) -> None:
    """A verified deal at that price per jin, agreed so many days ago."""
    day = home_today() - timedelta(days=days)
    yuan = Decimal(price)
    deal = new_deal(
        fair,
        seller,
        buyer,
        int(yuan * 100 * 100),
        status=DealStatus.VERIFIED,
        agreed_on=day,
        quantity=Decimal(100),
        unit="jin",
        unit_price=yuan,
    )
    with transaction():
        db.session.add(deal)
