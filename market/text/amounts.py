"""Prices and quantities inside a text, in Chinese and English, digits and characters.

Search, posts and the fields of forms read them here, and therefore alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from market.text.basis import BASIS, find_basis
from market.text.figures import FIGURE, NUMBER, TO, TextFigure, find_figures
from market.text.numbers import parse_number, same_length
from market.text.quantities import (
    ABOVE,
    BELOW,
    COUNTED,
    SMALL_KG,
    UNKNOWN_UNIT,
    Quantity,
    has_liang,
    read_animals,
    read_quantity,
)
from market.text.units import CONTAINERS, KILOGRAMS, LITRES, OTHER_UNITS, UNIT_WORDS, UNITS

__all__ = ["UNKNOWN_UNIT", "Price", "Quantity", "find_amounts", "find_prices", "find_quantities"]


@dataclass(frozen=True, slots=True)
class Price:
    """A price at its place in the text: yuan per `unit`.

    Attributes:
        low, high: equal for one price; None where that end is open (3块以下, 3块以上).
        unit: empty when unsaid, and UNKNOWN_UNIT where it is a word without a code. Prices for a
            number of units (10元3斤), per 担 and per 百斤 are for one jin.
        basis: `ex_farm`, `delivered`, or empty where nothing is said.
    """

    start: int
    end: int
    low: Decimal | None
    high: Decimal | None
    unit: str = ""
    basis: str = ""


_Amount = TypeVar("_Amount", Price, Quantity)

# What the yuan are for, behind them: 元/斤, 元一斤, 元每百斤, 元公斤, 元3斤.
_RATE = re.compile(
    rf"\s?(?:(?P<per>[/每]|per\s|an?\s|(?:yi|mei)\s?(?=jin)|一(?=\s?百?(?:{UNITS}|{OTHER_UNITS})))\s?)?(?P<count>{NUMBER})??\s?"
    rf"(?:(?P<unit>{UNITS})|(?P<other>{OTHER_UNITS}))(?P<half>半(?![月年天]))?(?P<packed>装)?"
)
_APIECE = re.compile(r"\s(?:each|apiece)(?![a-z])")
# Any other word there is a unit that nobody knows.
_OTHER_RATE = re.compile(
    r"\s?(?:/|per\s|每(?![天日月年周次户人]))\s?\d*\s?(?:[a-z]+|[\u4e00-\u9fff])"
)
_AFTER = re.compile(
    r"\s?(?:钱|多(?!少)|左右|上下|出头|前后|之间|(?:or )?so(?![a-z])"
    r"|(?P<down>以下|以内|之内|之下|往下|内(?![蒙江黄乡丘部])|封顶|or (?:less|below)|yi(?:xia|nei))"
    r"|(?P<up>以上|之上|往上|朝上|开外|起[批售步卖]?|or more|yishang(?![a-z])))"
)
_WORDS = (
    "单价|价格|价钱|价位|[报售要出收底现均]价|(?:收购|批发|零售|统货|统果|市场|到手|优惠)价|价"
    "|price"
)
_FILLERS = r"(?:在|是|为|大概|大约|约|只要|仅|才|卖到?|售|给|现在|目前|今天|between|at|@|[::])"
# What is no price of the goods.
_SUMS = (
    "总价|总共|一共|合计|共计|总额|原价|(?<![含包])运费|路费|装车费|代办费|服务费|手续费|[定订押保证]+金"
    "|注册资[本金]|投资|产值|补贴|年收入"
)
_LEAD = re.compile(
    rf"(?:(?P<below>{BELOW})|(?P<above>{ABOVE})"
    rf"|(?:[每整]|(?<!不)[按论])(?P<count>{NUMBER})?(?P<unit>{UNITS})(?:来?[卖算计称出收])?"
    rf"|(?P<other>每(?!{UNITS}|[天日月年周次户人])[\u4e00-\u9fff]{{1,2}})|(?P<sum>{_SUMS})|(?P<budget>预算|成本)|(?P<word>{_WORDS})"
    rf"|(?P<basis>{BASIS})|(?P<filler>{_FILLERS}))[::]?\s?\Z"
)
_BETWEEN = re.compile(
    rf"(?P<packed>装)?(?:\s|{_FILLERS}|{_WORDS}|,)*(?:(?P<below>{BELOW})|{ABOVE})?\s?"
)
# One animal's name may stand between: 一头牛8000元, 一只鸡50块.
_ANIMAL = re.compile(
    r"[\u4e00-\u9fff]{0,2}[猪牛羊鸡鸭鹅兔鸽鱼虾蟹马驴](?=[\d零一二三四五六七八九两])"
)
# What follows a bare number that is no price.
_NO_PRICE = re.compile(
    r"\s?(?:[\d%年月日号天#级度点岁成寸米以后前人户家亩]|mm|cm|公分|果|[-~]\d|[a-z])"
)
_ENDS = re.compile(r"[^\u4e00-\u9fff]|[要收卖出都全不包送到在]|\Z")
_FIRM = re.compile(r"\s?(?:不[还讲议]价|一口价)")
_BASIS_AFTER = re.compile(rf"\s?(?:{BASIS})")
_LEADS_PRICE = re.compile(rf"[\u4e00-\u9fff]{{0,4}}?[::]?\s?{FIGURE.pattern}")
_DIGITAL = re.compile(r"[\d.,、。·]+")


def find_prices(text: str) -> list[Price]:
    """The prices of a text, in its order."""
    return find_amounts(text)[0]


def find_quantities(text: str) -> list[Quantity]:
    """The quantities of a text, in its order."""
    return find_amounts(text)[1]


def find_amounts(text: str) -> tuple[list[Price], list[Quantity]]:
    """The prices and the quantities of a text, each in its order. Never raises."""
    text = same_length(text)
    figures = find_figures(text)
    prices: list[Price] = []
    quantities: list[Quantity] = []
    end = 0
    for figure, following in zip(figures, [*figures, None][1:], strict=True):
        if figure.start < end:
            continue
        if figure.low is not None and (price := _price(text, figure, following, end)):
            _append(prices, price, text)
            end = price.end
        elif quantity := read_quantity(text, figure, following, end):
            if prices and _is_in_package(quantity, prices[-1]):
                quantity = replace(quantity, role="package")
            _append(quantities, quantity, text)
            end = quantity.end
    spans = [(price.start, price.end) for price in prices]
    for at, price in enumerate(prices):
        prices[at] = replace(price, basis=find_basis(text, price.start, price.end, spans))
    return prices, read_animals(quantities)


def _is_in_package(quantity: Quantity, price: Price) -> bool:
    """95元一袋50斤: fifty jin are in the bag."""
    adjacent = price.unit in CONTAINERS and quantity.start == price.end
    return adjacent and quantity.role == "amount" and quantity.unit in KILOGRAMS


def _append(found: list[_Amount], one: _Amount, text: str) -> None:
    """Another one, or the upper end of the range that the last one began: 2元/斤到3元/斤."""
    last = found[-1] if found else None
    joint = bool(last and TO.fullmatch(text, last.end, one.start))
    if last and last.high is None and one.low is None:
        joint = one.start - last.end <= 1  # 6元以上10元以下
    if last and joint and isinstance(one, Quantity) and (last.unit, one.unit) == ("liang", "jin"):
        found[-1] = replace(one, start=last.start, low=last.low and last.low / 10, role="size")
        return
    if last and joint and isinstance(one, Quantity) and (size := _size_range(last, one)):
        found[-1] = size
        return
    if last and joint and last.low and one.high and last.low < one.high:
        same = last.unit in ("", one.unit)
        if same and (isinstance(one, Price) or one.role == getattr(last, "role", "")):
            found[-1] = replace(one, start=last.start, low=last.low)
            return
    found.append(one)


def _size_range(last: _Amount, one: Quantity) -> Quantity | None:
    """The size from the one quantity to the other: 半斤到八两一条, 三条到四条一斤, 一斤半到两斤."""
    if not isinstance(last, Quantity) or last.low is None or one.high is None:
        return None
    low, factors = last.low, (KILOGRAMS.get(last.unit), KILOGRAMS.get(one.unit))
    first, second = factors
    if last.unit != one.unit:
        if first is None or second is None:
            return None
        low = low * first / second
    small = second is not None and one.unit != "gram" and one.high * second <= SMALL_KG
    if low >= one.high or last.role == "lot" or not (one.role in ("size", "package") or small):
        return None
    role = "size" if one.role == "amount" else one.role
    return replace(one, start=last.start, low=low, role=role)


def _price(text: str, figure: TextFigure, following: TextFigure | None, floor: int) -> Price | None:
    if not figure.is_money and following and (found := _counted_first(text, figure, following)):
        return found
    lead = _read_lead(text, figure, floor)
    if lead is None:
        return None
    after = _read_after(text, figure, lead)
    if not _is_price(text, figure, lead, after):
        return None
    unit, count = after.unit or lead.unit, after.count if after.unit else lead.count
    low = None if lead.down or after.down else figure.low
    high = None if (lead.up or after.up) and not (lead.down or after.down) else figure.high
    return _made(lead.place, after.place, low, high, unit, count)


@dataclass
class _Words:
    """The words before or behind a figure, as far as `place`."""

    place: int
    unit: str = ""
    count: Decimal = Decimal(1)
    down: bool = False
    up: bool = False
    is_named: bool = False  # that it is a price
    is_based: bool = False  # at the farm, or delivered
    is_budget: bool = False  # of everything, where no unit is said


def _read_lead(text: str, figure: TextFigure, floor: int) -> _Words | None:
    """What stands before the figure; None where it is the sum or the cost of something."""
    words, at = _Words(figure.start), figure.start
    while at > floor and (found := _LEAD.search(text, max(floor, at - 12), at)):
        if found["sum"]:
            return None
        at = found.start()
        if found["filler"]:
            continue
        words.place = at
        words.down |= bool(found["below"])
        words.up |= bool(found["above"])
        if found["unit"]:
            words.unit, words.count = UNIT_WORDS[found["unit"]], _count(found["count"])
        elif found["other"]:
            words.unit = UNKNOWN_UNIT
        words.is_budget |= bool(found["budget"])
        words.is_based |= bool(found["basis"])
        words.is_named |= bool(words.unit or found["word"] or found["basis"])
    return words


def _read_after(text: str, figure: TextFigure, lead: _Words) -> _Words:
    """The unit, the limits and the basis behind the figure."""
    words = _Words(figure.end)
    while True:
        at = words.place
        if not (words.unit or lead.unit) and _read_rate(text, figure, words):
            continue
        found = _AFTER.match(text, at)
        if found and (figure.is_money or found["down"] or found["up"] or not words.is_named):
            words.place = found.end()
            words.down |= bool(found["down"])
            words.up |= bool(found["up"])
        elif found := _FIRM.match(text, at) or _own_basis(text, at, lead):
            words.place, words.is_named = found.end(), True
        if words.place == at:
            return words


def _own_basis(text: str, at: int, lead: _Words) -> re.Match[str] | None:
    """The basis behind a price, where it doesn't lead another one: 八毛 自提六毛."""
    found = None if lead.is_based else _BASIS_AFTER.match(text, at)
    return found if found and not _LEADS_PRICE.match(text, found.end()) else None


