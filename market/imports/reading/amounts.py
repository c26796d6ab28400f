"""Quantities, prices and sums in a cell, with their units in the cell, beside it or in the head.

They are read by the grammar of the form's fields and of the sentence box (`text.money`,
`text.amounts`); what may mean two things is refused with both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from flask_babel.speaklater import LazyString

from market.imports.reading.cells import CellProblem, decimal_of, is_number, text_of
from market.imports.reading.head_units import factor_of
from market.imports.reading.sheet import CellValue
from market.imports.reading.signs import check_number
from market.offers.plausibility import WEIGHED
from market.offers.posts.prices import price_unit
from market.offers.rules import is_absurd
from market.products.quantities import format_quantity
from market.products.units import UNITS, Dimension, comparable, is_too_cheap
from market.text.amounts import UNKNOWN_UNIT, Price, Quantity, find_amounts
from market.text.basis import find_basis
from market.text.characters import fold
from market.text.figures import find_figures
from market.text.money import parse_price, parse_price_range, parse_quantity, parse_yuan
from market.text.numbers import plain_numerals
from market.web.language import lazy_gettext as _l

_QUANTITY_PLACES, PRICE_PLACES, _YUAN_PLACES = Decimal("0.001"), Decimal("0.0001"), Decimal("0.01")
_MAX_PRICE, _MAX_YUAN = Decimal(10) ** 7, Decimal(10) ** 12
_ABOUT = re.compile(
    r"^(?:[~～≈>＞≥]=?|不低于|不少于|至少|超过|尚余|还[剩有]|大约|大概|約|约计|约有|约为|约|预计有?|预估|估计|共计|总计|合计|共有|共|近|现有|有|余|可供|剩余?)\s*"
    r"|\s*(?:[+＋]|以上|左右|上下|不等|以内|[(（](?:大?约|左右|预计|估计?)[)）]?)$"
)
_OTHER_YEAR = re.compile(r"去年|上年|前年|往年")
_ASIDE = re.compile(r"[(（][^)）]*[)）]")
# Figures with commas or spaces between, and those of them that are thousands.
_RUNS = re.compile(r"\d+(?:[ ,，]\d+)+(?:\.\d+)?")
_THOUSANDS = re.compile(r"\d{1,3}([ ,，]\d{3})+(?:\.\d+)?")
_CONTAINERS, _WEIGHTS = "[件箱袋筐车盒包桶篓框]", "(?:公斤|千克|kg|斤|吨)"
# 100件(20斤/件), 100箱×10斤, 20筐，每筐50斤; 每件20斤，共100件.
_PACKED = re.compile(
    rf"(?P<count>[\d.]+)\s*(?P<box>{_CONTAINERS})\s*[,，、;；(（]*\s*"
    rf"(?:(?:[x×*✕]|[每1]\s*(?P=box))\s*(?P<each>[\d.]+\s*{_WEIGHTS})"
    rf"|(?P<per>[\d.]+\s*{_WEIGHTS})\s*[/每]\s*(?P=box))\s*[)）]?"
)
_PACKED_AFTER = re.compile(
    rf"[每1]\s*(?P<box>{_CONTAINERS})\s*(?P<each>[\d.]+\s*{_WEIGHTS})\s*[,，、;；]*\s*"
    rf"(?:合计|总共|共计?|有)?\s*(?P<count>[\d.]+)\s*(?P=box)"
)
_SAYS_MONEY = re.compile(r"[元块圆角毛分¥￥]|yuan|rmb|cny")
_MONEY_SCALES = {"角": Decimal("0.1"), "毛": Decimal("0.1"), "万元": Decimal(10_000)}
_SCALED = re.compile(r"[万千百亿wW]")
_NEGOTIABLE = re.compile(
    r".*(?:面议|面谈|电议|议价|可谈|另议|协商|详谈|商议|待定|随行|行情|市场价|市价|negotia|request).*"
)
_EDGES = " ,，;；。()（）"
_OVER = _l("That is more than anybody has: check the number and the unit.")


@dataclass(frozen=True)
class Amount:
    """A quantity: how much, in which unit (code); of a range how much at least, and at most."""

    number: Decimal
    unit: str
    most: Decimal | None = field(default=None, compare=False)


@dataclass(frozen=True)
class PriceFound:
    """A price: yuan for one of `unit` (a code, or empty where nothing says it); no yuan at all
    where it is on request."""

    low: Decimal | None
    high: Decimal | None
    unit: str = ""
    basis: str = ""


def read_quantity(cell: CellValue, title_unit: str | None, unit_cell: CellValue) -> Amount:
    """The quantity in a cell.

    Args:
        title_unit: what the head of its column says (`SheetColumn.unit`).
        unit_cell: what stands in the column of units.

    Raises:
        CellProblem: it is none, or may be several.
    """
    words = text_of(unit_cell)
    factor, unit = _unit_beside(title_unit, words)
    number, most, own, text = _number(cell, unit)
    if own:
        amount = Amount(number, own)
    elif not unit:
        raise CellProblem(
            _l(
                "%(number)s of what? Write the unit behind the number (%(one)s or %(other)s).",
                number=text,
                one=f"{text}斤",
                other=f"{text}公斤",
            )
        )
    elif factor > 1 and _SCALED.search(text):
        # 3万 below 数量(万斤).
        raise CellProblem(
            _l(
                "Is it %(one)s or %(other)s? The head already counts in %(unit)s.",
                one=LazyString(format_quantity, number, unit),
                other=LazyString(format_quantity, number * factor, unit),
                unit=words or title_unit,
            )
        )
    else:
        amount = Amount(number * factor, unit)
        most = most * factor
    if amount.number <= 0:
        raise CellProblem(_l("Must be more than zero."))
    if is_absurd(amount.number, amount.unit):
        raise CellProblem(_OVER)
    rounded = amount.number.quantize(_QUANTITY_PLACES, ROUND_HALF_UP).normalize()
    if rounded <= 0:
        raise CellProblem(_l("Must be more than zero."))
    return Amount(rounded + 0, amount.unit, most.normalize() + 0 if most > amount.number else None)


def _unit_beside(title_unit: str | None, words: str) -> tuple[Decimal, str]:
    """(how many, of which unit) a number alone counts; no unit where nothing says one."""
    titled = factor_of(title_unit) if title_unit else (Decimal(1), "")
    if not words:
        return titled if titled[1] in UNITS else (Decimal(1), "")
    number, unit = parse_quantity(f"1{fold(words).strip(_EDGES)}")
    if number is None or unit not in UNITS:
        raise CellProblem(_l("We don't know the unit %(unit)s: write 斤, 公斤 or 吨.", unit=words))
    beside = number, unit
    if titled[1] in UNITS and titled != beside:
        # 数量(万) with 斤 beside.
        raise CellProblem(
            _l(
                "The head counts in %(one)s and the unit beside is %(other)s: which is it?",
                one=title_unit,
                other=words,
            )
        )
    return (number * titled[0], unit) if title_unit and not titled[1] else beside


def _number(cell: CellValue, beside: str) -> tuple[Decimal, Decimal, str, str]:
    """(least, most, code of its own unit or empty, as it is written); `beside`: the unit of a
    number alone."""
    if is_number(cell):
        number = decimal_of(cell)  # type: ignore[arg-type]
        return number, number, "", f"{number:f}"
    text = text_of(cell)
    check_number(_bare(text))
    if any(not _THOUSANDS.fullmatch(run[0]) for run in _RUNS.finditer(fold(text))):
        raise CellProblem(_no_quantity(text))
    bare = _bare(text)
    if packed := _packed(bare, beside):
        return packed[0], *packed, text
    number_found, unit = parse_quantity(bare)
    if number_found is not None:
        return number_found, number_found, unit, text
    prices, quantities = find_amounts(plain_numerals(bare))
    whole = [q for q in quantities if q.end - q.start >= len(plain_numerals(bare)) - 1]
    if len(whole) == 1 and not prices and whole[0].unit in UNITS:
        # As the sentence box takes a range: what there is at least.
        least = whole[0].high if whole[0].low is None else whole[0].low
        if least is not None and whole[0].role in ("amount", "lot"):
            return least, whole[0].high or least, whole[0].unit, text
    figures = find_figures(plain_numerals(bare))
    spans = [(figure.start, figure.end) for figure in figures if not figure.is_money]
    if spans == [(0, len(plain_numerals(bare)))] and figures[0].low is not None:
        return figures[0].low, figures[0].high or figures[0].low, "", text
    named = [q for q in quantities if q.unit in UNITS and q.low is not None]
    if len(named) > 1:
        raise CellProblem(
            _l(
                "Is it %(one)s or %(other)s? Leave one.",
                one=_written(bare, named[0]),
                other=_written(bare, named[1]),
            )
        )
    if any(q.unit == UNKNOWN_UNIT for q in quantities):
        raise CellProblem(_l("We don't know the unit you wrote: choose one."))
    raise CellProblem(_no_quantity(text))


def _no_quantity(text: str) -> LazyString:
    return _l(
        "“%(written)s” is no quantity: write a number with its unit, such as 3万斤.",
        written=text,
    )


def _packed(text: str, beside: str) -> tuple[Decimal, str] | None:
    """(number, code of its unit) of what so many containers hold, each of so much; how many there
    are where `beside` counts those."""
    written = fold(plain_numerals(text))
    found = _PACKED.fullmatch(written) or _PACKED_AFTER.fullmatch(written)
    if found is None:
        return None
    count, box = parse_quantity(f"{found['count']}{found['box']}")
    if count and box == beside:
        return count, box
    each, unit = parse_quantity(found["each"] or found["per"])
    return (count * each, unit) if count and each else None


def _bare(text: str) -> str:
    before = ""
    while text != before:
        before, text = text, _ABOUT.sub("", text.strip(_EDGES))
    return text


def _written(text: str, one: Quantity | Price) -> str:
    return plain_numerals(text)[one.start : one.end]


def read_price(
    cell: CellValue, title: str, title_unit: str | None, unit_cell: CellValue
) -> PriceFound:
    """The price in a cell; arguments and refusals as of `read_quantity`.

    Args:
        title: the head of its column, which may say where the price is paid (地头价).
    """
    words = fold(text_of(unit_cell)).strip(_EDGES)
    if is_number(cell):
        low = high = decimal_of(cell)  # type: ignore[arg-type]
        own, basis = "", ""
        text = ""
    else:
        text = _bare(text_of(cell))
        if _OTHER_YEAR.search(_ASIDE.sub("", text_of(cell))):
            raise CellProblem(
                _l("“%(written)s” is another year's price: write this year's.", written=text)
            )
        if _NEGOTIABLE.fullmatch(fold(text)) and not any(c.isdigit() for c in plain_numerals(text)):
            return PriceFound(None, None)
        low, high, own, basis = _yuan(text)
    factor, unit = _price_unit(title_unit, words)
    if own:
        unit = own
    elif factor != 1:
        # 1.6元 below 单价(毛/斤) is in yuan already.
        if _SAYS_MONEY.search(fold(text)):
            factor /= _money_scale(words) * _money_scale(title_unit or "")
        low, high = low * factor, high * factor
    if not 0 < low <= high:
        raise CellProblem(_l("Must be more than zero."))
    if high >= _MAX_PRICE:
        raise CellProblem(_l("That is more than anybody pays: check the price and its unit."))
    low, high = (p.quantize(PRICE_PLACES, ROUND_HALF_UP).normalize() + 0 for p in (low, high))
    return PriceFound(low, high, unit, basis or _basis_of(title))


def _yuan(text: str) -> tuple[Decimal, Decimal, str, str]:
    """(lowest, highest, code of its own unit or empty, basis) of a price as it is written."""
    check_number(text)
    number, unit = parse_price(text)
    found = parse_price_range(text) if number is None else (number, number, unit)
    prices, quantities = find_amounts(plain_numerals(text))
    basis = prices[0].basis if len(prices) == 1 else ""
    if found is None and len(prices) == 1 and not quantities:
        # 3元以上, as the sentence box takes it; 2.5元/斤(地头价).
        ends = [end for end in (prices[0].low, prices[0].high) if end is not None]
        if ends and prices[0].unit != UNKNOWN_UNIT:
            found = ends[0], ends[-1], prices[0].unit
    if found is None and len(prices) > 1:
        raise CellProblem(
            _l(
                "Is it %(one)s or %(other)s? Leave one.",
                one=_written(text, prices[0]),
                other=_written(text, prices[1]),
            )
        )
    if found is None:
        raise CellProblem(
            _l(
                "“%(written)s” is no price: write a number with its unit, such as 2.5元/斤.",
                written=text,
            )
        )
    return (*found, basis)


def _price_unit(title_unit: str | None, words: str) -> tuple[Decimal, str]:
    """(yuan, the unit they are for) that one of a price's numbers counts."""
    for written in filter(None, (words, title_unit)):
        number, unit = factor_of(written, of_price=True)
        if unit in UNITS:
            return number, unit
        quantity, counted = parse_quantity(f"1{written}")
        if quantity == 1 and counted in UNITS:
            return Decimal(1), counted
        if number != 1 and not unit:
            return number, ""
    return Decimal(1), ""


