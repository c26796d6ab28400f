"""A hundred thousand offers as positions of a market, in arrays. Pure: no database, no Flask.

Everything is worked out from the offers for each unit anew: a prefecture's position is the
sum of its counties' offers, its merchants those of all of them, never a sum of verdicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

import numpy as np

from market.monitoring.rules import Limits, MarketSide, Position
from market.products.units import QUANTITY_FACTORS, QUANTITY_SCALE, UNITS, measure
from market.regions.rules import great_circle_km

# Quantities come in thousandths of their unit and are summed up as whole numbers.
SCALE = 1_000 * QUANTITY_SCALE
SELL, BUY = 0, 1
ProductMeasure = tuple[str, str]


@dataclass(frozen=True)
class RecentDeals:
    """Deals of a product by the county of their seller or buyer.

    Attributes:
        side: SELL or BUY.
        last: the last day of agreement (date.toordinal); recent: how many in the quiet days.
    """

    region: str
    product: str
    side: int
    last: int
    recent: int


@dataclass(frozen=True)
class Area:
    """A county, or several together: its code and the codes of the counties it is made of."""

    code: str
    latitude: float | None
    longitude: float | None
    leaves: tuple[str, ...]


@dataclass(frozen=True)
class LocalStock:
    """The offers of a product on one side in another county."""

    region: str
    quantity: Decimal
    offers: int
    kilometres: float


class OfferSnapshot:
    """The public offers and recent deals of one moment.

    Args:
        rows: of each offer the region, product, side (SELL or BUY), unit, owner, what
            remains in thousandths of the unit, and the day it was posted on.
        places: (latitude, longitude) of every region that may have offers.
        today: the local day; days are numbers (date.toordinal).
    """

    def __init__(
        self,
        rows: Iterable[Sequence[Any]],
        dealt: Iterable[RecentDeals],
        places: Mapping[str, tuple[float | None, float | None]],
        today: int,
    ) -> None:
        self.today = today
        self._dealt = list(dealt)
        columns = list(zip(*rows, strict=True)) or [()] * 7
        regions, products, sides, units, owners, remaining, days = columns
        self.regions = {code: i for i, code in enumerate(sorted(places))}
        self.goods: dict[ProductMeasure, int] = {}
        measures = {code: measure(code) for code in UNITS}
        good = [
            self.goods.setdefault((product, measures[unit]), len(self.goods))
            for product, unit in zip(products, units, strict=True)
        ]
        self._region = np.array([self.regions[code] for code in regions], np.int64)
        self._good = np.array(good, np.int64)
        self._side = np.array(sides, np.int64)
        self._owner = np.array(owners, np.int64)
        scaled = np.array([QUANTITY_FACTORS[unit] for unit in units], np.int64)
        self._quantity = np.array(remaining, np.int64) * scaled
        self._age = np.maximum(today - np.array(days, np.int64), 0)
        centres = [places[code] for code in self.regions]
        self._latitudes, self._longitudes = np.array(centres, float).reshape(-1, 2).T

    def positions(
        self, units: Sequence[Area], limits: Limits, good: ProductMeasure | None = None
    ) -> Iterator[tuple[Area, ProductMeasure, Position]]:
        """The position of each unit in each product and dimension (or in `good` alone) of
        which either side has Limits.offers offers or more; fewer say nothing.

        A county lies in one of the units at most.
        """
        if not self._good.size or (good is not None and good not in self.goods):
            return
        number = len(self.goods)
        of_unit = np.full(len(self.regions), -1, np.int64)
        for i, unit in enumerate(units):
            of_unit[[self.regions[code] for code in unit.leaves]] = i
        where = of_unit[self._region]
        asked = where >= 0 if good is None else (where >= 0) & (self._good == self.goods[good])
        mine = np.flatnonzero(asked)
        keys = (where[mine] * number + self._good[mine]) * 2 + self._side[mine]
        columns = keys, self._quantity[mine], self._owner[mine], self._age[mine]
        hands = _sums(*columns, limits.offers)
        goods, nearby = list(self.goods), self._nearby(units, limits.nearby)
        deals = self._deals(units)
        for pair in sorted({key // 2 for key in hands}):
            at, of_good = divmod(pair, number)
            product, measured = goods[of_good]
            sell, buy = (
                MarketSide(
                    *hands.get(pair * 2 + side, _NOTHING),
                    _exact(nearby[side][at, of_good]),
                    *deals.get((at, product, side), (None, 0)),
                )
                for side in (SELL, BUY)
            )
            yield units[at], goods[of_good], Position(measured, sell, buy)

    def stocks(self, unit: Area, good: ProductMeasure, side: int) -> list[LocalStock]:
        """Where that side of a product is outside the unit, the nearest first; a place of
        which the distance isn't known comes last."""
        wanted = self.goods.get(good)
        own = [self.regions[code] for code in unit.leaves]
        of_it = (self._good == wanted) & (self._side == side) & ~np.isin(self._region, own)
        found = np.flatnonzero(of_it) if wanted is not None else np.array([], np.int64)
        far = self._distances(unit)
        codes = list(self.regions)
        stocks = [
            LocalStock(
                codes[place],
                _exact(self._quantity[found][self._region[found] == place].sum()),
                int((self._region[found] == place).sum()),
                float(far[place]),
            )
            for place in np.unique(self._region[found])
        ]
        return sorted(stocks, key=lambda s: (np.nan_to_num(s.kilometres, nan=np.inf), s.region))

    @cached_property
    def _open(self) -> tuple[np.ndarray, np.ndarray]:
        """What each region has of each good beyond its own other side, by side."""
        shape = len(self.regions), len(self.goods)
        net = np.zeros(shape, np.int64)
        signed = np.where(self._side == SELL, self._quantity, -self._quantity)
        np.add.at(net, (self._region, self._good), signed)
        return np.maximum(net, 0), np.maximum(-net, 0)

    def _nearby(self, units: Sequence[Area], within: int) -> tuple[np.ndarray, np.ndarray]:
        near = np.zeros((len(units), len(self.regions)), np.int64)
        for i, unit in enumerate(units):
            near[i] = self._distances(unit) <= within
            near[i, [self.regions[code] for code in unit.leaves]] = 0
        supply, demand = self._open
        return _product(near, supply), _product(near, demand)

    def _distances(self, unit: Area) -> np.ndarray:
        if unit.latitude is None or unit.longitude is None:
            return np.full(len(self.regions), np.nan)
        here = unit.latitude, unit.longitude
        return np.asarray(great_circle_km(*here, self._latitudes, self._longitudes))

    def _deals(self, units: Sequence[Area]) -> dict[tuple[int, str, int], tuple[int, int]]:
        at = {code: i for i, unit in enumerate(units) for code in unit.leaves}
        found: dict[tuple[int, str, int], tuple[int, int]] = {}
        for row in self._dealt:
            if row.region in at:
                key = at[row.region], row.product, row.side
                days = max(self.today - row.last, 0)
                known, recent = found.get(key, (days, 0))
                found[key] = min(days, known), recent + row.recent
        return found


