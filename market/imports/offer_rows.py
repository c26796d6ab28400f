"""Rows of a sheet as offers: what they would say, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from market.accounts.models import Account
from market.database import db
from market.imports.farmers import FarmerBook, SheetFarmer
from market.imports.models import Import
from market.offers.bulk_posting import PreparedOffer, open_offers, prepare
from market.offers.fields import OfferValues
from market.offers.models import Offer, PriceBasis, Side
from market.offers.plausibility import price_question, quantity_question
from market.offers.sentence import USUAL_BASIS
from market.products.models import Product
from market.regions.models import Region, Township
from market.web.errors import Invalid
from market.web.language import lazy_gettext as _l

# The fields of the sheet by those of an offer, where they are called otherwise.
FIELD_OF = {
    "price_low": "price",
    "price_high": "price_to",
    "min_lot": "lot",
    "supply_from": "from_day",
    "supply_to": "until_day",
}
# Texts, by the column that limits them.
TEXTS = {
    name: Offer.__table__.c[column].type.length  # type: ignore[attr-defined]
    for name, column in (("grade", "grade"), ("packaging", "packaging"), ("delivery", "delivery"))
}
MAX_DESCRIPTION_LENGTH = 2000
Question = tuple[str, Any]


def offer_values(values: Mapping[str, Any], side: Side) -> OfferValues:
    """What a row says, as an offer says it.

    Args:
        values: unpacked, with the region that is meant.
        side: of a row that says none.
    """
    side = Side(values.get("side") or side)
    low, high = values.get("price"), values.get("price_to")
    unit = values["unit"]
    basis = values.get("basis")
    return OfferValues(
        side=side,
        product=db.session.get_one(Product, values["product"]),
        product_words=values.get("product_words", ""),
        grade=_grade(values),
        quantity=values["quantity"],
        unit=unit,
        min_lot=values.get("lot"),
        price_low=low if low is not None else high,
        price_high=high if high is not None else low,
        price_unit=values.get("price_unit") or unit,
        price_basis=PriceBasis(basis) if basis else USUAL_BASIS[side],
        region=db.session.get_one(Region, values["region"]),
        township=db.session.get(Township, values["township"]) if values.get("township") else None,
        village=values.get("village", ""),
        contact_phone=values.get("phone") or "",
        supply_from=values.get("from_day"),
        supply_to=values.get("until_day"),
        packaging=values.get("packaging", ""),
        delivery=values.get("delivery", ""),
        description=values.get("description", ""),
    )


def _grade(values: Mapping[str, Any]) -> str:
    """Variety and grade, which an offer says in one."""
    written = (values.get("variety"), values.get("grade"))
    return " ".join(dict.fromkeys(filter(None, written)))


class OfferChecks:
    """What is looked at of each row of offers, once those of the market are known."""

    def __init__(self, imported: Import, book: FarmerBook) -> None:
        self.side = imported.side
        known = {f.account_id for f in book.by_phone.values()} | {
            f.account_id for each in book.by_name.values() for f in each
        }
        self.open = open_offers({id_ for id_ in known if id_ is not None})
        # Whoever it is for; of a row that is tried only the number matters.
        self.owner = Account(name="", phone=None)

    def check(self, values: Mapping[str, Any]) -> PreparedOffer:
        """The offer that the row makes. Raises Invalid, with the field of the sheet."""
        _check_lengths(values)
        try:
            return prepare(self.owner, offer_values(values, self.side), "")
        except Invalid as error:
            error.field = FIELD_OF.get(error.field or "", error.field)
            raise

    def questions(self, values: Mapping[str, Any]) -> Iterator[Question]:
        """(field, what is asked) of what is seldom meant."""
        product = db.session.get_one(Product, values["product"])
        asked = quantity_question(product, values["quantity"], values["unit"])
        if asked:
            yield "quantity", asked
        unit = values.get("price_unit") or values["unit"]
        for field in ("price", "price_to"):
            if values.get(field) and (asked := price_question(product, values[field], unit)):
                yield field, asked
                return

    def existing(self, farmer: SheetFarmer, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """What is there already: an open offer of the farmer of the same goods and side."""
        if farmer.account_id is None:
            return None
        side = Side(values.get("side") or self.side)
        offer_id = self.open.get((farmer.account_id, values["product"], side))
        return {"kind": "offer", "id": offer_id} if offer_id else None

    def sameness(self, farmer: SheetFarmer, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """What two rows have in common that say the same offer."""
        side = str(values.get("side") or self.side)
        return (farmer.account_id, farmer.number, values["product"], side, _grade(values))


def _check_lengths(values: Mapping[str, Any]) -> None:
    for name, length in TEXTS.items():
        text = _grade(values) if name == "grade" else values.get(name, "")
        if len(text) > length:
            raise Invalid(_too_long(length, len(text)), name)
    if (count := len(values.get("description", ""))) > MAX_DESCRIPTION_LENGTH:
        raise Invalid(_too_long(MAX_DESCRIPTION_LENGTH, count), "description")


def _too_long(most: int, count: int) -> Any:
    return _l("At most %(most)s characters, not %(count)s.", most=most, count=count)
