"""Days, months and periods by their English names."""

from __future__ import annotations

import re
from datetime import date, timedelta

from market.text.day_spans import NamedDays, counted_from, counted_month, day_of, named, part_of

_ENGLISH_NUMBERS = (
    "a",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)
_ENGLISH_WITHIN = re.compile(
    rf"(?<![a-z])(?:within|in|(?P<later>after)) (?P<n>\d{{1,3}}|{'|'.join(_ENGLISH_NUMBERS)})"
    r" (?P<unit>day|week|month)s?(?![a-z])"
)
_ENGLISH_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_ENGLISH = re.compile(
    r"(?<![a-z])(?:(?P<d>\d{1,2})(?:st|nd|rd|th)? )?"
    r"(?:(?P<part>early|mid|late|end|beginning)(?:[ -]of)?[ -])?"
    rf"(?P<month>{'|'.join(_ENGLISH_MONTHS)})"
    r"(?:uary|ruary|ch|il|e|y|ust|t|tember|ober|ember)?(?![a-z])"
    r"(?: (?P<day>\d{1,2})(?:st|nd|rd|th)?(?![\d.]| ?[a-z]))?"
    r"|(?<![a-z])(?P<near>this|next) month(?![a-z])"
)
_PREPOSITION = re.compile(r"(?<![a-z])(?:in|by|from|until|till|to|before) \Z")
_ENGLISH_PARTS = {"early": "初", "beginning": "初", "mid": "中", "late": "底", "end": "底"}


def _english_within(match: re.Match[str], today: date) -> NamedDays | None:
    n = match["n"]
    number = int(n) if n.isdigit() else max(_ENGLISH_NUMBERS.index(n), 1)
    days = number * {"day": 1, "week": 7, "month": 30}[match["unit"]]
    return counted_from(match, today, days, bool(match["later"]))


def _english(match: re.Match[str], today: date) -> NamedDays | None:
    if match["near"]:
        year, month = counted_month("本月" if match["near"] == "this" else "下月", today)
        return named(match, lambda y: part_of(y, month), year)
    month = _ENGLISH_MONTHS.index(match["month"]) + 1
    if day := int(match["d"] or match["day"] or 0):
        return named(match, lambda y: day_of(y, month, day), None, True)
    if match[0] == "may" and not _PREPOSITION.search(match.string, 0, match.start()):
        return None  # it may be a verb
    part = _ENGLISH_PARTS.get(match["part"] or "")
    return named(match, lambda y: part_of(y, month, part))


_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKDAY = re.compile(
    rf"(?<![a-z])(?:(?P<which>next|this|coming) )?(?P<day>{'|'.join(_WEEKDAYS)})"
    r"(?:(?<=mon|fri|sun)day|(?<=tue)sday|(?<=wed)nesday|(?<=thu)rsday|(?<=sat)urday)(?![a-z])"
)


def _weekday(match: re.Match[str], today: date) -> NamedDays:
    """A day of the week that comes; with "next" never one of the week that is left."""
    ahead = (_WEEKDAYS.index(match["day"]) - today.weekday()) % 7
    if match["which"] == "next" and today.weekday() + ahead < 7:
        ahead += 7
    day = today + timedelta(ahead)
    return named(match, lambda y: (day, day), today.year, True)


READERS = ((_WEEKDAY, _weekday), (_ENGLISH, _english), (_ENGLISH_WITHIN, _english_within))
