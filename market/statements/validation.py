"""Validation rules 校验 of a statement's figures before they are submitted. Pure functions.

What a rule finds is explained and goes up with the statement (a warning), or needs the next
level's consent before (a stop). LIMITS is the one table of thresholds.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from market.deals.flag_rules import Quartiles, is_outside
from market.tallies.frozen_figures import FrozenFigures
from market.tallies.queries import ADDITIVE, Totals


class ValidationRule(enum.StrEnum):
    """What is checked; each is a function below."""

    ADDS_UP = "adds_up"
    FALL = "fall"
    JUMP = "jump"
    ZERO = "zero"
    BACKLOG = "backlog"
    PRICE = "price"
    PAST = "past"


class ValidationSeverity(enum.StrEnum):
    """What a finding asks for: an explanation, or the next level's consent."""

    WARNING = "warning"
    STOP = "stop"


@dataclass(frozen=True)
class Limit:
    """From where on a figure is doubtful.

    Attributes:
        warning, stop: how far off, in what the rule says; None: never.
        least: smaller differences are never doubtful, in the figure's own unit; of a stop
            `stop_least`.
    """

    warning: Decimal
    stop: Decimal | None = None
    least: int = 1
    stop_least: int = 0


YUAN = 100
# By rule and what it looks at: a figure of market.tallies.figures, or all.
LIMITS: Mapping[tuple[ValidationRule, str], Limit] = {
    # Any difference between a figure and its parts.
    (ValidationRule.ADDS_UP, ""): Limit(Decimal(0), Decimal(0)),
    # By what share of what was reported before a cumulative figure fell. What reversals in the
    # ledger account for never stops.
    (ValidationRule.FALL, "deals"): Limit(Decimal(0), Decimal(0)),
    (ValidationRule.FALL, "amount_fen"): Limit(Decimal(0), Decimal(0)),
    (ValidationRule.FALL, "listings"): Limit(Decimal(0), Decimal("0.2"), stop_least=20),
    (ValidationRule.FALL, "merchants"): Limit(Decimal(0), Decimal("0.2"), stop_least=20),
    # How many times the mean day's increment so far the day's is.
    (ValidationRule.JUMP, "deals"): Limit(Decimal(5), Decimal(20), 10, 200),
    (ValidationRule.JUMP, "amount_fen"): Limit(
        Decimal(5), Decimal(20), 1_000_000 * YUAN, 10_000_000 * YUAN
    ),
    (ValidationRule.JUMP, "listings"): Limit(Decimal(10), Decimal(50), 100, 2_000),
    # How many deals wait to be verified while none was counted.
    (ValidationRule.ZERO, "deals"): Limit(Decimal(1)),
    # Which share of the fair's deals has waited too long; `least`: deals.
    (ValidationRule.BACKLOG, "deals"): Limit(Decimal("0.1"), least=5),
    # How many times beyond the usual range (its fences) a product's mean price is; `least`: the
    # value of its deals in fen.
    (ValidationRule.PRICE, ""): Limit(Decimal(1), Decimal(10), 10_000 * YUAN),
    # How many times the figure at the same day of the earlier fair, or that of this one.
    (ValidationRule.PAST, "deals"): Limit(Decimal(5), least=20),
    (ValidationRule.PAST, "amount_fen"): Limit(Decimal(5), least=5_000_000 * YUAN),
}
# Fewer days than this have no mean worth comparing with.
MIN_DAYS = 3
# How many deals a finding leads to.
MAX_DEALS_NAMED = 3


