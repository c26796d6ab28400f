"""Prices and quantities inside a text, in Chinese and English, digits and characters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from market.text.characters import fold
from market.text.money import parse_quantity, parse_yuan
from market.text.numbers import CHINESE, parse_number
from market.text.units import OTHER_UNITS, UNIT_WORDS, UNITS

# A price for something that has no known size.
UNKNOWN_UNIT = "?"

# Not from the middle of a longer number: in 5200,50元 it is not 50.
_NUMBER = (
    rf"(?:(?<![\d.])(?<!\d,)\d{{1,9}}(?:,\d{{3,4}})*(?:[.,]\d{{1,4}})?[万千百]?|[{CHINESE}]{{1,9}})"
)
_MONEY = r"(?:元钱|块钱|(?<!内三)(?<!外三)元(?!母|仔|猪|杂|良)|块|圆|yuan|rmb|cny)"
# 八角 is a spice, 三元 a breed of pig.
_COIN = r"(?:角钱|毛钱|毛|(?<=\d)角)"
# A figure that says no quantity of its own.
_LAST = rf"(?![\d.]|\s*(?:{UNITS}|{OTHER_UNITS})(?![a-z]))"
_AMOUNT = (
    rf"(?P<{{n}}>¥?{_NUMBER}\s?{_MONEY}(?:(?:\d{{1,2}}|[{CHINESE}]){_LAST})?{_COIN}?(?:[\d五]{_LAST})?"
    rf"|{_NUMBER}{_COIN}(?:[\d五]{_LAST})?)"
)
_BARE = rf"(?P<{{n}}>{_NUMBER})"
_BELOW = (
    r"(?:不超过|不高于|低于|少于|小于|不到|最高|最多|顶多|至多|≤|<=?|under|below|less than|at most"
    r"|up to|max(?:imum)?|(?:no|not) more than|cheaper than|within)"
)
_ABOVE = (
    r"(?:不低于|不少于|高于|超过|大于|多于|最低|至少|≥|>=?|over|above|more than|at least"
    r"|min(?:imum)?)"
)
_RATE = (
    rf"(?:\s*(?:/|每|一|per|a|an|\s)\s*(?P<unit>{UNITS})(?![a-z])"
    rf"|\s*(?:/|每|一|per\s|a\s)\s*(?P<other>{OTHER_UNITS})(?![a-z]))?"
)
_LEAD = r"(?:单价|价格|价钱|价|每(?P<lead>公斤|市斤|斤|吨|千克))?\s*(?:在|是|为|between)?\s*"
_AFTER = (
    r"\s*(?:钱)?\s*(?P<after>以下|以内|之内|之下|内|封顶|or less|or below|以上|之上|起|or more"
    r"|左右|上下|(?:or )?so)?"
)
_TO = r"\s*(?:-|~|—|–|到|至|to|and)\s*"


def _amount(name: str) -> str:
    return _AMOUNT.replace("{n}", name)


_RANGE = re.compile(
    rf"{_LEAD}(?:{_amount('low')}|{_BARE.replace('{n}', 'lowbare')}){_TO}{_amount('high')}"
    rf"(?:之间)?{_RATE}(?:之间)?"
)
_PRICE = re.compile(
    rf"{_LEAD}(?:(?P<below>{_BELOW})|(?P<above>{_ABOVE}))?\s*"
    rf"(?:{_amount('at')}|(?:[¥￥]|(?<![a-z])(?:rmb|cny|yuan)\s?)(?P<sign>{_NUMBER}))(?:多)?{_RATE}{_AFTER}"
)
_LED = re.compile(
    rf"每(?P<lead>公斤|市斤|斤|吨|千克)\s*(?:(?P<below>{_BELOW})|(?P<above>{_ABOVE}))?\s*"
    rf"(?P<sign>{_NUMBER})(?P<unit>)(?:元钱|块钱|元|块)?{_AFTER}"
)
_COUNTED = (
    "公斤|千克|市斤|斤|吨|克|担|车|箱|件|袋|包|筐|篓|盒|桶|瓶|罐|货柜|柜|头|只|羽|尾|株|棵|条|枚|亩|毫升"
    "|升|立方米|立方|方|支|根|个"
)
_QUANTITY = re.compile(
    rf"(?:(?P<chinese>[{CHINESE}]{{1,8}})(?:来|多|几)?(?:{_COUNTED})"
    r"|\d{1,9}(?:,\d{3})*(?:\.\d{1,4})?\s*[万千百]?(?:来|多|余)?\s*"
    rf"(?:{_COUNTED}|台|两|匹|kilograms?|kilos?|kgs?|tonnes?|tons?|jin|grams?|g|mm|cm|ml|l|t|boxes"
    r"|box|bags?|heads?|pieces?)(?![a-z]))"
    r"(?:以上|以下|左右|装|起批|起)?(?![县区市镇乡村])"
)


@dataclass(frozen=True)
class Price:
    """A price at its place in the text: yuan per `unit`.

    Attributes:
        low, high: equal for one price; None where that end is open (3块以下, 3块以上).
        unit: empty when unsaid, and UNKNOWN_UNIT where it is a word without a code.
        basis: `ex_farm`, `delivered`, or empty where nothing is said.
    """

    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    unit: str = ""
    basis: str = ""


@dataclass(frozen=True)
class Quantity:
    """A quantity at its place in the text.

    Attributes:
        low, high: equal for one quantity; None where that end is open or unclear (几千斤).
        unit: a code, or UNKNOWN_UNIT.
        role: `amount` (for sale or wanted), `lot` (500斤起批), `package` (10斤装) or `size`
            (80mm, 2两以上一个).
    """

    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    unit: str
    role: str = "amount"


def find_prices(text: str) -> list[Price]:
    """The prices of a text, in its order."""
    folded = fold(text)
    if match := _RANGE.search(folded):
        low = _parsed(match["low"] or match["lowbare"])
        high = parse_yuan(match["high"])
        if low is not None and high is not None and low <= high:
            return [Price(*_span(match), low, high, _unit(match))]
    for match in (*_PRICE.finditer(folded), *_LED.finditer(folded)):
        at = _parsed(match.groupdict().get("at") or match["sign"])
        if at is None or at <= 0:
            continue
        after = match["after"] or ""
        low = None if match["below"] or after in _DOWN else at
        high = None if match["above"] or after in _UP else at
        return [Price(*_span(match), low, high, _unit(match))]
    return []


_DOWN = ("以下", "以内", "之内", "之下", "内", "封顶", "or less", "or below")
_UP = ("以上", "之上", "起", "or more")


def find_quantities(text: str) -> list[Quantity]:
    """The quantities of a text, in its order."""
    found = []
    for match in _QUANTITY.finditer(fold(text)):
        if match["chinese"] is None or parse_number(match["chinese"]) is not None:
            number, unit = parse_quantity(match[0])
            role = "lot" if match[0].endswith(("起批", "起")) else "amount"
            role = "package" if match[0].endswith("装") else role
            found.append(Quantity(*match.span(), number, number, unit or UNKNOWN_UNIT, role))
    return found


def _parsed(text: str | None) -> Decimal | None:
    return parse_yuan(text) if text else None


def _span(match: re.Match[str]) -> tuple[int, int]:
    start, end = match.span()
    text = match.string
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _unit(match: re.Match[str]) -> str:
    if match.groupdict().get("other"):
        return UNKNOWN_UNIT
    return UNIT_WORDS.get(match["unit"] or match["lead"] or "", "")
