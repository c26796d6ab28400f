"""Periods inside a text as people name them: 8月初, 下月底, 两周内, 9月10号至10月20号."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

from market.text.characters import fold


@dataclass(frozen=True)
class Period:
    """A period at its place in the text, in local days, both included; None is an open end."""

    start: int
    end: int
    first: date | None
    last: date | None


_MONTH = re.compile(r"(?<!\d)(?P<month>1[0-2]|[1-9])月(?:份)?(?P<part>初|上旬|中旬|下旬|底)?(?!\d)")
_PARTS = {
    "": (1, 31),
    "初": (1, 10),
    "上旬": (1, 10),
    "中旬": (11, 20),
    "下旬": (21, 31),
    "底": (21, 31),
}


def find_periods(text: str, today: date) -> list[Period]:
    """The periods of a text, in its order; a month that is over is the next year's."""
    found = []
    for match in _MONTH.finditer(fold(text)):
        month = int(match["month"])
        year = today.year + (month < today.month)
        first, last = _PARTS[match["part"] or ""]
        last = min(last, calendar.monthrange(year, month)[1])
        found.append(Period(*match.span(), date(year, month, first), date(year, month, last)))
    return found
