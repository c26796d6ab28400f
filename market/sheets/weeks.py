"""Weeks as sheets are issued for them: Monday to Sunday (ISO 8601, GB/T 7408). Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

_WRITTEN = re.compile(r"(\d{4})-(?:W|w)?(\d{1,2})")


@dataclass(frozen=True, order=True)
class SheetWeek:
    """A week of the ISO calendar; its year is that of its Thursday."""

    year: int
    number: int

    @property
    def first(self) -> date:
        """Its Monday."""
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its Sunday."""
        return self.first + timedelta(days=6)

    @property
    def next(self) -> SheetWeek:
        return week_of(self.first + timedelta(days=7))

    @property
    def previous(self) -> SheetWeek:
        return week_of(self.first - timedelta(days=7))

    def __str__(self) -> str:
        """As addresses have it: 2026-48."""
        return f"{self.year}-{self.number:02}"


def week_of(day: date) -> SheetWeek:
    """The week that the day is in."""
    year, number, _weekday = day.isocalendar()
    return SheetWeek(year, number)


def parse_week(text: str) -> SheetWeek | None:
    """The week that is written so: 2026-48, 2026-W48; None where there is no such week."""
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        return None
    week = SheetWeek(int(found[1]), int(found[2]))
    try:
        return week if week.next.last else None
    except (ValueError, OverflowError):
        return None
