"""When what was read is what a set says, though written otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from market.products.units import UNITS, in_base, measure, per_base

NEAR = Decimal("0.005")


def in_base_prices(prices: Sequence[Decimal | None], unit: str) -> tuple[Any, ...]:
    """Yuan per base unit and what they are measured within: 130 a picul is 1.3 a jin."""
    if unit not in UNITS:
        return *prices, unit
    return *(per_base(price, unit) for price in prices), measure(unit)


def alike(one: Any, other: Any) -> bool:
    """Equal, but for what a division without an end leaves: ten yuan for three jin."""
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return abs(one - other) <= max(abs(one), abs(other)) * NEAR
    return bool(one == other)


def amount(quantity: Decimal | None, unit: str) -> tuple[Any, str]:
    """In base units and what it is measured within: two tonnes are 4000 jin."""
    if quantity is None or unit not in UNITS:
        return quantity, unit if quantity is not None else ""
    return in_base(quantity, unit), measure(unit)


def number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def day(value: Any) -> str:
    return value.isoformat() if value else ""


def plain(value: Any) -> str:
    if isinstance(value, frozenset):
        return "|".join(sorted(value)) or "none"
    if isinstance(value, dict):
        return ";".join(f"{word}={plain(codes)}" for word, codes in value.items()) or "none"
    if isinstance(value, tuple):
        return " ".join(str(one) for one in value)
    return str(value) or "none"
