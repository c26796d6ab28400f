"""Storing the prices of days: of today again and again, of each day before once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, String, bindparam, delete, func, insert, select, tuple_, type_coerce

from market.database import AdvisoryLock, advisory_lock, db, read, utcnow
from market.deals.flag_rules import Quartiles
from market.deals.models import Deal, DealStatus
from market.monitoring.days import Days
from market.offers.models import OfferPublication
from market.prices.counting import (
    SCALE,
    Counted,
    SourcePrices,
    read_prices,
    regions_above,
)
from market.prices.models import PriceDay, RegionalPrice
from market.regions.queries import home_path, leaves
from market.web.home_time import home_today, home_zone

# Back from today: a season of thirteen weeks, and the same of the year before.
HISTORY_DAYS = 364 + 91
# Older prices are deleted; those of counties once no week is compared with them any more.
RETENTION_DAYS = 2 * 364 + 91
COUNTY_DAYS = 7


def counted_days(seconds: float) -> Iterator[tuple[date, Counted]]:
    """Today's prices, then those of each day before that was never counted, the latest first.

    Not inside transaction(): counting a large market takes too long to keep others from writing.

    Args:
        seconds: begin no further day after so many.
    """
    end, today = time.monotonic() + seconds, home_today()
    yield today, _count(read_prices(today, today), today, is_with_counties=True)
    if time.monotonic() < end and (missing := _missing_days(today)):
        prices = read_prices(missing[-1], missing[0])
        for day in missing:
            if time.monotonic() >= end:
                return
            yield day, _count(prices, day, is_with_counties=day >= _first_of_counties(today))


def save_day(day: date, counted: Counted) -> None:
    """Store the prices of a day: write what differs. Inside transaction()."""
    advisory_lock(AdvisoryLock.PRICES)
    known = {tuple(row[:4]): tuple(row[4:]) for row in read(_OF_DAY, day=day)}
    values = {key: _values(quartiles) for key, quartiles in counted.items()}
    gone = [key for key, stored in known.items() if values.get(key) != stored]
    new = [key for key, counted_now in values.items() if known.get(key) != counted_now]
    for part in (gone[n : n + 500] for n in range(0, len(gone), 500)):
        db.session.execute(delete(RegionalPrice).where(RegionalPrice.day == day, _KEY.in_(part)))
    if new:
        rows = [dict(zip(_NAMES, (*key, *values[key]), strict=True)) for key in new]
        db.session.execute(insert(RegionalPrice), [{"day": day, **row} for row in rows])
    stored = db.session.get(PriceDay, day)
    if stored is None:
        last = db.session.scalar(select(func.max(PriceDay.day)))
        db.session.add(PriceDay(day=day, changed_at=utcnow()))
        if last is not None and last < day:
            _forget(day)
    elif gone or new:
        stored.changed_at = utcnow()


def _count(prices: list[SourcePrices], day: date, is_with_counties: bool) -> Counted:
    return {
        key: quartiles
        for each in prices
        for key, quartiles in each.count(day, is_with_counties).items()
    }


def _values(quartiles: Quartiles) -> tuple[Any, ...]:
    """As a row has them: in yuan."""
    figures = (quartiles.low, quartiles.median, quartiles.high)
    return *(figure.scaleb(-SCALE) for figure in figures), quartiles.count


def _missing_days(today: date) -> list[date]:
    """The days of the history before today that were not counted, from the first price on; the
    latest first."""
    since = today - timedelta(days=HISTORY_DAYS)
    known = set(db.session.scalars(select(PriceDay.day).where(PriceDay.day >= since)))
    offered, agreed = read(_FIRST).one()
    firsts = [agreed] if agreed else []
    if offered is not None:
        firsts.append(date.fromordinal(Days(home_zone()).of(offered)))
    if not firsts:
        return []
    days = (today - timedelta(days=n) for n in range(1, HISTORY_DAYS + 1))
    return [day for day in days if day not in known and day >= min(firsts)]


def _first_of_counties(today: date) -> date:
    """The day from which on prices of counties are kept."""
    return today - timedelta(days=COUNTY_DAYS)


def _forget(today: date) -> None:
    """Delete what is too old, the prices of counties sooner than those of wider regions."""
    price = RegionalPrice
    wide = {code for leaf in leaves(home_path()) for code in regions_above(leaf.code)[1:]}
    old = price.day < _first_of_counties(today)
    db.session.execute(delete(price).where(old, price.region_code.not_in(wide)))
    for model in (price, PriceDay):
        db.session.execute(delete(model).where(model.day < today - timedelta(days=RETENTION_DAYS)))


# Made once.
_KEY = tuple_(
    *(RegionalPrice.region_code, RegionalPrice.product_code),
    *(RegionalPrice.measure, RegionalPrice.source),
)
_NAMES = ("region_code", "product_code", "measure", "source", "low", "median", "high", "count")
_OF_DAY = select(*(getattr(RegionalPrice, name) for name in _NAMES)).where(
    RegionalPrice.day == bindparam("day", type_=Date)
)
_FIRST = select(
    select(type_coerce(func.min(OfferPublication.at), String)).scalar_subquery(),
    select(func.min(Deal.agreed_on)).where(Deal.status == DealStatus.VERIFIED).scalar_subquery(),
)
