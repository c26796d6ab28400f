"""When a market is out of balance, a price has moved, a county sleeps. Pure functions.

Supply and demand mirror each other: what is a glut of sales is, with the sides changed, a
shortage, at the same level. All quantities are in the base unit of one dimension (a count:
in its unit) and are never compared across dimensions.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from market.products.units import Dimension


class Level(enum.StrEnum):
    NOTICE = "notice"
    ALERT = "alert"


class Kind(enum.StrEnum):
    GLUT = "glut"  # 滞销
    SHORTAGE = "shortage"  # 紧缺


class Direction(enum.StrEnum):
    RISE = "rise"
    FALL = "fall"


@dataclass(frozen=True)
class Limits:
    """From where on something is told; market.monitoring.labels gives the reason of each.

    Attributes:
        gap_mass (kg), gap_head (head), gap_other (any other unit): a notice from so much
            more on one side; an alert from `gap_alert` times that.
        ratio_notice, ratio_alert: how many times the other side.
        posted_notice, posted_alert, quiet: days.
        nearby: kilometres.
        prices, prices_before: how many prices at least; change_notice, change_alert: percent.
        idle_notice, idle_alert: days.
    """

    offers: int = 3
    owners: int = 3
    gap_mass: int = 5_000
    gap_head: int = 50
    gap_other: int = 2_000
    gap_alert: int = 10
    ratio_notice: int = 3
    ratio_alert: int = 10
    posted_notice: int = 7
    posted_alert: int = 14
    quiet: int = 7
    nearby: int = 150
    prices: int = 5
    prices_before: int = 8
    change_notice: int = 10
    change_alert: int = 20
    idle_notice: int = 7
    idle_alert: int = 14

    def gap(self, measure: str) -> int:
        """From how much more on one side, in the base unit of `measure`, it is a notice."""
        own = {Dimension.MASS.value: self.gap_mass, "head": self.gap_head}
        return own.get(measure, self.gap_other)


@dataclass(frozen=True)
class Hand:
    """One side of a market.

    Attributes:
        quantity: what remains, in the base unit.
        days: half of its offers were posted so many days ago or earlier.
        nearby: what this side has in the counties around beyond their own other side.
        last_deal: days since a deal of this side here; None: none is known.
        deals: how many of them in the last Limits.quiet days.
    """

    quantity: Decimal = Decimal(0)
    offers: int = 0
    owners: int = 0
    days: int = 0
    nearby: Decimal = Decimal(0)
    last_deal: int | None = None
    deals: int = 0


@dataclass(frozen=True)
class Position:
    """What is for sale and wanted of a product, in one dimension, in one place."""

    measure: str
    sell: Hand
    buy: Hand


@dataclass(frozen=True)
class Imbalance:
    """A market out of balance.

    Attributes:
        heavy, light: the side with more and the one with less.
        gap: how much more, in the base unit; ratio: how many times as much, None where the
            light side has nothing.
        covered: the counties around lack as much as is too much here.
    """

    kind: Kind
    level: Level
    heavy: Hand
    light: Hand
    gap: Decimal
    ratio: Decimal | None
    covered: bool


def judge(position: Position, limits: Limits) -> Imbalance | None:
    """What is wrong with a market, or None.

    A notice: one side has several offers of several people, is a good deal larger than the
    other, and has stood for some days. An alert: much larger, for long, without a deal
    lately, and nobody around who lacks it: what a notice needs is only a meeting.
    """
    glut = position.sell.quantity >= position.buy.quantity
    heavy, light = (position.sell, position.buy) if glut else (position.buy, position.sell)
    gap = heavy.quantity - light.quantity
    least = limits.gap(position.measure)
    if (
        heavy.offers < limits.offers
        or heavy.owners < limits.owners
        or gap < least
        or heavy.quantity < limits.ratio_notice * light.quantity
        or heavy.days < limits.posted_notice
    ):
        return None
    covered = light.nearby >= gap
    alert = (
        heavy.quantity >= limits.ratio_alert * light.quantity
        and gap >= limits.gap_alert * least
        and heavy.days >= limits.posted_alert
        and not heavy.deals
        and not covered
    )
    ratio = heavy.quantity / light.quantity if light.quantity else None
    kind = Kind.GLUT if glut else Kind.SHORTAGE
    return Imbalance(
        kind, Level.ALERT if alert else Level.NOTICE, heavy, light, gap, ratio, covered
    )


@dataclass(frozen=True)
class Movement:
    """The prices of some days against earlier ones, in any one unit.

    Attributes:
        now, before: medians; None where there are no prices.
        spread: the median distance of the earlier prices from their median.
        change: as a fraction of `before`; None where there are too few prices to say.
        level, direction: None where nothing is to be told.
        year_ago: the median of the same season of the year before, over that year.
    """

    now: Decimal | None
    number: int
    before: Decimal | None
    number_before: int
    spread: Decimal | None
    change: Decimal | None
    level: Level | None
    direction: Direction | None
    year_ago: Decimal | None = None
    over_year: Decimal | None = None


def movement(
    now: Sequence[Decimal],
    before: Sequence[Decimal],
    year_ago: Sequence[Decimal],
    limits: Limits,
) -> Movement:
    """How prices moved, robustly: medians, and spread as the median absolute deviation.

    A rise is told when the median is up by so many percent and by more than the spread, and
    three quarters of the prices are above what was usual: so that no single price, however
    wrong, makes a rise of a fall. A fall mirrors it.
    """
    median, usual = middle(now), middle(before)
    spread = middle([abs(price - usual) for price in before]) if usual is not None else None
    last_year = middle(year_ago) if len(year_ago) >= limits.prices else None
    enough = len(now) >= limits.prices and len(before) >= limits.prices_before
    change = _change(median, usual) if enough else None
    direction = level = None
    if change is not None and median is not None and usual is not None and spread is not None:
        ordered = sorted(now)
        quarter = -(-len(ordered) // 4) - 1
        rises, falls = ordered[quarter] > usual, ordered[-quarter - 1] < usual
        percent = abs(change) * 100
        if (rises or falls) and percent >= limits.change_notice and abs(median - usual) > spread:
            direction = Direction.RISE if rises else Direction.FALL
            level = Level.ALERT if percent >= limits.change_alert else Level.NOTICE
    over_year = _change(median, last_year) if len(now) >= limits.prices else None
    return Movement(
        *(median, len(now), usual, len(before), spread, change, level, direction),
        *(last_year, over_year),
    )


def middle(prices: Sequence[Decimal]) -> Decimal | None:
    """The median, exactly; None of nothing."""
    if not prices:
        return None
    ordered = sorted(prices)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _change(now: Decimal | None, then: Decimal | None) -> Decimal | None:
    return None if now is None or not then else now / then - 1


def sleeping(idle: int | None, limits: Limits) -> Level | None:
    """What so many days without any act say of a county; None days: there never was one."""
    if idle is None or idle >= limits.idle_alert:
        return Level.ALERT
    return Level.NOTICE if idle >= limits.idle_notice else None


def worse(one: Level | None, other: Level | None) -> Level | None:
    """The graver of two levels."""
    return Level.ALERT if Level.ALERT in (one, other) else one or other
