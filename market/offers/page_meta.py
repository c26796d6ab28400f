"""What the head of an offer's page says to search engines and to who gets its link."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from market.accounts.contact import mask_for_visitors
from market.offers.labels import SIDES
from market.offers.models import Offer, Side, Verification
from market.offers.photos import photo_url
from market.offers.queries import place_in_full
from market.products.quantities import format_quantity, short_price
from market.products.units import UNITS
from market.web.filters import last_date, local_name
from market.web.language import gettext as _
from market.web.page_meta import PageMeta, json_ld, site_address, site_root
from market.web.slots import link

MAX_DESCRIPTION = 160
# Codes of UN/CEFACT's recommendation 20, as schema.org wants them, of the units that have one.
UNIT_CODES = {"gram": "GRM", "kg": "KGM", "ton": "TNE", "litre": "LTR", "ml": "MLT", "m3": "MTQ"}


def offer_meta(offer: Offer, title: str) -> PageMeta:
    """The head of an offer's page; one that is over is not listed, whoever still reads it.

    Args:
        title: offer_title() of it.
    """
    if not offer.is_public:
        return PageMeta(indexed=False)
    place = place_in_full(offer)
    facts = [
        SIDES[offer.side],
        local_name(offer.product),
        mask_for_visitors(offer.grade),
        short_price(offer.price_low, offer.price_high, offer.price_unit),
        format_quantity(offer.remaining, offer.unit),
        place,
        _("Verified by the county") if offer.verification is Verification.VERIFIED else "",
        mask_for_visitors(offer.description),
    ]
    text = " ".join(" · ".join(str(fact) for fact in facts if fact).split())
    short = text if len(text) <= MAX_DESCRIPTION else text[: MAX_DESCRIPTION - 1] + "…"
    photo = photo_url(offer.photos[0].sha256) if offer.photos else ""
    picture = link("offer.picture", offer_id=offer.id)
    product = {"@type": "Product", "name": title, "description": short}
    product |= {"category": local_name(offer.product), "image": site_root() + (photo or picture)}
    return PageMeta(short, image=picture, json_ld=json_ld(_item(offer, product, place)))


def _item(offer: Offer, product: dict[str, Any], place: str) -> dict[str, Any]:
    """What is sold, with its terms; for a purchase the demand, with what is wanted."""
    terms = _terms(offer, {"@type": "Place", "name": place})
    if offer.side is Side.SELL:
        return {**product, "offers": {"@type": "Offer", **terms}}
    return {"@type": "Demand", **terms, "itemOffered": product}


def _terms(offer: Offer, place: dict[str, Any]) -> dict[str, Any]:
    is_sale = offer.side is Side.SELL
    terms: dict[str, Any] = {
        "url": site_address("offers.show", offer_id=offer.id),
        "availability": "https://schema.org/InStock",
        "availabilityEnds": last_date(offer.valid_until).isoformat(),
        "availableAtOrFrom" if is_sale else "areaServed": place,
        "inventoryLevel" if is_sale else "eligibleQuantity": _amount(offer.remaining, offer.unit),
    }
    low, high = offer.price_low, offer.price_high
    if low is not None and high is not None:
        price = {"price": _number(low)}
        if low != high:
            price |= {"minPrice": _number(low), "maxPrice": _number(high)}
        terms["priceSpecification"] = {
            "@type": "UnitPriceSpecification",
            "priceCurrency": "CNY",
            **price,
            "referenceQuantity": _amount(Decimal(1), offer.price_unit),
        }
    return terms


def _amount(value: Decimal, unit: str) -> dict[str, Any]:
    amount = {"@type": "QuantitativeValue", "value": _number(value)}
    if code := UNIT_CODES.get(unit):
        amount["unitCode"] = code
    return {**amount, "unitText": str(UNITS[unit].name)}


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