@dataclass(frozen=True)
class ValidationFinding:
    """A figure that a rule doubts.

    Attributes:
        subject: which: a figure's name, a product's code and measure.
        numbers: what the message says, as JSON holds it; `now` is the figure that is doubted.
    """

    rule: ValidationRule
    subject: str
    severity: ValidationSeverity
    numbers: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Names it among the findings of a statement."""
        return f"{self.rule.value}-{self.subject.replace('.', '-')}"

    def is_same(self, other: ValidationFinding) -> bool:
        """Whether both doubt the same figure with the same value."""
        return self.key == other.key and self.numbers["now"] == other.numbers["now"]


@dataclass(frozen=True)
class WaitingDeals:
    """Deals of the county agreed up to the day and not verified: how many, their value, how
    many of them have waited too long."""

    deals: int = 0
    amount_fen: int = 0
    late: int = 0


@dataclass(frozen=True)
class ReversedSum:
    """What the ledger reversed since the statement before: deals, fen, and their numbers."""

    deals: int = 0
    amount_fen: int = 0
    ids: Sequence[int] = ()


@dataclass(frozen=True)
class ProductPrice:
    """A product's mean price over the deals counted since the statement before.

    Attributes:
        price, usual: yuan per `unit`, and the quartiles of its season.
        amount_fen, ids: of these deals.
    """

    code: str
    name: str
    name_en: str
    unit: str
    price: Decimal
    amount_fen: int
    usual: Quartiles
    ids: Sequence[int] = ()


@dataclass(frozen=True)
class PastFigures:
    """The county in the fair this one is compared with, up to the same day."""

    fair: str
    fair_en: str
    totals: Totals
    day: int | None


@dataclass(frozen=True)
class Facts:
    """What a statement is checked against.

    Attributes:
        first_day: the first day that is reported of the fair.
        before: the figures of the last statement before, or as they were at the end of the day
            before; None where there is none.
    """

    figures: FrozenFigures
    first_day: date
    before: FrozenFigures | None = None
    reversed: ReversedSum = field(default_factory=ReversedSum)
    waiting: WaitingDeals = field(default_factory=WaitingDeals)
    prices: Sequence[ProductPrice] = ()
    past: PastFigures | None = None


def find_doubtful(facts: Facts) -> list[ValidationFinding]:
    """What the rules find, stops first."""
    found = [finding for check in _RULES for finding in check(facts)]
    return sorted(found, key=lambda f: f.severity is not ValidationSeverity.STOP)


def _finding(
    rule: ValidationRule,
    subject: str,
    numbers: Mapping[str, Any],
    off: Decimal,
    size: int,
    limit: Limit,
) -> Iterator[ValidationFinding]:
    """The finding where `off` is beyond the limit and `size` worth a look."""
    if off < limit.warning or size < limit.least:
        return
    stops = limit.stop is not None and off >= limit.stop and size >= limit.stop_least
    yield ValidationFinding(
        rule, subject, ValidationSeverity.STOP if stops else ValidationSeverity.WARNING, numbers
    )


def find_contradictions(facts: Facts) -> Iterator[ValidationFinding]:
    """ADDS_UP: a figure is not what its units, products and days come to; sold and bought cannot
    be what they are beside the value."""
    for subject, now, parts in _sums(facts.figures):
        if now != parts:
            numbers = {"now": _plain(now), "parts": _plain(parts)}
            limit = LIMITS[ValidationRule.ADDS_UP, ""]
            yield from _finding(ValidationRule.ADDS_UP, subject, numbers, Decimal(1), 1, limit)


def _sums(figures: FrozenFigures) -> Iterator[tuple[str, Any, Any]]:
    """(figure and what adds up to it, the figure, the sum)."""
    totals = figures.totals
    rows, days = figures.products, figures.days
    for name in ("sell", "buy", "deals", "amount_fen", "mass_kg"):
        yield f"{name}.products", getattr(totals, name), sum(getattr(r, name) for r in rows)
    yield "listings.sides", totals.listings, (totals.sell or 0) + (totals.buy or 0)
    for name in ADDITIVE:
        yield f"{name}.days", getattr(totals, name), sum(getattr(t, name) for _d, t in days)
    if figures.is_daily:
        own = dict(days).get(figures.end_of_day, Totals())
        for name in ADDITIVE:
            yield f"{name}.increment", getattr(figures.increment, name), getattr(own, name)
    if not figures.is_county:
        for name in ADDITIVE:
            parts = sum(getattr(unit.totals, name) for unit in figures.children)
            yield f"{name}.units", getattr(totals, name), parts
    # A deal is its seller's inside the fair, else its buyer's: what is sold is part of the value,
    # and what is not sold is bought.
    amount, sold, bought = totals.amount_fen or 0, totals.sold_fen or 0, totals.bought_fen or 0
    yield "sold_fen.value", sold, min(sold, amount)
    yield "bought_fen.value", bought, max(bought, amount - sold)


def find_falls(facts: Facts) -> Iterator[ValidationFinding]:
    """FALL: a cumulative figure is less than it was reported before."""
    if facts.before is None or not facts.figures.is_county:
        return
    accounted = {"deals": facts.reversed.deals, "amount_fen": facts.reversed.amount_fen}
    for name in ("deals", "amount_fen", "listings", "merchants"):
        was, now = (getattr(f.totals, name) or 0 for f in (facts.before, facts.figures))
        if now >= was:
            continue
        unaccounted = was - now - accounted.get(name, 0)
        limit = LIMITS[ValidationRule.FALL, name]
        stops = (
            limit.stop is not None
            and unaccounted > limit.stop * was
            and unaccounted >= limit.stop_least
        )
        numbers: dict[str, Any] = {"now": now, "was": was}
        if name in accounted and facts.reversed.deals:
            numbers |= {"reversed": facts.reversed.deals, "deals": _named(facts.reversed.ids)}
        severity = ValidationSeverity.STOP if stops else ValidationSeverity.WARNING
        yield ValidationFinding(ValidationRule.FALL, name, severity, numbers)


def find_jumps(facts: Facts) -> Iterator[ValidationFinding]:
    """JUMP: the day added many times what a day has added so far."""
    figures = facts.figures
    if not (figures.is_daily and figures.is_county):
        return
    day = figures.end_of_day
    number = (day - facts.first_day).days
    if number < MIN_DAYS:
        return
    for name in ("deals", "amount_fen", "listings"):
        increment = getattr(figures.increment, name) or 0
        before = sum(max(getattr(t, name) or 0, 0) for d, t in figures.days if d < day)
        mean = Decimal(before) / number
        limit = LIMITS[ValidationRule.JUMP, name]
        # Where no day added anything, the first that does is as far off as can be.
        times = increment / mean if mean else Decimal("Infinity")
        numbers = {"now": increment, "mean": int(mean), "days": number}
        yield from _finding(ValidationRule.JUMP, name, numbers, times, increment, limit)


def find_idle(facts: Facts) -> Iterator[ValidationFinding]:
    """ZERO: nothing was counted, of the day or at all, while deals wait to be verified."""
    figures, waiting = facts.figures, facts.waiting
    counted = figures.increment if figures.is_daily else figures.totals
    if not figures.is_county or (counted and counted.deals):
        return
    numbers = {"now": 0, "waiting": waiting.deals, "amount_fen": waiting.amount_fen}
    limit = LIMITS[ValidationRule.ZERO, "deals"]
    off = Decimal(waiting.deals)
    yield from _finding(ValidationRule.ZERO, "deals", numbers, off, waiting.deals, limit)


def find_backlog(facts: Facts) -> Iterator[ValidationFinding]:
    """BACKLOG: too large a part of the fair's deals has waited too long to be verified."""
    late = facts.waiting.late
    every = (facts.figures.totals.deals or 0) + facts.waiting.deals
    if not facts.figures.is_county or not late:
        return
    numbers = {"now": late, "of": every}
    limit = LIMITS[ValidationRule.BACKLOG, "deals"]
    share = Decimal(late) / every
    yield from _finding(ValidationRule.BACKLOG, "deals", numbers, share, late, limit)


