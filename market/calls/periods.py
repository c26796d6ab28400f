"""Weeks and months of local days."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta


class PeriodKind(enum.StrEnum):
    """How long a period is."""

    WEEK = "week"
    MONTH = "month"


# How many a page shows.
PERIODS_SHOWN = {PeriodKind.WEEK: 8, PeriodKind.MONTH: 12}


@dataclass(frozen=True)
class CallPeriod:
    """Local days, both ends included; a week begins on Monday (ISO 8601)."""

    kind: PeriodKind
    first: date
    last: date


def period_of(day: date, kind: PeriodKind) -> CallPeriod:
    """The period that the day lies in."""
    if kind is PeriodKind.WEEK:
        first = day - timedelta(days=day.weekday())
        return CallPeriod(kind, first, first + timedelta(days=6))
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return CallPeriod(kind, first, after - timedelta(days=1))


def latest_periods(today: date, kind: PeriodKind) -> Sequence[CallPeriod]:
    """The last of them up to today's, the newest first."""
    found = [period_of(today, kind)]
    while len(found) < PERIODS_SHOWN[kind]:
        found.append(period_of(found[-1].first - timedelta(days=1), kind))
    return found
