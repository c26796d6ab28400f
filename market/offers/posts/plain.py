"""A post made plain: its parts set apart, and what is read already blanked."""

from __future__ import annotations

import re

from market.text.amounts import Price, Quantity
from market.text.units import OTHER_UNITS, UNITS

# Stand for what is read already.
PRICE, PHONE, GOOD, PERIOD = "\x01\x02\x03\x04"
BLANKS = (PRICE, PHONE, PERIOD)
_COMMA = re.compile(
    r"((?<![\d.块元毛角万千百吨担亩])(?<![\d二两三四五六七八九十百千万几]斤)\d{1,4}，\d{1,2}(?=[元块]))|，"
)
_SLASH = re.compile(rf"/(?!\s?(?:{UNITS}|{OTHER_UNITS}))")


def with_stops(text: str) -> str:
    """A post with its full-width commas as stops, where they are no decimal point, and the
    slashes that set its parts apart: 11块8，9斤; 大蒜/杞县/2.7元/30吨."""
    text = _COMMA.sub(lambda found: found[1] or "；", text)
    return _SLASH.sub(";", text) if len(_SLASH.findall(text)) > 2 else text


def is_free(text: str, one: Price | Quantity) -> bool:
    """Whether it has nothing of what is read already."""
    return not any(sign in text[one.start : one.end] for sign in BLANKS)


def blank(text: str, start: int, end: int, sign: str) -> str:
    return text[:start] + sign * (end - start) + text[end:]
