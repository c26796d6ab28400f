"""Periods inside a text as people say them: 8月初, 下月底, 两周内, 9月10号至10月20号, 国庆前后."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from market.text.figures import TO
from market.text.named_days import Days, NamedDays, find_named_days
from market.text.numbers import same_length


@dataclass(frozen=True, slots=True)
class TextPeriod:
    """A period at its place in the text, in local days, both included; None is an open end."""

    start: int
    end: int
    first: date | None
    last: date | None


_ANY = re.compile(r"[月日号天年前后节礼旦庆秋五十至周分立雨冬端过度半]|[./-]\d|[a-z]{3}")
_BEFORE = re.compile(r"\s?(?:之前|以前|前(?!后))")
_AFTER = re.compile(r"\s?(?:之后|以后|后(?![天年])|开始|起(?![批售订定])|onwards?)")
_AROUND = re.compile(r"\s?(?:前后|左右)")
_UNTIL = re.compile(
    r"(?:截至|截止到?|持续到|供应到|一直到|[到至]|(?<![a-z])(?:by|until|till))\s?\Z|before\s?\Z"
)
_SINCE = re.compile(r"(?:从|自|(?<![a-z])(?:from|since))\s?\Z")
# Around a day of the calendar, and around a festival.
_NEAR_DAY, _NEAR_FESTIVAL = timedelta(3), timedelta(7)
_ONE = timedelta(1)


def find_periods(text: str, today: date) -> list[TextPeriod]:
    """The periods of a text, in its order; a month that is over is the next year's.

    Never raises; where a text says no date (现货, 常年), there is none.
    """
    text = same_length(text)
    if not _ANY.search(text):
        return []
    try:
        return _read(text, today)
    except (ValueError, OverflowError):  # beyond the calendar's years
        return []


def _read(text: str, today: date) -> list[TextPeriod]:
    named = find_named_days(text, today)
    found: list[TextPeriod] = []
    at = 0
    while at < len(named):
        one, other = named[at], named[at + 1] if at + 1 < len(named) else None
        joined = other and TO.fullmatch(text, one.end, other.start)
        days = _joined(one, other, today) if other and joined else None
        if days and other:
            found.append(_widened(text, one.start, other.end, days, other))
            at += 2
        else:
            if alone := _in_year(one, today):
                found.append(_widened(text, one.start, one.end, alone, one))
            at += 1
    return found


def _in_year(named: NamedDays, today: date) -> Days | None:
    """The days meant: of the year said, else the next that are not over."""
    if named.year is not None:
        return named.days(named.year)
    # Eight years always hold a 29th of February.
    for year in range(today.year - 1, today.year + 9):
        days = named.days(year)
        if days and days[1] and days[1] >= today:
            return days
    return None


def _joined(one: NamedDays, other: NamedDays, today: date) -> Days | None:
    """From one to the other, across New Year where the other lies earlier in it."""
    if one.year is not None and other.year is None:
        begun = one.days(one.year)
        ends = [other.days(year) for year in range(one.year, one.year + 9)]
        end = next(
            (e for e in ends if e and e[1] and begun and begun[0] and e[1] >= begun[0]), None
        )
    else:
        end = _in_year(other, today)
        if end is None or end[1] is None:
            return None
        years = [one.year] if one.year is not None else range(end[1].year, end[1].year - 9, -1)
        starts = [one.days(year) for year in years]
        begun = next((b for b in starts if b and b[0] and b[0] <= end[1]), None)
    return (begun[0], end[1]) if begun and end else None


def _widened(text: str, start: int, end: int, days: Days, last: NamedDays) -> TextPeriod:
    """The period with the words that open or widen it: 前, 后, 起, 前后, 到."""
    first, until = days
    if first is None or until is None:
        return TextPeriod(start, end, first, until)
    if found := _BEFORE.match(text, end):
        limit = until if last.is_day or last.is_end else first - _ONE
        return TextPeriod(start, found.end(), None, limit)
    if found := _AROUND.match(text, end):
        around = _NEAR_DAY if last.is_day else _NEAR_FESTIVAL
        if (until - first).days > 7:
            around = timedelta(0)
        return TextPeriod(start, found.end(), first - around, until + around)
    if found := _AFTER.match(text, end):
        later = found[0].endswith("后") and not last.is_day
        return TextPeriod(start, found.end(), until + _ONE if later else first, None)
    if not TO.search(text, start, end) and (found := _SINCE.search(text, 0, start)):
        return TextPeriod(found.start(), end, first, None)
    if found := _UNTIL.search(text, 0, start):
        return TextPeriod(found.start(), end, None, until)
    return TextPeriod(start, end, first, until)
