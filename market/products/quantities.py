"""Quantities and prices as people say them: 30万斤 with its tonnes beside, 1.6 元/斤; in English
150 tonnes and CNY 3.20/kg, with what the trader wrote beside."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from market.products.units import UNITS, Dimension
from market.web.filters import trimmed
from market.web.language import gettext as _
from market.web.language import is_english

TEN_THOUSAND = 10_000
TONNE = UNITS["ton"]
CENT = Decimal("0.01")
TEN_THOUSANDTH = Decimal("0.0001")
# Units of weight that are told in kilograms or tonnes to who reads English.
TRADITIONAL = ("jin", "dan", "liang")
SQUARE_METRES_OF_MU, SQUARE_METRES_OF_HECTARE = Decimal(2000) / 3, 10_000
# Whose English names are the same for several.
_INVARIABLE = ("jin", "kg", "dan", "liang", "mu", "head", "fish")


def format_quantity(quantity: Decimal | None, unit: str) -> str:
    """A quantity with its unit (a code): 8万斤, 6,000斤; 40 tonnes. What would need more than two
    decimals of 万, or of tonnes, is told in the smaller unit."""
    if quantity is None:
        return ""
    if is_english():
        return _in_english(*(_metric(quantity, unit) if unit in TRADITIONAL else (quantity, unit)))
    name = UNITS[unit].name
    if abs(quantity) >= TEN_THOUSAND and quantity % 100 == 0:
        ten_thousand = _("ten thousand")
        return f"{trimmed(Decimal(quantity) / TEN_THOUSAND)}{ten_thousand}{name}"
    return f"{trimmed(quantity)}{name}"


def format_quantity_beside(quantity: Decimal | None, unit: str) -> str:
    """The same in other words, small beside it: 40吨 of 8万斤, in English the trader's own 80,000
    jin; empty where there is nothing more to say."""
    if quantity is None:
        return ""
    if is_english() and unit in TRADITIONAL:
        return _in_english(quantity, unit)
    if is_english() and unit == "mu":
        hectares = quantity * SQUARE_METRES_OF_MU / SQUARE_METRES_OF_HECTARE
        return f"{trimmed(hectares.quantize(CENT, ROUND_HALF_UP))} ha" if hectares >= CENT else ""
    if unit == TONNE.code or UNITS[unit].dimension is not Dimension.MASS:
        return ""
    tonnes = quantity * UNITS[unit].factor / TONNE.factor
    if tonnes < 1:
        return ""
    tonnes = tonnes.quantize(CENT, ROUND_HALF_UP)
    return _in_english(tonnes, "ton") if is_english() else f"{trimmed(tonnes)}{TONNE.name}"


def full_quantity(quantity: Decimal | None, unit: str) -> str:
    """A quantity as it was agreed, to the last digit: 80,000 斤; 40 tonnes (80,000 jin)."""
    if quantity is None:
        return ""
    if not is_english():
        return f"{trimmed(quantity)} {UNITS[unit].name}"
    text = format_quantity(quantity, unit)
    return f"{text} ({_in_english(quantity, unit)})" if unit in TRADITIONAL else text


def quoted_unit(unit: str) -> str:
    """The unit in which this page tells prices per `unit`, both codes: in English per kilogram
    what is weighed by the jin."""
    return "kg" if unit in TRADITIONAL and is_english() else unit


def price_parts(low: Decimal | None, high: Decimal | None, unit: str) -> tuple[str, str, str]:
    """A price as (number, unit, the same beside): 1.6, 元/斤, ""; CNY 3.20, /kg, 1.60 per jin. The
    number alone is filled in where it is open: 面议 (price on request)."""
    if low is None:
        return _("Price on request"), "", ""
    if not is_english():
        number = trimmed(low) if high is None or high == low else f"{trimmed(low)}–{trimmed(high)}"
        return number, _("CNY/%(unit)s", unit=UNITS[unit].name), ""
    if unit not in TRADITIONAL:
        return f"CNY {_yuan_range(low, high)}", f"/{UNITS[unit].name}", ""
    factor = UNITS[unit].factor
    per_kg = _yuan_range(low / factor, None if high is None else high / factor)
    return f"CNY {per_kg}", "/kg", f"{_yuan_range(low, high)} per {UNITS[unit].name}"


def format_price(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """A price as it was written: 2.35–2.60 元/斤; CNY 4.70–5.20/kg (2.35–2.60 per jin); 面议."""
    number, each, beside = price_parts(low, high, unit)
    if not each:
        return number
    if not is_english():
        return f"{number} {each}"
    return f"{number}{each} ({beside})" if beside else f"{number}{each}"


def short_price(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """The same in as few words as will do: CNY 4.70–5.20/kg."""
    number, each, _beside = price_parts(low, high, unit)
    return f"{number}{each}" if is_english() else " ".join(filter(None, (number, each)))


def _metric(quantity: Decimal, unit: str) -> tuple[Decimal, str]:
    """(quantity, unit) in tonnes where two decimals hold it, else in kilograms."""
    kilograms = quantity * UNITS[unit].factor
    tonnes = kilograms / TONNE.factor
    is_round = abs(tonnes) >= 1 and tonnes == tonnes.quantize(CENT)
    return (tonnes, TONNE.code) if is_round else (kilograms, "kg")


def _in_english(quantity: Decimal, unit: str) -> str:
    """40 tonnes; the plural of more than one."""
    name = str(UNITS[unit].name)
    if quantity != 1 and unit not in _INVARIABLE:
        name += "es" if name.endswith("x") else "s"
    return f"{trimmed(quantity)} {name}"


def _yuan_range(low: Decimal, high: Decimal | None) -> str:
    return _yuan(low) if high is None or high == low else f"{_yuan(low)}–{_yuan(high)}"


def _yuan(price: Decimal) -> str:
    """Yuan with two decimals, more where they are not nothing, none where it is whole."""
    text = trimmed(price.quantize(TEN_THOUSANDTH, ROUND_HALF_UP))
    whole, point, decimals = text.partition(".")
    return f"{whole}.{decimals:0<2}" if point else whole