def _read_rate(text: str, figure: TextFigure, words: _Words) -> bool:
    at = words.place
    found = _RATE.match(text, at)
    if found and (found["per"] or figure.is_money):
        count, other = _count(found["count"]), found["other"]
        count += Decimal("0.5") if found["half"] else 0
        unit = UNKNOWN_UNIT if other else UNIT_WORDS[found["unit"]]
        if not found["per"] and not _is_adjacent_rate(text, figure, found, unit, count):
            return False
        if found["count"] and unit in KILOGRAMS and count * KILOGRAMS[unit] > _MAX_RATE_KG:
            return False  # a slash between the parts of a list: 2.7元/30吨
        words.place, words.unit, words.count = found.end(), unit, count
        words.is_named = True
        return True
    if figure.is_money and (found := _APIECE.match(text, at)):
        words.place, words.unit = found.end(), "piece"
        return True
    if figure.is_money and (found := _OTHER_RATE.match(text, at)):
        words.place, words.unit = found.end(), UNKNOWN_UNIT
        return True
    return False


def _is_adjacent_rate(
    text: str, figure: TextFigure, found: re.Match[str], unit: str, count: Decimal
) -> bool:
    """Whether yuan beside a quantity are for it: 28元公斤, 10元3斤, yet not 2元500斤."""
    if unit == UNKNOWN_UNIT:
        return bool(found["packed"])
    if not found["count"]:
        last = found.end() == len(text) or text[found.end()] in " ,，。;；)）、"
        return unit in KILOGRAMS or last
    if found["packed"]:
        return True
    spaced = text[figure.end].isspace() and not text.startswith("钱", figure.end - 1)
    limit = _AFTER.match(text, found.end())
    limited = limit is not None and (limit["down"] or limit["up"])
    return not spaced and not limited and _is_bargain(figure, unit, count)


