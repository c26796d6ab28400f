"""The facts of an offer as its pages list them, in the order of OFFER_FIELDS."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Any

from markupsafe import Markup

from market.accounts.contact import mask_for_visitors
from market.offers.certificates import certificate_names
from market.offers.english import CHINESE, goods_in_english, phrase_beside_original
from market.offers.fields import OFFER_FIELDS
from market.offers.labels import BASES, PARTS
from market.offers.models import Offer, Side
from market.offers.queries import place_in_full
from market.products.quantities import full_quantity
from market.web.filters import day, local_name, short_day
from market.web.language import gettext as _
from market.web.language import is_english

Fact = tuple[Any, Any]


def offer_facts(offer: Offer, without: Container[str] = ()) -> list[Fact]:
    """(label, text) of each fact, None or "" where the offer has none of it.

    Args:
        without: names of OFFER_FIELDS to leave out.
    """
    facts = []
    for field in OFFER_FIELDS.values():
        if field.name in without or field.only not in (None, offer.side):
            continue
        if format_fact := _FORMATS.get(field.name):
            facts.append(format_fact(offer))
        elif field.is_text and field.label is not None and field.name not in _SHOWN_APART:
            text = mask_for_visitors(getattr(offer, field.column))
            facts.append((field.label_for(offer.side), phrase_beside_original(text)))
    return facts


def _product(offer: Offer) -> Fact:
    words, name = offer.product_words, local_name(offer.product)
    if is_english():
        # The word to say to who sells it.
        own = Markup('<span lang="{}">{}</span>').format(
            CHINESE, mask_for_visitors(words) or offer.product.name
        )
        goods = goods_in_english(words, offer.product.name, offer.product.name_en)
        return _("Product"), Markup("{} {}").format(goods, own)
    typed = f" · {mask_for_visitors(words)}" if words and words not in offer.title else ""
    return _("Product"), name + typed


def _quantity(offer: Offer) -> Fact:
    label = _("Remaining") if offer.remaining != offer.quantity else _("Quantity")
    return label, full_quantity(offer.remaining, offer.unit)


def _min_lot(offer: Offer) -> Fact:
    lot = offer.min_lot
    return _("Minimum lot"), full_quantity(lot, offer.unit) if lot else None


def _price_basis(offer: Offer) -> Fact:
    return _("The price is"), BASES[offer.price_basis] if offer.price_low is not None else None


def _region(offer: Offer) -> Fact:
    return _("From") if offer.side is Side.SELL else _("Deliver to"), place_in_full(offer)


def _supply(offer: Offer) -> Fact:
    label = _("Available") if offer.side is Side.SELL else _("Needed")
    days = offer.supply_from, offer.supply_to
    return label, " – ".join(map(short_day, days)) if any(days) else None


def _quotation_deadline(offer: Offer) -> Fact:
    until = offer.quotation_deadline
    return _("Quotations until"), day(until) if until else None


def _parts_allowed(offer: Offer) -> Fact:
    return _("Part quantities"), PARTS["yes" if offer.parts_allowed else "no"]


def _certificates(offer: Offer) -> Fact:
    return _("Certificates asked for"), certificate_names(offer.certificates)


_FORMATS: dict[str, Callable[[Offer], Fact]] = {
    "product": _product,
    "quantity": _quantity,
    "min_lot": _min_lot,
    "price_basis": _price_basis,
    "region": _region,
    "supply_from": _supply,
    "quotation_deadline": _quotation_deadline,
    "parts_allowed": _parts_allowed,
    "certificates": _certificates,
}
# The heading, a paragraph of its own, and part of the place.
_SHOWN_APART = ("title", "description", "village")
