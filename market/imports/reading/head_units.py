"""The unit that a title says its numbers are in: 数量(万斤), 单价：元/斤, 面积/亩, 上市月份."""

from __future__ import annotations

import re
from decimal import Decimal

from market.imports.reading.cells import cache_short
from market.text.characters import fold, tidy
from market.text.money import parse_price, parse_quantity
from market.text.units import UNITS

_BRACKETS = re.compile(r"[(（\[【]([^()（）\[\]【】]{1,12})[)）\]】]")
_NAMED = re.compile(r"^(?:计量)?单位[:：]?\s*|^unit\s*:\s*|^in\s+")
_TAIL = re.compile(
    rf"(?P<word>.*?)[\s:：/,，_—-]*(?P<unit>(?:[万千百]?(?:元|yuan|cny)\s?[/每]\s?)(?:\d{{1,3}}|百)?(?:{UNITS})"
    rf"|(?<=[\s:：/,，_—-])[万千百]?(?:{UNITS}|元))"
)
_MONEY = re.compile(r"[百千万亿]?元|[角毛]|yuan|rmb|cny")
_SCALE = re.compile(r"[百千]?万|[百千]")
_UNITS_ABOVE = re.compile(r"单位\s*[:：(（]\s*([^()（）\[\]【】]{1,30})")
_MONTHS = re.compile(r"月份?")
_OF_MONTHS = re.compile(r"月份$|[市收摘熟栏货应售]月$")


@cache_short
def split_unit(title: str) -> tuple[str, str | None]:
    """(the title without its unit, the unit: a code or words; None for none)."""
    text = fold(" ".join(tidy(title).split()))
    for found in _BRACKETS.finditer(text):
        if unit := _unit(_NAMED.sub("", found[1])):
            return (text[: found.start()] + text[found.end() :]).strip(), unit
    if unit := _unit(_NAMED.sub("", text)):
        return "", unit
    if _OF_MONTHS.search(text):
        return text, "月"
    found_tail = _TAIL.fullmatch(text)
    if found_tail and (unit := _unit(found_tail["unit"])):
        return found_tail["word"], unit
    return text, None


def _unit(words: str) -> str | None:
    words = words.strip(" :：/")
    if not words or any(character.isdigit() for character in words[:1]):
        return None
    number, code = parse_quantity(f"1{words}")
    if number is None:
        number, code = parse_price(f"1{words}")
        if number is None or not (code or _MONEY.fullmatch(words)):
            return "月" if _MONTHS.fullmatch(words) else None
    if not code:
        return words if _MONEY.fullmatch(words) or _SCALE.fullmatch(words) else None
    return code if number == 1 else words


def units_above(text: str) -> dict[str, str]:
    """The units that a title above the table says (单位：万斤、元/斤), by what they are of:
    quantity, price or amount; of none that it says two of. Without 单位 a bracket is enough:
    脐橙产量表（吨）."""
    found: dict[str, str | None] = {}
    text = fold(tidy(text))
    for phrase in [*_UNITS_ABOVE.finditer(text)] or _BRACKETS.finditer(text):
        for words in filter(None, re.split(r"[、,，;；\s]+", phrase[1])):
            if (unit := _unit(words)) and unit != "月":
                of = (
                    "amount" if _MONEY.fullmatch(unit) else "price" if "元" in words else "quantity"
                )
                found[of] = unit if of not in found or found[of] == unit else None
    return {of: unit for of, unit in found.items() if unit}


def factor_of(unit: str, of_price: bool = False) -> tuple[Decimal, str]:
    """(how many, of which unit) one of a title's unit is: 万斤 is 10000 jin, 万元/吨 as a price
    10000 yuan for one tonne. The unit is empty where the title says none."""
    parse = parse_price if of_price else parse_quantity
    number, code = parse(f"1{unit}")
    return (Decimal(1), unit) if number is None else (number, code)
