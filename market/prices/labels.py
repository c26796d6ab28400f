"""Prices as people read them."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_skeleton
from flask_babel.speaklater import LazyString

from market.deals.flag_rules import Quartiles
from market.monitoring.labels import format_change as format_change
from market.prices.position import PricePosition
from market.products.quantities import quoted_unit
from market.products.units import UNITS, Dimension, base_unit, measure
from market.web.language import catalog
from market.web.language import gettext as _
from market.web.language import lazy_gettext as _l

POSITIONS = {
    PricePosition.LOW: _l("this price is at the lower end"),
    PricePosition.MIDDLE: _l("this price is in the middle"),
    PricePosition.HIGH: _l("this price is at the upper end"),
}
CENT, DIME = Decimal("0.01"), Decimal("0.1")


def price_unit(measure: str) -> str:
    """The unit (code) in which prices of a measure are told: jin for what is weighed, in English
    kilograms."""
    return quoted_unit("jin") if measure == Dimension.MASS else base_unit(measure)


def other_unit(measure: str) -> str:
    """The unit (code) that the middle price is told in beside that; "" for none."""
    if measure != Dimension.MASS:
        return ""
    return "kg" if price_unit(measure) == "jin" else "jin"


def unit_name(measure: str) -> LazyString:
    """The name of that unit."""
    name: LazyString = UNITS[price_unit(measure)].name
    return name


def format_number(price: Decimal, measure: str, unit: str | None = None) -> str:
    """Yuan per base unit as a number of yuan per `unit`, else per price_unit(): 2.35, 45.0."""
    yuan = price * UNITS[unit or price_unit(measure)].factor
    step = CENT if yuan < 10 else DIME if yuan < 1000 else Decimal(1)
    return f"{yuan.quantize(step, ROUND_HALF_UP):,f}"


def format_range(quartiles: Quartiles, measure: str, unit: str | None = None) -> str:
    """The middle half of the prices: 1.45–1.80; one number where both ends are the same."""
    low, high = (format_number(p, measure, unit) for p in (quartiles.low, quartiles.high))
    return low if low == high else f"{low}–{high}"


def full_range(quartiles: Quartiles, measure: str) -> str:
    """The same with its unit: 1.45–1.80 元/斤, CNY 2.90–3.60/kg."""
    text = format_range(quartiles, measure)
    return _("CNY %(price)s/%(unit)s", price=text, unit=unit_name(measure))


def full_number(price: Decimal, unit: str) -> str:
    """A price per base unit with the unit it is told in: 4.70 元/公斤, CNY 4.70/kg."""
    text = format_number(price, measure(unit), unit)
    return _("CNY %(price)s/%(unit)s", price=text, unit=UNITS[unit].name)


def short_day(day: date) -> str:
    """A day of this year or the last: 11月30日, Nov 30."""
    return _short_day(day, catalog().locale)


@lru_cache(maxsize=1024)
def _short_day(day: date, locale: str) -> str:
    return format_skeleton("MMMd", day, locale=locale)
