"""Limits of a search in words: its price, its quantity, its days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask_babel import gettext as _

from market.products.quantities import full_quantity, short_price
from market.web.filters import day


def format_range(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """Yuan per `unit`, one end of which may be open, in words."""
    if low is not None and high is not None:
        return short_price(low, high, unit)
    price = short_price(low if high is None else high, None, unit)
    return _("From %(price)s", price=price) if high is None else _("Up to %(price)s", price=price)


def format_quantity(quantity: Decimal, unit: str) -> str:
    """How much there must be at least, in words."""
    return _("At least %(amount)s", amount=full_quantity(quantity, unit))


def format_period(first: date | None, last: date | None) -> str:
    """When it must be there, in words; one end may be open."""
    if first is not None and last is not None:
        return _("%(first)s to %(last)s", first=day(first), last=day(last))
    if last is not None:
        return _("Until %(day)s", day=day(last))
    return _("From %(day)s", day=day(first))
