"""Who may still quote for a purchase, and for how much of it."""

from __future__ import annotations

from decimal import Decimal

from market.offers.models import Offer, Side
from market.offers.rules import is_past
from market.products.quantities import full_quantity
from market.products.units import comparable, convert
from market.web.errors import Invalid, Refused
from market.web.home_time import home_today
from market.web.language import lazy_gettext as _l


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
