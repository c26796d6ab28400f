"""What a form asks about once, because it is seldom meant: a price far from the season's, a
living animal by the jin.

Rooms above know what prices are usual: they register a check.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from market.offers.customary_units import LARGE_ANIMALS
from market.products.models import Product
from market.products.units import UNITS, Dimension, comparable, in_base, is_too_cheap
from market.web.filters import local_name, trimmed
from market.web.language import lazy_gettext as _l

# Given the code of a product, yuan and the unit they are for: what to ask, None for nothing.
PriceCheck = Callable[[str, Decimal, str], Any]
price_checks: list[PriceCheck] = []

# A grown pig, ox or sheep weighs more, in kilograms; and costs more, in yuan.
MIN_ANIMAL_KG, MIN_ANIMAL_YUAN = 35, 100


# Sold by the piece, yet priced by weight: animals, trunks, and what containers hold.
WEIGHED = (
    *("head", "bird", "fish", "tiao", "nest", "pair", "plant", "box", "bag", "case", "basket"),
    *("truck", "pack", "carton", "barrel", "bundle"),
)


def price_unit_problem(unit: str, price_unit: str, price: Decimal | None) -> Any:
    """What is wrong with a price per `price_unit` (empty: per `unit`) of what is counted in `unit`;
    None for nothing."""
    other = price_unit or unit
    if unit not in UNITS or other not in UNITS:
        return None
    weighed = unit in WEIGHED and UNITS[other].dimension is Dimension.MASS
    if not comparable(unit, other) and not weighed:
        return _l("The price must be for the unit of the quantity.")
    if is_too_cheap(price, other):
        return _l("That is less than a cent for a jin: check what the price is for.")
    return None


def price_question(product: Product, price: Decimal, unit: str) -> Any:
    """What to ask about a price of so many yuan per `unit`; None for nothing."""
    if unit == "head" and product.code.startswith(LARGE_ANIMALS) and price < MIN_ANIMAL_YUAN:
        return _l(
            "%(price)s yuan for a whole head of %(product)s? Or what is the price for?",
            price=trimmed(price),
            product=local_name(product),
        )
    questions = (check(product.code, price, unit) for check in price_checks)
    return next((question for question in questions if question), None)


def quantity_question(product: Product, quantity: Decimal, unit: str) -> Any:
    """What to ask about so much of a product; None for nothing."""
    is_weighed = unit in UNITS and UNITS[unit].dimension is Dimension.MASS
    if not (is_weighed and product.code.startswith(LARGE_ANIMALS)):
        return None
    if in_base(quantity, unit) >= MIN_ANIMAL_KG:
        return None
    return _l(
        "%(quantity)s %(unit)s is less than one %(product)s weighs: did you mean %(quantity)s "
        "head?",
        quantity=trimmed(quantity),
        unit=UNITS[unit].name,
        product=local_name(product),
    )
