"""What a sheet of each kind says: its fields, in the order of the template."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from flask_babel.speaklater import LazyString

from market.web.language import lazy_gettext as _l


class ImportKind(enum.StrEnum):
    OFFERS = "offers"
    FARMERS = "farmers"
    DEALS = "deals"


_OFFERS = {
    "side": _l("For sale or wanted"),
    "name": _l("Whose"),
    "phone": _l("Phone"),
    "region": _l("County"),
    "township": _l("Township"),
    "village": _l("Village"),
    "product": _l("Product"),
    "variety": _l("Variety"),
    "grade": _l("Grade or size"),
    "quantity": _l("Quantity"),
    "unit": _l("Unit"),
    "lot": _l("Minimum lot"),
    "price": _l("Price"),
    "price_to": _l("Highest price"),
    "price_unit": _l("Price unit"),
    "amount": _l("Total price"),
    "from_day": _l("First day of supply"),
    "until_day": _l("Last day of supply"),
    "packaging": _l("Packaging"),
    "delivery": _l("Delivery"),
    "description": _l("Description"),
    "agreed": _l("Agreed or not"),
}
_FARMERS = {
    "name": _l("Farmer's name"),
    "phone": _l("Phone"),
    "region": _l("County"),
    "township": _l("Township"),
    "village": _l("Village"),
    "trader_type": _l("Trader type"),
    "agreed": _l("Agreed or not"),
    "consent": _l("Way of consent"),
    "witness": _l("Witness or paper"),
    "consent_day": _l("Day of the consent"),
}
_DEALS = {
    "seller": _l("Seller"),
    "seller_phone": _l("Seller's phone"),
    "buyer": _l("Buyer"),
    "buyer_phone": _l("Buyer's phone"),
    "buyer_region": _l("Buyer's county"),
    "product": _l("Product"),
    "variety": _l("Variety"),
    "quantity": _l("Quantity"),
    "unit": _l("Unit"),
    "price": _l("Price"),
    "price_unit": _l("Price unit"),
    "amount": _l("Amount"),
    "day": _l("Day of the deal"),
    "occasion": _l("Fair or daily trade"),
    "note": _l("Note"),
}
# Field -> label, in the order of the template.
FIELDS: Mapping[ImportKind, Mapping[str, LazyString]] = {
    ImportKind.OFFERS: _OFFERS,
    ImportKind.FARMERS: _FARMERS,
    ImportKind.DEALS: _DEALS,
}
# Without these no row is complete. Who has no phone is rung through the assistant.
REQUIRED: Mapping[ImportKind, frozenset[str]] = {
    ImportKind.OFFERS: frozenset(("name", "product", "quantity")),
    ImportKind.FARMERS: frozenset(("name",)),
    ImportKind.DEALS: frozenset(("seller", "buyer", "product", "quantity")),
}
# Fields that several columns may be, and no template has: of a table with a column for each of the
# goods, its amounts and its prices; and what has no field of its own.
GOOD, GOOD_PRICE, MORE = "good", "good_price", "more"
SEVERAL: Mapping[ImportKind, Mapping[str, LazyString]] = {
    ImportKind.OFFERS: {
        GOOD: _l("Quantity of the goods in the head"),
        GOOD_PRICE: _l("Price of the goods in the head"),
        MORE: _l("Into the description, with its head"),
    },
    ImportKind.FARMERS: {},
    ImportKind.DEALS: {},
}
# What a column for each of the goods says in place of two others.
NAMED_BY_GOODS = frozenset(("product", "quantity"))
# Without these a sheet of people and goods says who grows what, and offers nothing.
TRADED = ("quantity", "price", "amount", "lot", GOOD)
