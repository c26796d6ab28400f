"""The rules of reporting: what is due when, who is late, and the two rates. Pure functions."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from market.statements.models import StatementKind, StatementStatus
from market.text.days import local_midnight

# A second tap, or a colleague's, reminds nobody twice.
REMIND_AGAIN_AFTER = timedelta(hours=1)
# Submitted and not sent back.
IN = (StatementStatus.SUBMITTED, StatementStatus.ACCEPTED, StatementStatus.PUBLISHED)


@dataclass(frozen=True, order=True)
class Period:
    """What a statement is for: a day of the fair, or the whole fair up to its last day."""

    day: date
    kind: StatementKind

    @property
    def key(self) -> str:
        """As in addresses: `daily-2026-09-16`."""
        return f"{self.kind.value}-{self.day.isoformat()}"


def parse_period(key: str) -> Period | None:
    """The period of that key; None for anything else."""
    found = re.fullmatch(r"(daily|final)-(\d{4}-\d{2}-\d{2})", key, re.ASCII)
    if not found:
        return None
    try:
        return Period(date.fromisoformat(found[2]), StatementKind(found[1]))
    except ValueError:
        return None


def periods(starts_on: date, ends_on: date, over: bool, today: date) -> list[Period]:
    """What can be reported by the local day `today`, in the order of its days.

    `starts_on` is the first day a statement is owed for. Each day from it once it is past, and
    the final statement once the fair is over; the final one comes after the last day's.
    """
    last = min(ends_on, today - timedelta(days=1))
    days = [starts_on + timedelta(days=n) for n in range((last - starts_on).days + 1)]
    found = [Period(day, StatementKind.DAILY) for day in days]
    return found + ([Period(ends_on, StatementKind.FINAL)] if over else [])


class DayState(enum.StrEnum):
    """How a day stands of which a unit reports."""

    IN_TIME = "in_time"
    LATE = "late"
    RETURNED = "returned"
    MISSING = "missing"
    OPEN = "open"


@dataclass(frozen=True)
class Deadlines:
    """When statements are due, in the home time zone.

    Attributes:
        daily_hour: of the next day, for a county's daily statement.
        final_days: a county's final statement is due at the end of so many days after the
            fair's last day.
        review_hours, review_days: so much later a prefecture's daily and final ones are.
    """

    daily_hour: int
    final_days: int
    review_hours: int
    review_days: int


def due_at(period: Period, gathers: bool, deadlines: Deadlines, zone: tzinfo) -> datetime:
    """When the statement is due, in UTC; `gathers`: it is a prefecture's."""
    if period.kind is StatementKind.DAILY:
        hours = deadlines.daily_hour + (deadlines.review_hours if gathers else 0)
        return local_midnight(period.day + timedelta(days=1), zone) + timedelta(hours=hours)
    days = deadlines.final_days + (deadlines.review_days if gathers else 0)
    return local_midnight(period.day + timedelta(days=days + 1), zone)


def is_late(due: datetime, submitted_at: datetime | None, now: datetime) -> bool:
    """Whether it was first submitted after it was due, or is not yet and the time is past.

    A return does not make it late: the unit had done its part in time.
    """
    return (submitted_at or now) > due


def can_be_reminded(reminded_at: datetime | None, now: datetime) -> bool:
    """Whether so long has passed since the last reminder that another may follow."""
    return reminded_at is None or reminded_at <= now - REMIND_AGAIN_AFTER


@dataclass(frozen=True)
class Rates:
    """How complete and how punctual a unit, or several together, reported.

    Attributes:
        due: statements whose time has come.
        submitted: those of them submitted and not sent back; 上报率 is submitted / due.
        on_time: those of the latter first submitted in time; 及时率 is on_time / due.
    """

    due: int = 0
    submitted: int = 0
    on_time: int = 0

    @property
    def completeness(self) -> Decimal | None:
        """上报率 as a fraction to 0.1%; None while nothing is due."""
        return _part(self.submitted, self.due)

    @property
    def punctuality(self) -> Decimal | None:
        """及时率 as a fraction to 0.1%; None while nothing is due."""
        return _part(self.on_time, self.due)


def _part(some: int, of: int) -> Decimal | None:
    return (Decimal(some) / of).quantize(Decimal("0.001"), ROUND_HALF_UP) if of else None


def rates(
    dues: Mapping[Period, datetime],
    submitted: Mapping[Period, tuple[StatementStatus, datetime | None]],
    now: datetime,
) -> Rates:
    """The rates of one unit.

    Args:
        dues: when each of its statements is due; those not due by `now` don't count yet.
        submitted: the status of those that have one, and when they were first submitted.
    """
    count = {"due": 0, "submitted": 0, "on_time": 0}
    for period, due in dues.items():
        if due > now:
            continue
        count["due"] += 1
        status, at = submitted.get(period, (StatementStatus.DRAFT, None))
        if status in IN:
            count["submitted"] += 1
            count["on_time"] += not is_late(due, at, now)
    return Rates(**count)


def sum_rates(several: Iterable[Rates]) -> Rates:
    """The rates of several units together: a prefecture, a fair."""
    rows = list(several)
    return Rates(*(sum(getattr(r, n) for r in rows) for n in ("due", "submitted", "on_time")))


def ranks(rows: Mapping[str, Rates]) -> dict[str, int]:
    """Places by punctuality, then completeness; equals share one. Without a due, no place."""
    scored = {code: (r.punctuality, r.completeness) for code, r in rows.items() if r.due}
    ordered: list[Any] = sorted(scored.values(), key=_as_numbers, reverse=True)
    return {code: ordered.index(score) + 1 for code, score in scored.items()}


def _as_numbers(score: tuple[Decimal | None, ...]) -> tuple[Decimal, ...]:
    return tuple(part or Decimal(0) for part in score)
