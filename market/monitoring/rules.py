"""When a market is out of balance, a price has changed, a county is idle. Pure functions.

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


class AlertLevel(enum.StrEnum):
    NOTICE = "notice"
    ALERT = "alert"


class ImbalanceKind(enum.StrEnum):
    GLUT = "glut"  # 滞销
    SHORTAGE = "shortage"  # 紧缺


class Direction(enum.StrEnum):
    RISE = "rise"
    FALL = "fall"


@dataclass(frozen=True)
class Limits:
    """The thresholds of notices and alerts; market.monitoring.labels gives the reason of each.

    Attributes:
        offers, owners: how many the larger side has at least.
        gap_mass (kg), gap_head (head), gap_other (any other unit): the difference between the
            sides for a notice; for an alert `gap_alert` times that.
        ratio_notice, ratio_alert: the larger side as a multiple of the other.
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
        """The difference between the sides for a notice, in the base unit of `measure`."""
        own = {Dimension.MASS.value: self.gap_mass, "head": self.gap_head}
        return own.get(measure, self.gap_other)


@dataclass(frozen=True)
class MarketSide:
    """One side of a market.

    Attributes:
        quantity: the remaining quantity, in the base unit.
        days: the median age of its offers.
        nearby: the surplus of this side in the counties around, over their own other side.
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
    """Supply and demand of a product, in one dimension, in one place."""

    measure: str
    sell: MarketSide
    buy: MarketSide


@dataclass(frozen=True)
class Imbalance:
    """A market out of balance.

    Attributes:
        heavy, light: the side with more and the one with less.
        gap: how much more, in the base unit; ratio: how many times as much, None where the
            light side has nothing.
        covered: the counties around lack as much as is too much here.
    """

    kind: ImbalanceKind
    level: AlertLevel
    heavy: MarketSide
    light: MarketSide
    gap: Decimal
    ratio: Decimal | None
    covered: bool


def find_imbalance(position: Position, limits: Limits) -> Imbalance | None:
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
    kind = ImbalanceKind.GLUT if glut else ImbalanceKind.SHORTAGE
    return Imbalance(
        kind, AlertLevel.ALERT if alert else AlertLevel.NOTICE, heavy, light, gap, ratio, covered
    )


@dataclass(frozen=True)
class Movement:
    """The prices of some days against earlier ones, in any one unit.

    Attributes:
        now, before: medians; None where there are no prices.
        spread: the median distance of the earlier prices from their median.
        change: as a fraction of `before`; None where there are too few prices to say.
        level, direction: None where there is nothing to report.
        year_ago: the median of the same season of the year before, over that year.
    """

    now: Decimal | None
    number: int
    before: Decimal | None
    number_before: int
    spread: Decimal | None
    change: Decimal | None
    level: AlertLevel | None
    direction: Direction | None
    year_ago: Decimal | None = None
    over_year: Decimal | None = None


def price_movement(
    now: Sequence[Decimal],
    before: Sequence[Decimal],
    year_ago: Sequence[Decimal],
    limits: Limits,
) -> Movement:
    """How prices changed, robustly: medians, and the median absolute deviation as spread.

    A rise is reported when the median is up by the percentage of `limits` and by more than the
    spread, and three quarters of the prices are above the earlier median, so that no single
    price, however wrong, turns a fall into a rise. A fall mirrors it.
    """
    current, earlier = median(now), median(before)
    spread = median([abs(price - earlier) for price in before]) if earlier is not None else None
    last_year = median(year_ago) if len(year_ago) >= limits.prices else None
    is_enough = len(now) >= limits.prices and len(before) >= limits.prices_before
    change = _change(current, earlier) if is_enough else None
    direction = level = None
    if change is not None and current is not None and earlier is not None and spread is not None:
        ordered = sorted(now)
        quarter = -(-len(ordered) // 4) - 1
        rises, falls = ordered[quarter] > earlier, ordered[-quarter - 1] < earlier
        percent = abs(change) * 100
        if (rises or falls) and percent >= limits.change_notice and abs(current - earlier) > spread:
            direction = Direction.RISE if rises else Direction.FALL
            level = AlertLevel.ALERT if percent >= limits.change_alert else AlertLevel.NOTICE
    over_year = _change(current, last_year) if len(now) >= limits.prices else None
    return Movement(
        *(current, len(now), earlier, len(before), spread, change, level, direction),
        *(last_year, over_year),
    )


def median(prices: Sequence[Decimal]) -> Decimal | None:
    """The median, exactly; None of nothing."""
    if not prices:
        return None
    ordered = sorted(prices)
    return (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _change(now: Decimal | None, then: Decimal | None) -> Decimal | None:
    return None if now is None or not then else now / then - 1


def idle_level(idle: int | None, limits: Limits) -> AlertLevel | None:
    """The level of a county idle for so many days; None days: it was never active."""
    if idle is None or idle >= limits.idle_alert:
        return AlertLevel.ALERT
    return AlertLevel.NOTICE if idle >= limits.idle_notice else None


def graver_level(one: AlertLevel | None, other: AlertLevel | None) -> AlertLevel | None:
    """The graver of two levels."""
    return AlertLevel.ALERT if AlertLevel.ALERT in (one, other) else one or other
