"""Who may still quote for a purchase, and for how much of it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, bindparam, or_

from market.offers.models import Offer, Side
from market.offers.rules import is_past
from market.products.quantities import full_quantity
from market.products.units import comparable, convert
from market.web.errors import Invalid, Refused
from market.web.home_time import home_today
from market.web.language import lazy_gettext as _l


def takes_quotations(offer: Any = Offer) -> ColumnElement[bool]:
    """SQL: the offer (or an alias of it) has no deadline for quotations, or it is not over."""
    today = bindparam("today", type_=Date, callable_=home_today, unique=True)
    return or_(offer.quotation_deadline.is_(None), offer.quotation_deadline >= today)


def check_quoting(offer: Offer, quantity: Decimal, unit: str) -> None:
    """Refuse a seller's quotation for a purchase after its deadline, and a part where none will do.

    Raises:
        Refused, Invalid.
    """
    if offer.side is Side.SELL:
        return
    if is_past(offer.quotation_deadline, home_today()):
        raise Refused(_l("The deadline for quotations is over."))
    if offer.parts_allowed or not comparable(unit, offer.unit):
        return
    if convert(quantity, unit, offer.unit) < offer.remaining:
        left = full_quantity(offer.remaining, offer.unit)
        raise Invalid(_l("One seller has to supply it all: %(left)s.", left=left), "quantity")
