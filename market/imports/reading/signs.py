"""Marks before and inside a number that the sentence box reads over: a minus, a comma for a point.

A sheet is no sentence: -5吨 is less than nothing, and what 1,2吨 means only its writer knows.
"""

from __future__ import annotations

import re

from market.imports.reading.cells import CellProblem
from market.text.numbers import plain_numerals
from market.text.units import UNITS
from market.web.language import lazy_gettext as _l

_NUMERALS = "半几零〇一二两三四五六七八九十百千万亿"
_FIGURE = rf"(?:\.?\d|[{_NUMERALS}])"
# A number that is an amount, for its unit.
_COUNTED = rf"[\d.,{_NUMERALS}]+\s?(?:{UNITS}|元|块|毛|角)"
_CURRENCY = r"(?:[¥￥$]|rmb|cny)?"
# At the beginning any dash is a minus: word processors lengthen them.
_FIRST = re.compile(rf"[-−‐–—\s]*[-−‐–—负]\s*{_CURRENCY}\s*{_FIGURE}")
# 正负10斤 is how much it may differ.
_NEGATIVE = re.compile(rf"(?<!正)负\s*{_CURRENCY}\s*(?={_FIGURE})")
_DASH = re.compile(rf"(?:(?<!-)-|(?<!−)−|(?<!‐)‐)(?=\s*{_CURRENCY}\s*{_FIGURE})")
_IS_COUNTED = re.compile(rf"\s*{_CURRENCY}\s*{_COUNTED}")
_TO = re.compile(r"[-−‐–—~到至/]$")
_LAST_PART = re.compile(r"[^,;、()\s]*$")
_HAS_FIGURE = re.compile(rf"[\d{_NUMERALS}]")
_COMMA = re.compile(r"(?<![\d.,、])([1-9]\d*) ?([,、'’]) ?(\d{1,2})(?![\d.,、])")


def check_number(text: str, is_sentence: bool = False) -> None:
    """Let pass an amount, a price or a sum whose marks say one thing.

    Args:
        is_sentence: it stands among other words, where only a number with its unit is looked at.

    Raises:
        CellProblem: a minus stands before a number, or a comma may be a point.
    """
    plain = plain_numerals(text)
    if not is_sentence and _FIRST.match(plain):
        raise CellProblem(_l("Must be more than zero."))
    if any(_is_minus(plain, dash) for dash in _minuses(plain, is_sentence)):
        raise CellProblem(
            _l("“%(written)s”: is that a minus before the number? Write it without.", written=text)
        )
    for comma in _COMMA.finditer(plain):
        one, mark, other = comma.groups()
        if mark == "、" and int(other) == int(one) + 1:
            continue  # three to four
        if is_sentence and not re.compile(_COUNTED).match(plain, comma.start()):
            continue
        raise CellProblem(
            _l(
                "“%(written)s”: is the comma a decimal point? Write %(point)s or %(none)s.",
                written=text,
                point=f"{one}.{other}",
                none=f"{one}{other}",
            )
        )


def _minuses(text: str, is_sentence: bool) -> list[re.Match[str]]:
    """The marks that may be a minus."""
    found = [*_NEGATIVE.finditer(text), *_DASH.finditer(text)]
    return [m for m in found if not is_sentence or _IS_COUNTED.match(text, m.end())]


def _is_minus(text: str, mark: re.Match[str]) -> bool:
    """Whether a mark is no dash between the ends of a range: 5-8吨, 2元/斤-3元/斤."""
    before = text[: mark.start()].rstrip()
    if mark[0].startswith("负") or _TO.search(before):
        return True
    last = _LAST_PART.search(before)
    return last is None or _HAS_FIGURE.search(last[0]) is None
