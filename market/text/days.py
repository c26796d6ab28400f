"""Days: as people write them (2026-12-01, 2026/12/1, 2026年12月1日, 12月1号), and of an instant."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, tzinfo
from enum import Enum

from market.text.numbers import parse_number, plain_numerals

YEARS = range(1990, 2101)
_SEP = r" ?[-/.,。、年] ?"
_FULL = re.compile(rf"(\d{{4}}){_SEP}(\d{{1,2}}) ?[-/.,。、月] ?(\d{{1,2}}) ?[日号]?")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_SHORT = re.compile(r"(\d{1,2}) ?(?:月|[-/.]) ?(\d{1,2}) ?[日号]?")
# Two figures of a year only where a word says that they are one.
_TWO = re.compile(r"(\d\d) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?[日号]?")
_CHINESE = re.compile("[〇零一二三四五六七八九十]+")


class Nearest(Enum):
    """Which year is meant by a day without one."""

    EITHER_WAY = 0
    NOT_PAST = 1
    NOT_FUTURE = -1


def parse_day(text: str, today: date, nearest: Nearest = Nearest.EITHER_WAY) -> date | None:
    """The day that `text` is; None where it is none, or of a year outside YEARS."""
    text = _CHINESE.sub(_figures, plain_numerals(text).rstrip("."))
    if found := _FULL.fullmatch(text) or _COMPACT.fullmatch(text):
        return _date(*map(int, found.groups()))
    if found := _TWO.fullmatch(text):
        return _date(2000 + int(found[1]), int(found[2]), int(found[3]))
    if found := _SHORT.fullmatch(text):
        return _meant(int(found[1]), int(found[2]), today, nearest)
    return None


def names_other_year(text: str) -> bool:
    """Whether `text` is a whole day of a year outside YEARS."""
    text = _CHINESE.sub(_figures, plain_numerals(text).rstrip("."))
    found = _FULL.fullmatch(text) or _COMPACT.fullmatch(text)
    return found is not None and int(found[1]) not in YEARS


def local_day(at: datetime, zone: tzinfo) -> date:
    """The day of `at` (aware) in `zone`."""
    return at.astimezone(zone).date()


def local_midnight(day: date, zone: tzinfo) -> datetime:
    """The instant, in UTC, at which `day` begins in `zone`."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _figures(found: re.Match[str]) -> str:
    number = parse_number(found[0])
    return found[0] if number is None else f"{number:f}"


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if year in YEARS else None
    except ValueError:
        return None


def _meant(month: int, day: int, today: date, nearest: Nearest) -> date | None:
    # Eight years always hold a 29th of February.
    years = range(today.year - 8, today.year + 9)
    days: Iterable[date] = filter(None, (_date(year, month, day) for year in years))
    if nearest is Nearest.NOT_PAST:
        days = (d for d in days if d >= today)
    elif nearest is Nearest.NOT_FUTURE:
        days = (d for d in days if d <= today)
    return min(days, key=lambda d: abs(d - today), default=None)