def _is_bargain(figure: TextFigure, unit: str, count: Decimal) -> bool:
    """Whether somebody would cry so much for so little; else it is a price and a quantity."""
    if figure.low is None or count <= 0:
        return False
    if unit in KILOGRAMS:
        kilograms = count * KILOGRAMS[unit]
        return kilograms <= 50 and figure.low >= kilograms * Decimal("0.4")
    if unit in LITRES:
        return count * LITRES[unit] <= 20
    return count <= 10 and unit not in ("head", "horse", "machine", "truck", "mu")


def _counted_first(text: str, figure: TextFigure, following: TextFigure) -> Price | None:
    """A price behind what it is for: 一斤两块五, 3斤10元, 10斤装30元, 一头450."""
    found = COUNTED.match(text, figure.end)
    if found is None or figure.low is None or figure.low != figure.high or found["half"]:
        return None
    unit = UNIT_WORDS[found["unit"]] if found["unit"] else UNKNOWN_UNIT
    between = _ANIMAL.match(text, found.end()) if unit in _ANIMAL_UNITS else None
    between = between or _BETWEEN.match(text, found.end())
    if between is None or between.end() != following.start or following.low is None:
        return None
    after = _read_after(text, following, _Words(0))
    if after.unit:
        return None  # 3斤 2元一斤
    parts = between.groupdict()
    is_each = text[: figure.start].endswith("每")
    single = (figure.low == 1 or is_each) and "," not in between[0]
    if not following.is_money:
        if (
            not (single or figure.low == 100)
            or not _is_last(text, following)
            or has_liang(text, figure, found.end())
        ):
            return None
    elif not (single or parts.get("packed")):
        spaced = any(c.isspace() or c == "," for c in between[0])
        if spaced or unit == UNKNOWN_UNIT or not _is_bargain(following, unit, figure.low):
            return None
    down = after.down or bool(parts.get("below"))
    up = after.up or (not down and bool(re.search(ABOVE, between[0])))
    low, high = (None if down else following.low), (None if up else following.high)
    start = figure.start - is_each
    return _made(start, after.place, low, high, unit, figure.low)


