"""Units of measure. Mass compares across units; different dimensions never do."""

from __future__ import annotations

import enum
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from market.text.units import KILOGRAMS, LITRES
from market.web.language import lazy_gettext as _l


class Dimension(enum.StrEnum):
    MASS = "mass"  # base: kilogram
    AREA = "area"  # base: mu (亩)
    VOLUME = "volume"  # base: litre
    COUNT = "count"  # no common base: a head is no box


@dataclass(frozen=True)
class Unit:
    """A unit; one of it is `factor` of its dimension's base."""

    code: str
    name: Any
    dimension: Dimension
    factor: Decimal


UNITS = {
    unit.code: unit
    for unit in (
        Unit("jin", _l("jin"), Dimension.MASS, KILOGRAMS["jin"]),
        Unit("kg", _l("kg"), Dimension.MASS, KILOGRAMS["kg"]),
        Unit("ton", _l("tonne"), Dimension.MASS, KILOGRAMS["ton"]),
        Unit("dan", _l("dan"), Dimension.MASS, KILOGRAMS["dan"]),
        Unit("liang", _l("liang"), Dimension.MASS, KILOGRAMS["liang"]),
        Unit("gram", _l("gram"), Dimension.MASS, KILOGRAMS["gram"]),
        Unit("mu", _l("mu"), Dimension.AREA, Decimal(1)),
        Unit("litre", _l("litre"), Dimension.VOLUME, LITRES["litre"]),
        Unit("ml", _l("millilitre"), Dimension.VOLUME, LITRES["ml"]),
        Unit("m3", _l("cubic metre"), Dimension.VOLUME, LITRES["m3"]),
        Unit("head", _l("head"), Dimension.COUNT, Decimal(1)),
        Unit("bird", _l("animal"), Dimension.COUNT, Decimal(1)),
        Unit("horse", _l("horse"), Dimension.COUNT, Decimal(1)),
        Unit("fish", _l("fry"), Dimension.COUNT, Decimal(1)),
        Unit("plant", _l("plant"), Dimension.COUNT, Decimal(1)),
        Unit("stem", _l("stem"), Dimension.COUNT, Decimal(1)),
        Unit("pole", _l("pole"), Dimension.COUNT, Decimal(1)),
        Unit("piece", _l("piece"), Dimension.COUNT, Decimal(1)),
        Unit("box", _l("box"), Dimension.COUNT, Decimal(1)),
        Unit("bag", _l("bag"), Dimension.COUNT, Decimal(1)),
        Unit("case", _l("case"), Dimension.COUNT, Decimal(1)),
        Unit("basket", _l("basket"), Dimension.COUNT, Decimal(1)),
        Unit("truck", _l("truckload"), Dimension.COUNT, Decimal(1)),
        Unit("pack", _l("pack"), Dimension.COUNT, Decimal(1)),
        Unit("carton", _l("carton"), Dimension.COUNT, Decimal(1)),
        Unit("bottle", _l("bottle"), Dimension.COUNT, Decimal(1)),
        Unit("barrel", _l("barrel"), Dimension.COUNT, Decimal(1)),
        Unit("bundle", _l("bundle"), Dimension.COUNT, Decimal(1)),
        Unit("nest", _l("litter"), Dimension.COUNT, Decimal(1)),
        Unit("pair", _l("pair"), Dimension.COUNT, Decimal(1)),
        Unit("tiao", _l("tiao"), Dimension.COUNT, Decimal(1)),
        Unit("machine", _l("machine"), Dimension.COUNT, Decimal(1)),
    )
}


def whole_factors(factors: Mapping[str, Decimal | Fraction]) -> tuple[int, dict[str, int]]:
    """The least scale at which every factor is a whole number, and each factor times it.

    Counting in integers is exact on both databases and in arrays, but only if no factor loses
    its fraction.
    """
    exact = {code: Fraction(factor) for code, factor in factors.items()}
    scale = math.lcm(*(factor.denominator for factor in exact.values()))
    return scale, {code: int(factor * scale) for code, factor in exact.items()}


# A quantity by its factor here is in 1/QUANTITY_SCALE of the base unit; a price per unit by its
# factor here is in 1/PRICE_SCALE yuan per base unit.
QUANTITY_SCALE, QUANTITY_FACTORS = whole_factors({u.code: u.factor for u in UNITS.values()})
PRICE_SCALE, PRICE_FACTORS = whole_factors({u.code: 1 / Fraction(u.factor) for u in UNITS.values()})

# Yuan: nothing that is sold by weight costs less, but a price per jin taken for one per tonne
# does.
MIN_YUAN_PER_KG = Decimal("0.02")


def comparable(one: str, other: str) -> bool:
    """Whether quantities in these two units (codes) can be compared at all."""
    if UNITS[one].dimension is Dimension.COUNT:
        return one == other
    return UNITS[one].dimension is UNITS[other].dimension


def convert(quantity: Decimal, source: str, target: str) -> Decimal:
    """`quantity` in `source` units, in `target` units, exactly.

    Raises:
        ValueError: the units are of different dimensions.
    """
    if not comparable(source, target):
        raise ValueError(f"{source} can't be converted to {target}")
    return quantity * UNITS[source].factor / UNITS[target].factor


def convert_price(price: Decimal, source: str, target: str) -> Decimal:
    """A price per `source` unit, per `target` unit instead. Raises ValueError like convert."""
    return convert(price, target, source)


def measure(unit: str) -> str:
    """What a unit (code) can be compared within: its dimension, or itself where it counts."""
    dimension = UNITS[unit].dimension
    return unit if dimension is Dimension.COUNT else dimension


def base_unit(measure: str) -> str:
    """The unit (code) that quantities of a measure are in: of a count, itself."""
    if measure in UNITS:
        return measure
    return {"mass": "kg", "area": "mu", "volume": "litre"}[measure]


def in_base(quantity: Decimal, unit: str) -> Decimal:
    """`quantity` in the base unit of its dimension."""
    return quantity * UNITS[unit].factor


def per_base(price: Decimal | None, unit: str) -> Decimal | None:
    """Yuan per base unit of the dimension of `unit`."""
    return None if price is None else price / UNITS[unit].factor


def is_too_cheap(price: Decimal | None, unit: str) -> bool:
    """Whether nothing costs so little: then the price is for another unit."""
    if price is None or UNITS[unit].dimension is not Dimension.MASS:
        return False
    return price / UNITS[unit].factor < MIN_YUAN_PER_KG
