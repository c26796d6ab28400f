"""What is unusual among figures, and who may be one person: pure, no database.

The usual range is given by quartiles, because the outliers that flags look for can't move
them: a quarter of the figures must be wrong before they do. The fences are Tukey's
(one and a half times the spread beyond the quartiles), applied to ratios instead of
differences, because prices and quantities are skewed upwards and never below zero.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

# Fewer figures than this say nothing about what is usual.
MIN_FIGURES = 5
FENCE = Decimal("1.5")
# Figures that are all alike still leave some room.
MIN_SPREAD = Decimal("1.2")
# 10 million yuan: a whole city's fair of 42 deals came to 74 million.
VERY_LARGE_FEN = 1_000_000_000
# An amount is far above the usual from ten times the upper quartile on, however wide the spread:
# where cartloads and shiploads are sold, the fences alone would let everything through.
FAR_ABOVE = Decimal(10)
# An account this young has no trade behind it that could speak for half a million yuan.
NEW_ACCOUNT_AGE = timedelta(days=7)
LARGE_FOR_NEW_FEN = 50_000_000
# Deals of the same two on one day, from which on they are flagged.
MIN_SAME_DAY_DEALS = 5


class FlagCode(enum.StrEnum):
    DUPLICATE = "duplicate"
    ONE_PERSON = "one_person"
    PRICE = "price"
    QUANTITY = "quantity"
    AMOUNT = "amount"
    VERY_LARGE = "very_large"
    NEW_ACCOUNT = "new_account"
    MANY_A_DAY = "many_a_day"
    NEAR_IDENTICAL = "near_identical"
    EXPLAINED = "explained"
    FAR_APART = "far_apart"
    DATED_BACK = "dated_back"
    UNDONE = "undone"
    HAS_ACCOUNT = "has_account"
    UNREGISTERED = "unregistered"


class Severity(enum.StrEnum):
    """How much a flag asks of an official: a written reason, a second look, or nothing."""

    BLOCKING = "blocking"
    WARNING = "warning"
    INFO = "info"


SEVERITIES = {
    FlagCode.DUPLICATE: Severity.BLOCKING,
    FlagCode.ONE_PERSON: Severity.BLOCKING,
    FlagCode.PRICE: Severity.WARNING,
    FlagCode.QUANTITY: Severity.WARNING,
    FlagCode.AMOUNT: Severity.WARNING,
    FlagCode.VERY_LARGE: Severity.BLOCKING,
    FlagCode.FAR_APART: Severity.BLOCKING,
    FlagCode.NEW_ACCOUNT: Severity.BLOCKING,
    FlagCode.MANY_A_DAY: Severity.WARNING,
    FlagCode.NEAR_IDENTICAL: Severity.WARNING,
    FlagCode.HAS_ACCOUNT: Severity.BLOCKING,
    FlagCode.UNDONE: Severity.WARNING,
    FlagCode.UNREGISTERED: Severity.INFO,
    FlagCode.DATED_BACK: Severity.INFO,
    FlagCode.EXPLAINED: Severity.INFO,
}


@dataclass(frozen=True)
class Quartiles:
    """The quartiles of some figures (lower, median, upper), and how many figures there were."""

    low: Decimal
    median: Decimal
    high: Decimal
    count: int

    @property
    def fences(self) -> tuple[Decimal, Decimal]:
        """Outside of these a figure is unusual."""
        beyond = max(self.high / self.low, MIN_SPREAD) ** FENCE
        return self.low / beyond, self.high * beyond

    def times(self, factor: Decimal) -> Quartiles:
        """The quartiles in another unit, of which one is `factor` of this."""
        return Quartiles(self.low * factor, self.median * factor, self.high * factor, self.count)


def is_outside(figure: Decimal, quartiles: Quartiles | None) -> bool:
    """Whether a figure is far below or above the usual; False where that isn't known."""
    if quartiles is None:
        return False
    lowest, highest = quartiles.fences
    return not lowest <= figure <= highest


def is_far_above(figure: Decimal, quartiles: Quartiles | None) -> bool:
    """Whether a figure is far above the usual; False where that isn't known."""
    return quartiles is not None and figure > min(quartiles.fences[1], quartiles.high * FAR_ABOVE)


def is_large_for_new(fen: int, age: timedelta) -> bool:
    """Whether the amount is large for a party whose account was so old when it was entered."""
    return fen >= LARGE_FOR_NEW_FEN and age < NEW_ACCOUNT_AGE


@dataclass(frozen=True, order=True)
class ProductSeason:
    """The season of a product around a month: that month and its neighbours."""

    year: int
    month: int

    @property
    def spans(self) -> tuple[tuple[date, date], tuple[date, date]]:
        """(first day, last day) of this year's season, and of the one a year before."""
        return self._span(0), self._span(12)

    def _span(self, months_before: int) -> tuple[date, date]:
        number = self.year * 12 + self.month - 1 - months_before
        return _first(number - 1), _first(number + 2) - timedelta(days=1)


def _first(month: int) -> date:
    """The first day of the month of that number, counted from year 0."""
    return date(month // 12, month % 12 + 1, 1)


def product_season(day: date) -> ProductSeason:
    """The season that prices of `day` are compared within."""
    return ProductSeason(day.year, day.month)


class SamePersonReason(enum.StrEnum):
    """Why two parties may be one person."""

    STATION = "station"
    SPEAKS_FOR = "speaks_for"
    NAME = "name"


def same_person_reason(one: Any, other: Any) -> SamePersonReason | None:
    """Why the accounts of two sides may be one person, or None.

    Args:
        one, other: with id, name, region_code, represented_by_id. A phone belongs to one
            account alone, so it can tie nobody.
    """
    if one.represented_by_id is not None and one.represented_by_id == other.represented_by_id:
        return SamePersonReason.STATION
    if one.represented_by_id == other.id or other.represented_by_id == one.id:
        return SamePersonReason.SPEAKS_FOR
    if one.name.strip() == other.name.strip() and one.region_code == other.region_code:
        return SamePersonReason.NAME
    return None