# Yuan are said for no more at once than two hundred jin.
_MAX_RATE_KG = 100
_ANIMAL_UNITS = ("head", "bird", "horse", "tiao", "fish", "pair", "nest")


def _is_price(text: str, figure: TextFigure, lead: _Words, after: _Words) -> bool:
    if lead.is_budget and not (lead.unit or after.unit):
        return False
    if figure.is_money:
        return not figure.is_weak or bool(lead.is_named or after.unit)
    if _DIGITAL.fullmatch(figure.text) and len(figure.text) > 7:
        return False
    if after.unit:
        return True
    # 到付1.3, 价格2.2-2.5, 1.3到货; yet not 产地43号.
    return (lead.is_named or after.is_named) and not _is_followed(text, figure)


def _is_followed(text: str, figure: TextFigure) -> bool:
    """Whether a unit or another word behind a bare number says that it is no price."""
    end = figure.end
    return bool(
        COUNTED.match(text, end) or (_NO_PRICE.match(text, end) and not _AFTER.match(text, end))
    )


def _is_last(text: str, figure: TextFigure) -> bool:
    """Whether a bare number ends what is said: 一袋95, 一头450要的联系; not 一箱5脾."""
    if _is_followed(text, figure):
        return False
    return bool(_AFTER.match(text, figure.end) or _ENDS.match(text, figure.end))


def _count(text: str | None) -> Decimal:
    number = parse_number(text) or parse_number(f"一{text}") if text else None  # 每万株
    return number if number else Decimal(1)


def _made(
    start: int, end: int, low: Decimal | None, high: Decimal | None, unit: str, count: Decimal
) -> Price | None:
    """The price for one of `unit`, where it was said for `count` of them."""
    if not count or not any(end and end > 0 for end in (low, high)):
        return None
    if unit == "dan":
        unit, count = "jin", count * 100
    elif unit == "gram" and count >= 50:
        unit, count = "jin", count / 500
    elif unit == "ml" and count >= 50:
        unit, count = "litre", count / 1000
    if count != 1:
        low, high = (end and _rounded(end / count) for end in (low, high))
    return Price(start, end, low, high, unit)


def _rounded(yuan: Decimal) -> Decimal:
    """A quotient as a price: exact to four places, else to the cent or three figures."""
    if yuan == round(yuan, 4):
        return yuan.normalize() if yuan != yuan.to_integral_value() else yuan.quantize(Decimal(1))
    places = max(2, 2 - yuan.adjusted())
    return yuan.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
