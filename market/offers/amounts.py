"""Prices and quantities inside a text, in Chinese and English, digits and characters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

# A price said without a limit, or with 左右, means this much around it.
AROUND = Decimal("0.1")

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_POWERS = {"十": 10, "百": 100, "千": 1000}
_CHINESE = "零〇一二两三四五六七八九十百千万半"
_NUMBER = rf"(?:\d{{1,9}}(?:,\d{{3}})*(?:\.\d{{1,4}})?[万千百]?|[{_CHINESE}]{{1,9}})"
_UNITS = {
    "公斤": "kg", "千克": "kg", "kilogram": "kg", "kilograms": "kg", "kilo": "kg", "kilos": "kg",
    "kg": "kg", "kgs": "kg",
    "市斤": "jin", "斤": "jin", "jin": "jin", "catty": "jin", "catties": "jin",
    "吨": "ton", "tonne": "ton", "tonnes": "ton", "ton": "ton", "tons": "ton", "t": "ton",
    "头": "head", "只": "bird", "羽": "bird", "匹": "horse", "尾": "fish", "株": "plant",
    "棵": "plant", "支": "stem", "根": "pole", "个": "piece", "箱": "box", "袋": "bag",
    "台": "machine", "亩": "mu", "升": "litre", "piece": "piece", "box": "box", "bag": "bag",
    "head": "head",
}  # fmt: skip
_PER = "|".join(sorted(_UNITS, key=len, reverse=True))
_MONEY = r"(?:元钱|块钱|(?<!内三)(?<!外三)元(?!母|仔|猪|杂|良)|块|圆|yuan|rmb|cny)"
# 八角 is a spice, 三元 a breed of pig.
_COIN = r"(?:角钱|毛钱|毛|(?<=\d)角)"
_AMOUNT = (
    rf"(?:[¥￥$]?(?P<{{n}}>{_NUMBER})\s?{_MONEY}(?P<{{n}}c>[\d{_CHINESE}](?!\s*(?:{_PER})))?{_COIN}?"
    rf"(?P<{{n}}f>[五5])?|(?P<{{n}}m>{_NUMBER}){_COIN}(?P<{{n}}mf>[五5])?)"
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
_RATE = rf"(?:\s*(?:/|每|一|per|a|an|\s)\s*(?P<unit>{_PER})(?![a-z]))?"
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
    rf"(?:(?P<chinese>[{_CHINESE}]{{1,8}})(?:来|多|几)?(?:{_COUNTED})"
    r"|\d{1,9}(?:,\d{3})*(?:\.\d{1,4})?\s*[万千百]?(?:来|多|余)?\s*"
    rf"(?:{_COUNTED}|台|两|匹|kilograms?|kilos?|kgs?|tonnes?|tons?|jin|grams?|g|mm|cm|ml|l|t|boxes"
    r"|box|bags?|heads?|pieces?)(?![a-z]))"
    r"(?:以上|以下|左右|装|起批|起)?(?![县区市镇乡村])"
)


@dataclass(frozen=True)
class Price:
    """A price at its place in the text: yuan per `unit`; `unit` empty when unsaid."""

    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    unit: str


def find_price(text: str) -> Price | None:
    """The first price of a folded text."""
    if match := _RANGE.search(text):
        low = _yuan(match, "low") or _number(match["lowbare"])
        high = _yuan(match, "high")
        if low is not None and high is not None and low <= high:
            return Price(*_span(match), low, high, _unit(match))
    for match in (*_PRICE.finditer(text), *_LED.finditer(text)):
        at = _yuan(match, "at") if "at" in match.groupdict() else None
        if at is None and match["sign"]:
            at = _number(match["sign"])
        if at is None or at <= 0:
            continue
        after = match["after"] or ""
        span, unit = _span(match), _unit(match)
        if match["below"] or after in _DOWN:
            return Price(*span, None, at, unit)
        if match["above"] or after in _UP:
            return Price(*span, at, None, unit)
        return Price(*span, at * (1 - AROUND), at * (1 + AROUND), unit)
    return None


_DOWN = ("以下", "以内", "之内", "之下", "内", "封顶", "or less", "or below")
_UP = ("以上", "之上", "起", "or more")


def find_quantities(text: str) -> list[tuple[int, int]]:
    """(start, end) of the quantities of a folded text."""
    found = []
    for match in _QUANTITY.finditer(text):
        if match["chinese"] is None or _number(match["chinese"]) is not None:
            found.append(match.span())
    return found


def _span(match: re.Match[str]) -> tuple[int, int]:
    start, end = match.span()
    text = match.string
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _unit(match: re.Match[str]) -> str:
    return _UNITS.get(match["unit"] or match["lead"] or "", "")


def _yuan(match: re.Match[str], name: str) -> Decimal | None:
    """两块五 is 2.5, 八毛五 0.85."""
    if coins := match[name + "m"]:
        number = _number(coins)
        if number is None:
            return None
        return number / 10 + (Decimal("0.05") if match[name + "mf"] else 0)
    number = _number(match[name])
    if number is None:
        return None
    if tenths := match[name + "c"]:
        part = _number(tenths)
        number += part / 10 if part is not None and part < 10 else 0
    if match[name + "f"]:
        number += Decimal("0.05")
    return number


def _number(text: str | None) -> Decimal | None:
    """A number in digits or Chinese; None when it is neither."""
    if not text:
        return None
    if text[0].isdigit() and text[0].isascii():
        scale = {"万": 10_000, "千": 1000, "百": 100}.get(text[-1], 1)
        return Decimal(text.rstrip("万千百").replace(",", "")) * scale
    if text == "半":
        return Decimal("0.5")
    half = Decimal("0.5") if text.endswith("半") else Decimal(0)
    total = section = digit = 0
    for character in text.rstrip("半"):
        if character in _DIGITS:
            if digit:
                return None
            digit = _DIGITS[character]
        elif character in _POWERS:
            section += (digit or 1) * _POWERS[character]
            digit = 0
        elif character == "万":
            total += (section + digit or 1) * 10_000
            section = digit = 0
        else:
            return None
    return total + section + digit + half