def _money_scale(unit: str) -> Decimal:
    """How many yuan one of the money is that a unit counts."""
    return _MONEY_SCALES.get(fold(unit).partition("/")[0].strip(), Decimal(1))


def _basis_of(title: str) -> str:
    title = fold(title)
    return find_basis(title, 0, len(title))


def settle_unit(price: PriceFound, quantity: Amount | None, code: str) -> str:
    """The unit (code) that a price is for, of which nothing says it: the quantity's, as the
    sentence box has it.

    Raises:
        CellProblem: it may as well be another, or nothing is sold so.
    """
    unit = price.unit
    if price.low is None:
        return unit
    if not unit:
        counted = (
            Quantity(0, 0, quantity.number, quantity.number, quantity.unit) if quantity else None
        )
        unit, is_open = price_unit(Price(0, 0, price.low, price.high), counted, code)
        if is_open:
            one = UNITS[unit].name if unit in UNITS else "斤"
            other = UNITS[quantity.unit].name if quantity and quantity.unit != unit else "公斤"
            raise CellProblem(
                _l(
                    "Yuan for one %(one)s or for one %(other)s? Write it, such as 2.5元/斤.",
                    one=one,
                    other=other,
                )
            )
    if is_too_cheap(price.low, unit):
        raise CellProblem(_l("That is less than a cent for a jin: check what the price is for."))
    if quantity and not comparable(quantity.unit, unit):
        weighed = quantity.unit in WEIGHED and UNITS[unit].dimension is Dimension.MASS
        if not weighed:
            raise CellProblem(_l("The price must be for the unit of the quantity."))
    return unit


def read_yuan(cell: CellValue, title_unit: str | None) -> Decimal:
    """A sum of money in yuan; arguments and refusals as of `read_quantity`."""
    factor, _unit = factor_of(title_unit, of_price=True) if title_unit else (Decimal(1), "")
    if is_number(cell):
        yuan = decimal_of(cell) * factor  # type: ignore[arg-type]
    else:
        text = _bare(text_of(cell))
        check_number(text)
        found = parse_yuan(text)
        if found is None:
            raise CellProblem(_l("“%(written)s” is no sum of money: write the yuan.", written=text))
        if factor > 1 and _SCALED.search(text) and "元" not in text:
            raise CellProblem(
                _l(
                    "Is it %(one)s or %(other)s? The head already counts in %(unit)s.",
                    one=f"{found:f}元",
                    other=f"{found * factor:f}元",
                    unit=title_unit,
                )
            )
        yuan = found if "元" in text else found * factor
    if yuan <= 0:
        raise CellProblem(_l("Must be more than zero."))
    if yuan >= _MAX_YUAN:
        raise CellProblem(_OVER)
    return yuan.quantize(_YUAN_PLACES, ROUND_HALF_UP)
