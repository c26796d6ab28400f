"""Rows of a sheet as deals that a farmer of the station made with somebody without an account."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import func, or_, select

from market.database import db
from market.deals.checks import PRICE_STEP, DealTerms, NewParty, agreed_amount, check_day
from market.deals.models import AGREED_OR_LATER, Deal, DealStatus
from market.deals.queries import home_path, open_fairs
from market.deals.rules import AMOUNT_TOLERANCE, OpenFair, choose_fair
from market.deals.unregistered_models import UnregisteredParty
from market.imports.farmers import FarmerBook, SheetFarmer
from market.imports.models import Import
from market.products.models import Product
from market.regions.models import Region
from market.text.days import local_day
from market.web.errors import Invalid
from market.web.filters import local_name
from market.web.home_time import home_today, home_zone
from market.web.language import gettext as _
from market.web.language import lazy_gettext as _l

# The fields of the sheet by those of a deal's terms, where they are called otherwise.
FIELD_OF = {"unit_price": "price", "amount_reason": "amount", "agreed_on": "day"}


def deal_terms(values: Mapping[str, Any]) -> DealTerms:
    """What a row says of the terms. Raises Invalid: it says no price."""
    price, amount = values.get("price"), values.get("amount")
    unit, quantity = values["unit"], values["quantity"]
    if price is None and amount is None:
        raise Invalid(_l("At what price?"), "price")
    if price is None:
        price = (amount / quantity).quantize(PRICE_STEP, ROUND_HALF_UP)
    day = values.get("day")
    return DealTerms(
        quantity=quantity,
        unit=unit,
        unit_price=price,
        amount_fen=None if amount is None else int(amount * 100),
        note=values.get("note", ""),
        price_unit=values.get("price_unit") or unit,
        agreed_on=day,
        day_reason=_("From a sheet of the station") if day and day < home_today() else "",
    )


def other_party(values: Mapping[str, Any]) -> NewParty:
    """Who bought."""
    region = values.get("buyer_region") or values["region"]
    return NewParty(values["buyer"], values["buyer_phone"], region)


class DealChecks:
    """What is looked at of each row of deals, once those of the station's farmers are known."""

    def __init__(self, imported: Import, book: FarmerBook) -> None:
        self.book = book
        self.fairs: dict[date, list[OpenFair]] = {}
        self.known: dict[tuple[int | None, str, date], list[Any]] = defaultdict(list)
        day = func.coalesce(Deal.agreed_on, Deal.dated_on)
        rows = db.session.execute(
            select(Deal, UnregisteredParty.phone, day)
            .outerjoin(UnregisteredParty, UnregisteredParty.id == Deal.unregistered_id)
            .where(
                Deal.proposed_by_id == imported.assistant_id,
                or_(Deal.status.in_(AGREED_OR_LATER), Deal.status == DealStatus.PROPOSED),
            )
        )
        for deal, phone, on in rows:
            on = on or local_day(deal.created_at, home_zone())
            self.known[deal.seller_id, deal.product_code, on].append((phone, deal))

    def check(self, values: Mapping[str, Any]) -> None:
        """Refuse what the form of a deal refuses. Raises Invalid, with the field of the sheet."""
        phone = values.get("buyer_phone")
        if not phone:
            raise Invalid(_l("Still missing: their phone."), "buyer_phone")
        if phone in (values.get("phone"), self.book.assistant.phone):
            raise Invalid(_l("That is your own number: write the other side's."), "buyer_phone")
        db.session.get_one(Product, values["product"])
        try:
            terms = deal_terms(values)
            agreed_amount(terms)
            if terms.agreed_on:
                check_day(terms.agreed_on, terms.day_reason, home_today(), home_today())
        except Invalid as error:
            error.field = FIELD_OF.get(error.field or "", error.field)
            raise

    def questions(self, values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        """(field, what is asked) where the buyer's county is not said, and where the sheet counts a
        deal for a fair and the site does not, or the other way round: its day, goods and places
        decide (deals.rules.choose_fair)."""
        if not values.get("buyer_region"):
            own = local_name(db.session.get_one(Region, values["region"]))
            yield (
                "buyer_region",
                _l("Where is the buyer from? Not said, it counts as %(county)s.", county=own),
            )
        occasion, day = values.get("occasion"), values.get("day")
        if not occasion or day is None:
            return
        counts = self._counts_for_a_fair(values, day)
        if occasion == "fair" and not counts:
            yield "occasion", _l("No fair on that day takes these goods: it counts as daily trade.")
        elif occasion == "daily" and counts:
            yield "occasion", _l("A fair on that day takes these goods: it counts for the fair.")

    def _counts_for_a_fair(self, values: Mapping[str, Any], day: date) -> bool:
        if day not in self.fairs:
            self.fairs[day] = open_fairs(day)
        seller, buyer = (
            db.session.get_one(Region, values.get(name) or values["region"]).path
            for name in ("region", "buyer_region")
        )
        product = db.session.get_one(Product, values["product"])
        with suppress(Invalid):  # neither side is in the home region, which is refused elsewhere
            fair, _home = choose_fair(seller, buyer, product.path, self.fairs[day], home_path())
            return fair is not None
        return False

    def existing(self, farmer: SheetFarmer, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """The deal that is recorded already: the same farmer, product, day and buyer, the amount
        within 1% (as deals.duplicates has it)."""
        if farmer.account_id is None:
            return None
        day, amount = values.get("day") or home_today(), agreed_amount(deal_terms(values))
        for phone, deal in self.known[farmer.account_id, values["product"], day]:
            gap = Decimal(abs(deal.amount_fen - amount))
            if phone == values["buyer_phone"] and gap <= AMOUNT_TOLERANCE * amount:
                return {"kind": "deal", "id": deal.id}
        return None

    def sameness(self, farmer: SheetFarmer, values: Mapping[str, Any]) -> tuple[Any, ...]:
        """What two rows have in common that say the same deal."""
        amount = agreed_amount(deal_terms(values))
        about = (values["product"], values["buyer_phone"], values.get("day"), amount)
        return (farmer.account_id, farmer.number, *about)
