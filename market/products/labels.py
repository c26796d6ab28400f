"""The legal conditions of trading a product, as texts; the seeds hold them as short codes."""

from __future__ import annotations

from flask_babel.speaklater import LazyString

from market.products.models import Product, Relation
from market.web.language import lazy_gettext as _l

TRADE_NOTES = {
    "animal quarantine certificate required": _l("An animal quarantine certificate is required."),
    "controlled herb licence": _l("This herb is controlled: a licence is required."),
    "farmed only": _l("Farmed only; nothing caught or gathered in the wild."),
    "farmed only; wildlife permit": _l("Farmed only, with a wildlife permit."),
    "may not be advertised/sold as food in many places": _l(
        "In many places it may not be advertised or sold as food."
    ),
    "medicinal; permit": _l("For medicine only, with a permit."),
    "pesticide business licence": _l("A pesticide business licence is required."),
    "purchase rules vary by province": _l("Each province has its own rules for buying it."),
    "raw-milk purchase licence": _l("A licence to buy raw milk is required."),
    "seed business licence": _l("A seed business licence is required."),
    "state tobacco monopoly: must not be listed": _l(
        "Tobacco is a state monopoly: it can't be traded here."
    ),
}

# How goods are stored and carried, as `storage_class` of a product and of freight.csv has it.
STORAGE_CLASSES = {
    "dry": _l("Dry"),
    "root": _l("Roots and tubers"),
    "fresh": _l("Fresh"),
    "chilled": _l("Chilled"),
    "live": _l("Live animals"),
    "plant": _l("Seedlings and plants"),
    "processed": _l("Processed"),
    "input": _l("Farm supplies"),
}
RELATIONS = {
    Relation.VARIETY: _l("A variety of it"),
    Relation.LIFE_STAGE: _l("The same animal or plant at another age"),
    Relation.CUT: _l("A cut of it"),
    Relation.PART: _l("A part of it"),
    Relation.MADE_FROM: _l("Made from it"),
}


def trade_note(product: Product) -> str | LazyString:
    """The product's note for the reader, '' for most products."""
    return TRADE_NOTES.get(product.trade_note, product.trade_note)
