"""Limits of a search in words: its price, its quantity, its days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from market.products.units import UNITS
from market.web.filters import day, price_range, trimmed


def format_range(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """Yuan per `unit`, one end of which may be open, in words."""
    name = UNITS[unit].name
    if low is not None and high is not None:
        return price_range(low, high, name)
    price = _("%(price)s yuan/%(unit)s", price=trimmed(low if high is None else high), unit=name)
    return _("From %(price)s", price=price) if high is None else _("Up to %(price)s", price=price)


def format_quantity(quantity: Decimal, unit: str) -> str:
    """How much there must be at least, in words."""
    return _("At least %(amount)s", amount=f"{trimmed(quantity)} {UNITS[unit].name}")


def format_period(first: date | None, last: date | None) -> str:
    """When it must be there, in words; one end may be open."""
    if first is not None and last is not None:
        return _("%(first)s to %(last)s", first=day(first), last=day(last))
    if last is not None:
        return _("Until %(day)s", day=day(last))
    return _("From %(day)s", day=day(first))