def find_unusual_prices(facts: Facts) -> Iterator[ValidationFinding]:
    """PRICE: a product's mean price is outside the usual of its season."""
    for product in facts.prices:
        if not is_outside(product.price, product.usual):
            continue
        lowest, highest = product.usual.fences
        beyond = max(product.price / highest, lowest / product.price)
        numbers = {
            **{"now": _plain(round(product.price, 4)), "unit": product.unit},
            **{"low": _plain(round(product.usual.low, 4))},
            **{"high": _plain(round(product.usual.high, 4)), "count": product.usual.count},
            **{"name": product.name, "name_en": product.name_en},
            **{"amount_fen": product.amount_fen, "deals": _named(product.ids)},
        }
        subject, limit = f"{product.code}.{product.unit}", LIMITS[ValidationRule.PRICE, ""]
        size = product.amount_fen
        yield from _finding(ValidationRule.PRICE, subject, numbers, beyond, size, limit)


def find_unlike_past(facts: Facts) -> Iterator[ValidationFinding]:
    """PAST: the county has many times what it had at the same day of the earlier fair, or that
    many times less."""
    past = facts.past
    if past is None:
        return
    for name in ("deals", "amount_fen"):
        now, then = (getattr(t, name) or 0 for t in (facts.figures.totals, past.totals))
        if not then:
            continue
        times = max(Decimal(now) / then, Decimal(then) / now if now else Decimal("Infinity"))
        numbers = {
            **{"now": now, "then": then, "day": past.day},
            **{"fair": past.fair, "fair_en": past.fair_en},
        }
        limit = LIMITS[ValidationRule.PAST, name]
        yield from _finding(ValidationRule.PAST, name, numbers, times, abs(now - then), limit)


def _named(ids: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(ids))[:MAX_DEALS_NAMED]


def _plain(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


_RULES = (
    find_contradictions,
    find_falls,
    find_jumps,
    find_idle,
    find_backlog,
    find_unusual_prices,
    find_unlike_past,
)
