"""What a cross-tabulation 交叉表 asks for: a measure, the axes it is counted by, and of what."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from market.deals.models import Channel
from market.offers.models import Side
from market.products.units import Dimension
from market.tallies.trees import Tree


class Axis(enum.StrEnum):
    """What rows and columns can be; the key of each is what key_maker() makes."""

    PREFECTURE = "prefecture"
    COUNTY = "county"
    CATEGORY = "category"
    SUBCATEGORY = "subcategory"
    PRODUCT = "product"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    FAIR = "fair"
    CHANNEL = "channel"


REGION_AXES = (Axis.PREFECTURE, Axis.COUNTY)
# How many digits of a product's code each of them is.
PRODUCT_DIGITS = {Axis.CATEGORY: 2, Axis.SUBCATEGORY: 4, Axis.PRODUCT: 7}
TIME_AXES = (Axis.DAY, Axis.WEEK, Axis.MONTH)


class Measure(enum.StrEnum):
    """What is counted. Values are fen, numbers, or the base unit of a dimension; a mean price is
    yuan for each base unit."""

    VALUE = "value"
    DEALS = "deals"
    QUANTITY = "quantity"
    MEAN_PRICE = "mean_price"
    SOLD = "sold"
    BOUGHT = "bought"
    LISTINGS = "listings"
    SUPPLY = "supply"
    DEMAND = "demand"
    MERCHANTS = "merchants"


LISTED = {Measure.LISTINGS: None, Measure.SUPPLY: Side.SELL, Measure.DEMAND: Side.BUY}
# What only fairs have, and deals don't.
OF_FAIRS = (*LISTED, Measure.MERCHANTS)
WEIGHTED = (Measure.QUANTITY, Measure.MEAN_PRICE)
Key = tuple[Any, ...]


class EvidenceKind(enum.StrEnum):
    """What a deal stands on, as a filter."""

    ACCOUNTS = "accounts"
    CODE = "code"
    PAPER = "paper"


@dataclass(frozen=True)
class CrosstabQuery:
    """What to count, by what, and of what.

    Attributes:
        leaves: the codes of the leaf regions that are counted, in `tree`.
        fairs: the ids of the fairs whose listings are looked at; deals of these alone where
            `in_fairs`, else deals of every fair, and those outside of fairs.
        channel: None: both.
        product: a category (2 or 4 digits) or product (7); empty: all.
        first, last: local days; of a deal the day it was agreed, of a listing the day listed.
        dimension: which quantities are counted (products.units.measure).
        entry: the last entry of the ledger that is counted.
    """

    axes: tuple[Axis, ...]
    measure: Measure
    tree: Tree
    leaves: frozenset[str]
    fairs: tuple[int, ...]
    in_fairs: bool
    entry: int
    channel: Channel | None = None
    product: str = ""
    first: date | None = None
    last: date | None = None
    evidence: EvidenceKind | None = None
    dimension: str = Dimension.MASS

    def by(self, *axes: Axis) -> CrosstabQuery:
        """The same by other axes."""
        return replace(self, axes=axes)

    def of(self, counted: Measure) -> CrosstabQuery:
        """The same of another measure."""
        return replace(self, measure=counted)

    def adds_up(self, axis: Axis | None) -> bool:
        """Whether what is counted along the axis is the sum of its parts: mean prices are not, and
        a merchant of two fairs is one merchant in each."""
        if self.measure is Measure.MEAN_PRICE:
            return False
        return not (self.measure is Measure.MERCHANTS and axis is Axis.FAIR)


# What rows are grouped by in SQL, in this order; each axis reads one of them.
FACTS = ("region", "product", "day", "fair", "channel")
FACT_OF = {
    **dict.fromkeys(REGION_AXES, "region"),
    **dict.fromkeys(PRODUCT_DIGITS, "product"),
    **dict.fromkeys(TIME_AXES, "day"),
    Axis.FAIR: "fair",
    Axis.CHANNEL: "channel",
}


def facts_of(query: CrosstabQuery) -> list[str]:
    needed = {FACT_OF[axis] for axis in query.axes}
    return [fact for fact in FACTS if fact in needed]


def key_maker(query: CrosstabQuery) -> Callable[[Key], Key]:
    """From the facts of a row to the keys of the axes; what repeats is worked out once."""
    facts = facts_of(query)
    makers = [
        (facts.index(FACT_OF[axis]), cache(lambda value, axis=axis: _key(query, axis, value)))
        for axis in query.axes
    ]
    return lambda row: tuple(make(row[place]) for place, make in makers)


def _key(query: CrosstabQuery, axis: Axis, value: Any) -> Any:
    """The key on an axis of what a row holds: the code of a region or product, the first day of a
    period, the id of a fair (0 outside of fairs), a channel."""
    if axis is Axis.PREFECTURE:
        leaf = query.tree.nodes[value]
        return (query.tree.parent(leaf) or leaf).code
    if axis in PRODUCT_DIGITS:
        return value[: PRODUCT_DIGITS[axis]]
    if axis in TIME_AXES:
        return period_start(axis, value)
    return value or 0 if axis is Axis.FAIR else value


def period_start(axis: Axis, day: date) -> date:
    """The first day of the period that the day is of; weeks begin on Monday (ISO 8601)."""
    if axis is Axis.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if axis is Axis.MONTH else day


def period_end(axis: Axis, start: date) -> date:
    """The last day of the period that begins so."""
    if axis is Axis.WEEK:
        return start + timedelta(days=6)
    if axis is Axis.MONTH:
        return (start + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    return start
