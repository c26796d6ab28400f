"""Periods inside a text as people say them: 8月初, 下月底, 两周内, 9月10号至10月20号, 国庆前后."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from market.text.figures import TO
from market.text.named_days import Days, NamedDays, find_named_days
from market.text.numbers import plain_numerals, same_length


@dataclass(frozen=True, slots=True)
class TextPeriod:
    """A period at its place in the text, in local days, both included; None is an open end."""

    start: int
    end: int
    first: date | None
    last: date | None


_ANY = re.compile(r"[月日号天年前后节礼旦庆秋五十至周分立雨冬端过度半期内]|[./-]\d|[a-z]{3}")
_BEFORE = re.compile(r"\s?(?:之前|以前|前(?!后))")
_AFTER = re.compile(r"\s?(?:之后|以后|后(?![天年])|开始|起(?![批售订定])|onwards?)")
_AROUND = re.compile(r"\s?(?:前后|左右)")
_UNTIL = re.compile(
    r"(?:截至|截止到?|持续到|供应到|一直到|[到至]|(?<![a-z])(?:by|until|till))\s?\Z|before\s?\Z"
)
_SINCE = re.compile(
    r"(?:从|自|(?<![a-z])(?:from|since|(?:ready|available)(?: from| on| by)?))\s?\Z"
)
# Goods that can be had on a day, or in a week, can be had from then on: 明天就可以装车, 下周有货.
_READY = re.compile(
    r"\s?(?:就|便|也|都)?(?:(?:可以?|能|开始)(?:有|[装发出供提拉交走摘采挖捞捕])|有[现鲜新]?货"
    r"|(?<=[天日号])就?(?:有|能走)货?)"
)
_SOON = 8
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


def parse_named_day(text: str, today: date) -> date | None:
    """The one day that the whole of a text names (明天, 下周三, 腊月二十八); None for any other."""
    text = plain_numerals(text)
    found = find_periods(text, today)
    if len(found) != 1 or (found[0].start, found[0].end) != (0, len(text)):
        return None
    return found[0].first if found[0].first == found[0].last else None


def _read(text: str, today: date) -> list[TextPeriod]:
    named = find_named_days(text, today)
    found: list[TextPeriod] = []
    at = 0
    while at < len(named):
        one, other = named[at], named[at + 1] if at + 1 < len(named) else None
        joined = other and TO.fullmatch(text, one.end, other.start)
        ends = _joined(one, other, today) if other and joined else None
        if ends and other:
            found.append(_from_to(text, one, other, *ends))
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


def _joined(one: NamedDays, other: NamedDays, today: date) -> tuple[Days, Days] | None:
    """The days of both, across New Year where the other lies earlier in it."""
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
    return (begun, end) if begun and end else None


def _from_to(text: str, one: NamedDays, other: NamedDays, begun: Days, end: Days) -> TextPeriod:
    """From the one to the other: until the day before, where the other is 春节前."""
    first, last = begun[0], end[1]
    stop = other.end
    if (before := _BEFORE.match(text, stop)) and end[0] and last:
        last, stop = _day_before(end[0], last, other), before.end()
    return TextPeriod(one.start, stop, first, last)


def _day_before(first: date, last: date, named: NamedDays) -> date:
    """The last day that is before what is named; before a day or an end includes it."""
    return last if named.is_day or named.is_end else first - _ONE


def _widened(text: str, start: int, end: int, days: Days, last: NamedDays) -> TextPeriod:
    """The period with the words that open or widen it: 前, 后, 起, 前后, 到."""
    first, until = days
    if first is None or until is None:
        return TextPeriod(start, end, first, until)
    if found := _BEFORE.match(text, end):
        return TextPeriod(start, found.end(), None, _day_before(first, until, last))
    if found := _AROUND.match(text, end):
        around = _NEAR_DAY if last.is_day else _NEAR_FESTIVAL
        if (until - first).days > 7:
            around = timedelta(0)
        return TextPeriod(start, found.end(), first - around, until + around)
    if found := _AFTER.match(text, end):
        later = found[0].endswith("后") and not last.is_day
        return TextPeriod(start, found.end(), until + _ONE if later else first, None)
    if found := _SINCE.search(text, 0, start):
        return TextPeriod(found.start(), end, first, None)
    if (until - first).days < _SOON and _READY.match(text, end):
        return TextPeriod(start, end, first, None)
    if found := _UNTIL.search(text, 0, start):
        return TextPeriod(found.start(), end, None, until)
    return TextPeriod(start, end, first, until)