_NOTHING = Decimal(0), 0, 0, 0


def _exact(scaled: int | np.integer) -> Decimal:
    return Decimal(int(scaled)) / SCALE


def _product(near: np.ndarray, stock: np.ndarray) -> np.ndarray:
    """near @ stock, one unit's neighbours at a time: whole numbers have no fast product."""
    return np.array([stock[row.nonzero()].sum(axis=0) for row in near]).reshape(
        len(near), stock.shape[1]
    )


def _sums(
    keys: np.ndarray, quantity: np.ndarray, owner: np.ndarray, age: np.ndarray, at_least: int
) -> dict[int, tuple[Decimal, int, int, int]]:
    """For each key (a pair and its side): quantity, offers, different owners, and the median
    age (the lower); of the pairs of which a side has `at_least` offers."""
    if not keys.size:
        return {}
    order = np.lexsort((age, keys))
    sorted_keys = keys[order]
    starts = np.flatnonzero(np.diff(sorted_keys, prepend=sorted_keys[0] - 1))
    found, numbers = sorted_keys[starts], np.diff(starts, append=len(sorted_keys))
    people = np.lexsort((owner, keys))
    new = (np.diff(keys[people], prepend=-1) != 0) | (np.diff(owner[people], prepend=-1) != 0)
    columns = (
        np.add.reduceat(quantity[order], starts),
        numbers,
        np.add.reduceat(new.astype(np.int64), starts),
        age[order][starts + (numbers - 1) // 2],
    )
    is_enough = np.isin(found // 2, found[numbers >= at_least] // 2)
    rows = zip(*(column[is_enough].tolist() for column in columns), strict=True)
    return {
        key: (_exact(row[0]), row[1], row[2], row[3])
        for key, row in zip(found[is_enough].tolist(), rows, strict=True)
    }
