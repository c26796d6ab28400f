"""What names days in a text: the days it means in a year, and how they are counted."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from market.text.numbers import parse_number

Days = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class NamedDays:
    """What names days in a text.

    Attributes:
        days: the first and the last of them in a year; None where that year has none, or
            where the end is open.
        year: the only year, where that is said or counted from today.
        is_day: whether it is one day with a number: 15号前 is until that day, 国庆前 until the
            one before.
        is_end: whether it is the end of something: 月底前 is until that end.
    """

    start: int
    end: int
    days: Callable[[int], Days | None]
    year: int | None = None
    is_day: bool = False
    is_end: bool = False


PARTS = {
    "上中旬": (1, 20), "中上旬": (1, 20), "中下旬": (11, 31), "初": (1, 10), "上": (1, 10),
    "头": (1, 10), "中": (11, 20), "下": (21, 31), "底": (21, 31), "末": (21, 31),
}  # fmt: skip


def named(
    match: re.Match[str],
    days: Callable[[int], Days | None],
    year: int | None = None,
    is_day: bool = False,
) -> NamedDays:
    is_end = match[0].endswith(("底", "末"))
    return NamedDays(*match.span(), days, year, is_day, is_end)


def number(text: str | None) -> int:
    number = parse_number(text) if text else None
    return int(number) if number is not None else 0


def year_of(text: str | None, today: date) -> int | None:
    """The year that is said, as 今, 明, 26 or 2026."""
    if not text:
        return None
    if text.isdigit():
        return int(text) + 2000 * (len(text) == 2)
    return None if text in "次翌" else today.year + {"明": 1, "来": 1, "后": 2}.get(text, 0)


def counted_month(which: str, today: date) -> tuple[int, int]:
    ahead = 2 if which.startswith("下下") else 1 if which[0] in "下次" else 0
    months = today.year * 12 + today.month - 1 + ahead
    return months // 12, months % 12 + 1


def day_of(year: int, month: int, day: int) -> Days | None:
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(year, month)[1]:
        return None
    return date(year, month, day), date(year, month, day)


def part_of(year: int, month: int, part: str | None = None) -> Days | None:
    first, last = (PARTS.get(part) or PARTS[part[0]]) if part else (1, 31)
    last = min(last, calendar.monthrange(year, month)[1])
    return date(year, month, first), date(year, month, last)


def span_of(first: Days | None, last: Days | None) -> Days | None:
    return (first[0], last[1]) if first and last else None


def counted_from(match: re.Match[str], today: date, days: int, later: bool) -> NamedDays:
    day = today + timedelta(days)
    return named(match, lambda y: (day, None) if later else (today, day), today.year)
