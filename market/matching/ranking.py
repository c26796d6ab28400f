"""The vectorised twin of `rules.score`: one offer against arrays of others, totals only.

Pure: numpy, no database, no Flask. `rules` documents what each part means; a property test
holds the two equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from market.matching import rules
from market.matching.freight import haulage, kg_per_base
from market.matching.landed_price import AT_BID, BEYOND_HAGGLING, MAX_PRICE_GAP
from market.matching.rules import (
    AGEING_DAYS,
    DELIVERED,
    FULL_RECORD_DEALS,
    MAX_GAP_DAYS,
    OPEN_DAYS,
    SAME_PREFECTURE,
    SAME_PROVINCE,
    SPOILED,
    TOUCHING,
    WEIGHTS,
    OfferFacts,
    period,
)
from market.offers.models import Side
from market.regions.rules import great_circle_km
from market.search.schema import MEASURES, NO_DAY, SIDES, days, microseconds
from market.search.tables import Products, Regions

Array = np.ndarray[Any, np.dtype[Any]]
# A column of the candidates by its name in `schema.ROW`.
Columns = Callable[[str], Array]

_MICROSECONDS_A_DAY = 86_400e6


class Carriage:
    """`freight` of every product of a table, by its number; categories travel nowhere."""

    def __init__(self, products: Products) -> None:
        self._products = products
        known = [haulage(*one) if one[1] else None for one in self._paths()]
        self.loading, self.per_km, self.halfway_km = (
            np.array([np.nan if one is None else getattr(one, name) for one in known])
            for name in ("loading", "per_km", "halfway_km")
        )
        self.perishable = np.array(products.perishable, bool)
        self._kg: dict[str, Array] = {}

    def kg_per_base(self, measure: str) -> Array:
        """nan where there is none."""
        known = self._kg.get(measure)
        if known is None:
            weights = (kg_per_base(path, measure) for path, _ in self._paths())
            known = np.array([np.nan if kg is None else kg for kg in weights])
            self._kg[measure] = known
        return known

    def _paths(self) -> Iterator[tuple[str, str]]:
        return zip(self._products.families, self._products.storage, strict=True)


@dataclass(frozen=True)
class Related:
    """What products and places make of each candidate.

    Attributes:
        product, region: what these parts are worth.
        freight: yuan per base unit of the price's measure; nan unknown.
        perishable: whether the product sold is.
        km: how far it is; nan unknown.
    """

    product: Array
    region: Array
    freight: Array
    perishable: Array
    km: Array

    def take(self, some: Array) -> Related:
        """Those of the candidates."""
        return Related(*(getattr(self, field.name)[some] for field in fields(self)))


def related(
    own: OfferFacts, carriage: Carriage, worth: Array, number: Array, border: Array, km: Array
) -> Related:
    """What products and places make of candidates.

    Args:
        worth, number: of each candidate's product, the latter into `carriage`.
        border, km: of each candidate's place, see `borders`.
    """
    halfway_km: Array | float
    kg: Array | float | None
    freight: Array
    if own.side == Side.SELL:
        mine = haulage(own.product_path, own.storage_class)
        kg = kg_per_base(own.product_path, own.price_measure)
        freight = (np.nan if kg is None else kg) * (mine.loading + mine.per_km * km)
        halfway_km, perishable = mine.halfway_km, np.full(len(km), own.perishable)
    else:
        kg, halfway_km = (
            carriage.kg_per_base(own.price_measure)[number],
            carriage.halfway_km[number],
        )
        freight = kg * (carriage.loading[number] + carriage.per_km[number] * km)
        perishable = carriage.perishable[number]
    near = np.nan_to_num(1 / (1 + km / halfway_km))
    region = np.where(border == 1, 1.0, np.maximum(near, (near + border) / 2))
    return Related(worth, region, freight, perishable, km)


def totals(own: OfferFacts, of: Columns, related: Related, now: datetime) -> Array:
    """What `rules.score(own, candidate, now).total` is for each candidate; nan for None.

    Args:
        now: as in rules: aware, in the home time zone.
    """
    product, region = related.product, related.region
    value = product * WEIGHTS["product"] + region * WEIGHTS["region"]
    weight = np.full(len(product), WEIGHTS["product"] + WEIGHTS["region"])
    spoiled = np.zeros(len(product), bool)
    parts = {
        "price": price_parts(own, of, related.freight),
        "quantity": quantity_parts(own, of),
        "time": time_parts(own, of, now),
    }
    for name, found in parts.items():
        if found is not None:
            worth, is_known = found
            value += np.where(is_known, worth, 0.0) * WEIGHTS[name]
            weight += is_known * WEIGHTS[name]
    if parts["time"] is not None:
        worth, is_known = parts["time"]
        spoiled = related.perishable & is_known & (worth < TOUCHING)
    value += (_record(own.verified, own.finished_deals) + _records(of)) * (WEIGHTS["trust"] / 2)
    value += (_newness(own, now) + _newnesses(of, now)) * (WEIGHTS["freshness"] / 2)
    weight += WEIGHTS["trust"] + WEIGHTS["freshness"]
    unrelated = (
        (product == 0) | (of("owner") == own.owner_id) | (of("side") == SIDES[Side(own.side)])
    )
    total = np.minimum(value / weight, 1.0) * np.where(spoiled, SPOILED, 1.0)
    return np.where(unrelated, np.nan, total)


def ceilings(own: OfferFacts, related: Related, now: datetime) -> Array:
    """What `totals` can at most be by product and region alone, as if all the rest were 1.

    A part left out can't lift a total above that: the mean with a 1 more is no lower.
    """
    trust = (_record(own.verified, own.finished_deals) + 1) / 2 * WEIGHTS["trust"]
    freshness = (_newness(own, now) + 1) / 2 * WEIGHTS["freshness"]
    open_ = [name for name, known in _knows(own).items() if known]
    rest = sum(WEIGHTS[name] for name in open_)
    value = related.product * WEIGHTS["product"] + related.region * WEIGHTS["region"]
    value += trust + freshness + rest
    always = ("product", "region", "trust", "freshness")
    return value / (rest + sum(WEIGHTS[name] for name in always))


def _knows(own: OfferFacts) -> dict[str, bool]:
    """Which of the parts that may be left out this offer says enough for."""
    price = own.price_low if own.side == Side.SELL else own.price_high
    return {
        "price": price is not None,
        "quantity": True,
        "time": not (own.supply_from is None and own.supply_to is None),
    }


def product_worth(products: Products, own: OfferFacts) -> Array:
    """The product part by the number of the product; 0 where it is no neighbour."""
    worth = np.zeros(len(products))
    first = rules.first_product(own.product_path)
    if first not in products:
        return worth
    selling = own.side == Side.SELL
    for number in range(*products.branch(products.paths[products.number(first)])):
        theirs = products.families[number]
        sold, wanted = (own.product_path, theirs) if selling else (theirs, own.product_path)
        part = rules.product_part(sold, wanted)
        worth[number] = part.value if part else 0.0
    return worth


def kilometres(places: Regions, own: OfferFacts) -> Array:
    """The distance by the number of the region; nan where either place is unknown."""
    here = (
        (np.nan if own.latitude is None else own.latitude),
        (np.nan if own.longitude is None else own.longitude),
    )
    return great_circle_km(*here, places.latitude, places.longitude)


def borders(places: Regions, own: OfferFacts) -> Array:
    """What the border that a region shares with the offer is worth, by its number; 1 is the
    same county."""
    border = np.zeros(len(places))
    steps = own.region_path.split("/")
    low, high = places.branch(steps[0])
    border[low:high] = SAME_PROVINCE
    # The rule asks the seller's place to lie inside a prefecture, not to be one.
    if len(steps) > (2 if own.side == Side.SELL else 1):
        prefecture = "/".join(steps[:2])
        low, high = places.branch(prefecture)
        low += own.side == Side.BUY and low < high and places.paths[low] == prefecture
        border[low:high] = SAME_PREFECTURE
    low, high = places.branch(own.region_path)
    if low < high and places.paths[low] == own.region_path:
        border[low] = 1.0
    return border


def price_parts(own: OfferFacts, of: Columns, freight: Array) -> tuple[Array, Array] | None:
    """(value of the price part, where it is known); None where it is known nowhere."""
    found = price_gaps(own, of, freight)
    if found is None:
        return None
    gap, is_known = found
    with np.errstate(divide="ignore"):
        beyond = BEYOND_HAGGLING * MAX_PRICE_GAP / gap
    above = AT_BID - (AT_BID - BEYOND_HAGGLING) * gap / MAX_PRICE_GAP
    worth = np.where(gap <= MAX_PRICE_GAP, above, beyond)
    return np.where(gap <= 0, AT_BID - (1 - AT_BID) * gap, worth), is_known


def price_gaps(own: OfferFacts, of: Columns, freight: Array) -> tuple[Array, Array] | None:
    """(`LandedPrice.gap`, where it is known); None where it is known nowhere."""
    selling = own.side == Side.SELL
    price = own.price_low if selling else own.price_high
    if price is None:
        return None
    theirs = of("price_high" if selling else "price_low")
    asked, bid = (float(price), theirs) if selling else (theirs, float(price))
    is_known = (of("price_measure") == MEASURES[own.price_measure]) & ~np.isnan(theirs)
    ours, other = own.price_basis == DELIVERED, of("delivered").astype(np.int8)
    carried = other - ours if selling else ours - other
    return np.maximum(-1.0, (asked + np.nan_to_num(freight) * carried) / bid - 1), is_known


def quantity_parts(own: OfferFacts, of: Columns) -> tuple[Array, Array]:
    """(value of the quantity part, where it is known)."""
    ours, theirs = float(own.quantity), of("quantity")
    least = _float(own.min_lot)
    sale, purchase, lot = (
        (ours, theirs, least) if own.side == Side.SELL else (theirs, ours, of("min_lot"))
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        covered_share = np.minimum(1.0, np.divide(sale, purchase))
        sold_share = np.minimum(1.0, np.divide(purchase, sale))
    some = (theirs > 0) & (ours > 0) & ~(lot > purchase)
    worth = np.where(some, (7 * covered_share + 3 * sold_share) / 10, 0.0)
    return worth, of("measure") == MEASURES[own.measure]


def time_parts(own: OfferFacts, of: Columns, now: datetime) -> tuple[Array, Array] | None:
    """(value of the time part, where it is known); None where it is known nowhere."""
    if own.supply_from is None and own.supply_to is None:
        return None
    today = now.date()
    ours = [days(day) for day in period(own, today)]
    since, until = of("supply_from"), of("supply_to")
    is_known = (since != NO_DAY) | (until != NO_DAY)
    start = np.where(since == NO_DAY, days(today), since)
    end = np.where(until == NO_DAY, np.maximum(start, days(today)) + OPEN_DAYS, until)
    start = np.minimum(np.maximum(start, days(today)), np.maximum(start, end))
    shared = np.minimum(end, ours[1]) - np.maximum(start, ours[0]) + 1
    shorter = np.minimum(end - start, ours[1] - ours[0]) + 1
    apart = TOUCHING * np.maximum(0.0, 1 - (1 - shared) / MAX_GAP_DAYS)
    meeting = TOUCHING + (1 - TOUCHING) * shared / np.maximum(shorter, 1)
    return np.where(shared < 1, apart, np.minimum(1.0, meeting)), is_known


def _records(of: Columns) -> Array:
    return _record(of("verified"), of("finished"))


def _record(verified: Array | bool, finished: Array | int) -> Array:
    return 0.6 * verified + 0.4 * np.minimum(finished, FULL_RECORD_DEALS) / FULL_RECORD_DEALS


def _newnesses(of: Columns, now: datetime) -> Array:
    age = np.maximum(0.0, (microseconds(now) - of("published")) / _MICROSECONDS_A_DAY)
    return 1 / (1 + age / AGEING_DAYS)


def _newness(own: OfferFacts, now: datetime) -> float:
    return 1 / (1 + max(0.0, (now - own.published_at) / timedelta(days=1)) / AGEING_DAYS)


def _float(value: Decimal | None) -> float:
    return np.nan if value is None else float(value)
