"""The facts of an offer as its pages list them, in the order of OFFER_FIELDS."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from market.accounts.contact import mask_for_visitors
from market.offers.fields import OFFER_FIELDS
from market.offers.labels import BASES
from market.offers.models import Offer, Side
from market.offers.queries import place_in_full
from market.products.units import UNITS
from market.web.filters import day, local_name, trimmed
from market.web.language import gettext as _

Fact = tuple[Any, Any]


def offer_facts(offer: Offer, without: Container[str] = ()) -> list[Fact]:
    """(label, text) of each fact, None or "" where the offer has none of it.

    Args:
        without: names of OFFER_FIELDS to leave out.
    """
    facts = []
    for field in OFFER_FIELDS.values():
        if field.name in without:
            continue
        if format_fact := _FORMATS.get(field.name):
            facts.append(format_fact(offer))
        elif field.is_text and field.label is not None and field.name not in _SHOWN_APART:
            facts.append(
                (field.label_for(offer.side), mask_for_visitors(getattr(offer, field.column)))
            )
    return facts


def _product(offer: Offer) -> Fact:
    words = offer.product_words
    typed = f" · {mask_for_visitors(words)}" if words and words not in offer.title else ""
    return _("Product"), local_name(offer.product) + typed


def _quantity(offer: Offer) -> Fact:
    label = _("Remaining") if offer.remaining != offer.quantity else _("Quantity")
    return label, f"{trimmed(offer.remaining)} {UNITS[offer.unit].name}"


def _min_lot(offer: Offer) -> Fact:
    lot = offer.min_lot
    return _("Minimum lot"), f"{trimmed(lot)} {UNITS[offer.unit].name}" if lot else None


def _price_basis(offer: Offer) -> Fact:
    return _("The price is"), BASES[offer.price_basis] if offer.price_low is not None else None


def _region(offer: Offer) -> Fact:
    return _("From") if offer.side is Side.SELL else _("Deliver to"), place_in_full(offer)


def _supply(offer: Offer) -> Fact:
    label = _("Available") if offer.side is Side.SELL else _("Needed")
    days = offer.supply_from, offer.supply_to
    return label, " – ".join(map(day, days)) if any(days) else None


_FORMATS: dict[str, Callable[[Offer], Fact]] = {
    "product": _product,
    "quantity": _quantity,
    "min_lot": _min_lot,
    "price_basis": _price_basis,
    "region": _region,
    "supply_from": _supply,
}
# The heading, and a paragraph of its own.
_SHOWN_APART = ("title", "description")
