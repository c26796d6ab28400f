"""The vectorised twin of `rules.score`: one offer against arrays of others, totals only.

Pure: numpy, no database, no Flask. What a part means and why is said in `rules`; a property
test holds the two equal.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Protocol

import numpy as np

from market.matching.rules import (
    AGEING_DAYS,
    EARTH_KM,
    HALFWAY_KM,
    HOPELESS_GAP,
    MONTH,
    NARROWER,
    OPEN_DAYS,
    PRODUCT_DIGITS,
    SAME_PREFECTURE,
    SAME_PRODUCT,
    SAME_PROVINCE,
    SEASONED,
    SIBLING,
    TOUCHING,
    WEIGHTS,
    WIDER,
    Facts,
    period,
)
from market.offers.models import Side
from market.search.schema import MEASURES, NO_DAY, SIDES

Array = np.ndarray[Any, np.dtype[Any]]
# A column of the candidates by its name in `schema.ROW`.
Columns = Callable[[str], Array]

_MICROSECONDS_A_DAY = 86_400e6
_EPOCH = date(1970, 1, 1)
_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)


class Places(Protocol):
    """The table of regions: numbers in the order of the paths, degrees, nan unknown."""

    paths: Any
    latitude: Array
    longitude: Array


def totals(own: Facts, of: Columns, product: Array, region: Array, now: datetime) -> Array:
    """What `rules.score(own, candidate, now).total` is for each candidate; nan for None.

    Args:
        product, region: each candidate's, from the tables `product_worth` and `region_worth`.
        now: as in rules: aware, in the home time zone.
    """
    value = product * WEIGHTS["product"] + region * WEIGHTS["region"]
    weight = np.full(len(product), WEIGHTS["product"] + WEIGHTS["region"])
    for name, part in (("price", _price), ("quantity", _quantity), ("time", _time)):
        found = part(own, of, now)
        if found is not None:
            worth, told = found
            value += np.where(told, worth, 0.0) * WEIGHTS[name]
            weight += told * WEIGHTS[name]
    value += (_record(own.verified, own.finished_deals) + _records(of)) * (WEIGHTS["trust"] / 2)
    value += (_newness(own, now) + _newnesses(of, now)) * (WEIGHTS["freshness"] / 2)
    weight += WEIGHTS["trust"] + WEIGHTS["freshness"]
    unrelated = (
        (product == 0) | (of("owner") == own.owner_id) | (of("side") == SIDES[Side(own.side)])
    )
    return np.where(unrelated, np.nan, np.minimum(value / weight, 1.0))


def ceilings(own: Facts, product: Array, region: Array, now: datetime) -> Array:
    """What `totals` can at most be by product and region alone, as if all the rest were 1.

    A part left out can't lift a total above that: the mean with a 1 more is no lower.
    """
    trust = (_record(own.verified, own.finished_deals) + 1) / 2 * WEIGHTS["trust"]
    freshness = (_newness(own, now) + 1) / 2 * WEIGHTS["freshness"]
    open_ = [name for name, known in _knows(own).items() if known]
    rest = sum(WEIGHTS[name] for name in open_)
    value = product * WEIGHTS["product"] + region * WEIGHTS["region"] + (trust + freshness + rest)
    always = ("product", "region", "trust", "freshness")
    return value / (rest + sum(WEIGHTS[name] for name in always))


def _knows(own: Facts) -> dict[str, bool]:
    """Which of the parts that may be left out this offer says enough for."""
    price = own.price_low if own.side == "sell" else own.price_high
    return {
        "price": price is not None,
        "quantity": True,
        "time": not (own.supply_from is None and own.supply_to is None),
    }


def product_worth(paths: list[str], own: Facts) -> Array:
    """The product part by the number of the product; 0 where it is no neighbour.

    Args:
        paths: of the table of products, ascending.
    """
    worth = np.zeros(len(paths))
    path, parent = own.product_path, own.product_path.rpartition("/")[0]
    if len(parent.rpartition("/")[2]) == PRODUCT_DIGITS:
        depth = path.count("/")
        low, high = branch(paths, parent)
        beside = [n for n in range(low, high) if paths[n].count("/") == depth]
        worth[beside] = SIBLING
    selling = own.side == "sell"
    while parent:
        number = bisect_left(paths, parent)
        if number < len(paths) and paths[number] == parent:
            worth[number] = NARROWER if selling else WIDER
        parent = parent.rpartition("/")[0]
    low, high = branch(paths, path)
    worth[low:high] = WIDER if selling else NARROWER
    if low < high and paths[low] == path:
        worth[low] = SAME_PRODUCT
    return worth


def kilometres(places: Places, own: Facts, numbers: Array) -> Array:
    """The distance to each region of the table that is among `numbers`.

    Of the others, and where either place is unknown, it is nan. Thousands of offers lie in
    few regions, so the trigonometry is done once for each of these.
    """
    km = np.full(len(places.paths), np.nan)
    if own.latitude is None or own.longitude is None:
        return km
    some = np.flatnonzero(np.bincount(numbers, minlength=len(km)))
    north, south = np.radians(own.latitude), np.radians(places.latitude[some])
    across = np.sin((north - south) / 2) ** 2
    along = np.sin(np.radians(own.longitude - places.longitude[some]) / 2) ** 2
    inside = np.minimum(1.0, across + np.cos(north) * np.cos(south) * along)
    km[some] = 2 * EARTH_KM * np.arcsin(np.sqrt(inside))
    return km


def region_worth(places: Places, own: Facts, km: Array) -> Array:
    """The region part by the number of the region; `km` as from `kilometres`."""
    near = 1 / (1 + km / HALFWAY_KM)
    near[np.isnan(near)] = 0.0
    steps = own.region_path.split("/")
    low, high = branch(places.paths, steps[0])
    near[low:high] = np.maximum(near[low:high], SAME_PROVINCE)
    # The rule asks the seller's place to lie inside a prefecture, not to be one.
    if len(steps) > (2 if own.side == "sell" else 1):
        prefecture = "/".join(steps[:2])
        low, high = branch(places.paths, prefecture)
        low += own.side == "buy" and low < high and places.paths[low] == prefecture
        near[low:high] = np.maximum(near[low:high], SAME_PREFECTURE)
    low, high = branch(places.paths, own.region_path)
    if low < high and places.paths[low] == own.region_path:
        near[low] = 1.0
    return near


def branch(paths: list[str], path: str) -> tuple[int, int]:
    """The numbers of `path` and all below it in an ascending list, from low up to high."""
    # "0" is what follows "/".
    return bisect_left(paths, path), bisect_left(paths, path + "0")


def _price(own: Facts, of: Columns, _: datetime) -> tuple[Array, Array] | None:
    selling = own.side == "sell"
    price = own.price_low if selling else own.price_high
    if price is None:
        return None
    theirs = of("price_high" if selling else "price_low")
    asked, bid = (float(price), theirs) if selling else (theirs, float(price))
    told = (of("price_measure") == MEASURES[own.price_measure]) & ~np.isnan(theirs)
    gap = (asked - bid) / bid
    return np.clip(1 - gap / float(HOPELESS_GAP), 0.0, 1.0), told


def _quantity(own: Facts, of: Columns, _: datetime) -> tuple[Array, Array]:
    ours, theirs = float(own.quantity), of("quantity")
    least = _float(own.min_lot)
    sale, purchase, lot = (
        (ours, theirs, least) if own.side == "sell" else (theirs, ours, of("min_lot"))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        covered = np.minimum(1.0, np.divide(sale, purchase))
        taken = np.minimum(1.0, np.divide(purchase, sale))
    some = (theirs > 0) & (ours > 0) & ~(lot > purchase)
    worth = np.where(some, (7 * covered + 3 * taken) / 10, 0.0)
    return worth, of("measure") == MEASURES[own.measure]


def _time(own: Facts, of: Columns, now: datetime) -> tuple[Array, Array] | None:
    if own.supply_from is None and own.supply_to is None:
        return None
    today = now.date()
    ours = [_day(day) for day in period(own, today)]
    since, until = of("supply_from"), of("supply_to")
    told = (since != NO_DAY) | (until != NO_DAY)
    start = np.where(since == NO_DAY, _day(today), since)
    end = np.where(until == NO_DAY, np.maximum(start, _day(today)) + OPEN_DAYS, until)
    start = np.minimum(np.maximum(start, _day(today)), np.maximum(start, end))
    shared = np.minimum(end, ours[1]) - np.maximum(start, ours[0]) + 1
    shorter = np.minimum(end - start, ours[1] - ours[0]) + 1
    apart = TOUCHING * np.maximum(0.0, 1 - (1 - shared) / MONTH)
    meeting = TOUCHING + (1 - TOUCHING) * shared / np.maximum(shorter, 1)
    return np.where(shared < 1, apart, np.minimum(1.0, meeting)), told


def _records(of: Columns) -> Array:
    return _record(of("verified"), of("finished"))


def _record(verified: Any, finished: Any) -> Any:
    return 0.6 * verified + 0.4 * np.minimum(finished, SEASONED) / SEASONED


def _newnesses(of: Columns, now: datetime) -> Array:
    age = np.maximum(0.0, (_instant(now) - of("published")) / _MICROSECONDS_A_DAY)
    return 1 / (1 + age / AGEING_DAYS)


def _newness(own: Facts, now: datetime) -> float:
    return 1 / (1 + max(0.0, (now - own.published_at) / timedelta(days=1)) / AGEING_DAYS)


def _float(value: Decimal | None) -> float:
    return np.nan if value is None else float(value)


def _day(day: date) -> int:
    """Days since 1970."""
    return (day - _EPOCH).days


def _instant(at: datetime) -> int:
    """Microseconds since 1970."""
    return (at - _INSTANT) // timedelta(microseconds=1)
