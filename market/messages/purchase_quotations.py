"""The quotations for a purchase side by side 比价, at the buyer's door, and taking several."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from market.accounts.models import Account
from market.database import db, lock
from market.deals.models import Deal, DealStatus
from market.matching.basket import Lot, plan_basket
from market.matching.door_price import DoorPrice, freight_for
from market.messages.enquiries import accept_quotation
from market.messages.models import EnquiryMessage, EnquiryThread, Quotation, QuotationState
from market.messages.signals import enquiry_written
from market.offers.models import Offer, Side
from market.permissions import may
from market.products.quantities import full_quantity, quoted_unit
from market.products.units import UNITS, comparable, convert, in_base, measure, per_base
from market.regions.rules import great_circle_km
from market.web.errors import Invalid, Refused
from market.web.home_time import home_today
from market.web.language import lazy_gettext as _l


@dataclass(frozen=True)
class QuotedPrice:
    """What one seller quoted last for a purchase.

    Attributes:
        km: from the seller's county to where it goes, as the crow flies; None: unknown.
        price: per base unit; None where it is not in a measure of the purchase's price.
        suggested: how much to take, in the purchase's unit; None: nothing.
    """

    quotation: Quotation
    seller: Account
    km: float | None
    price: DoorPrice | None
    suggested: Decimal | None = None

    @property
    def at_door(self) -> Decimal | None:
        return self.price.at_door if self.price else None

    @property
    def is_open(self) -> bool:
        """Whether it can be taken now."""
        quotation = self.quotation
        is_valid = quotation.valid_until >= home_today()
        return quotation.state is QuotationState.OPEN and is_valid


@dataclass(frozen=True)
class QuotationComparison:
    """All that was quoted for a purchase, the cheapest at the door first.

    Attributes:
        proposed: what deals that wait for the sellers' answer would take, in the offer's unit.
        covered: the share of what is left that the suggestion fills.
        cost: the suggestion at the door, in yuan; None where a price can't be compared.
    """

    offer: Offer
    rows: Sequence[QuotedPrice]
    proposed: Decimal
    covered: Decimal
    cost: Decimal | None

    @property
    def left(self) -> Decimal:
        """What is neither agreed nor proposed yet, in the offer's unit."""
        return max(Decimal(0), self.offer.remaining - self.proposed)

    @property
    def unit(self) -> str:
        """The code of the unit that prices are compared in."""
        is_same = comparable(self.offer.price_unit, self.offer.unit)
        return quoted_unit(self.offer.price_unit if is_same else self.offer.unit)

    @property
    def best(self) -> Decimal | None:
        """The lowest price at the door of what can be taken."""
        prices = [row.at_door for row in self.rows if row.is_open and row.at_door is not None]
        return min(prices) if len(prices) > 1 else None

    def yuan(self, base: Decimal | None) -> Decimal | None:
        """A price per base unit, per `unit`; to the fen, as an estimate is."""
        return None if base is None else round(base * UNITS[self.unit].factor, 2)


def compare_quotations(offer: Offer) -> QuotationComparison:
    """What the sellers quoted last for a purchase, side by side, with what to take of whom."""
    latest = (
        select(func.max(Quotation.id))
        .join(EnquiryThread)
        .where(EnquiryThread.offer_id == offer.id, Quotation.from_asker)
        .group_by(Quotation.thread_id)
    )
    query = select(Quotation).where(Quotation.id.in_(latest)).options(*_WITH_SELLER)
    rows = [_quoted(offer, quotation) for quotation in db.session.scalars(query)]
    rows.sort(key=lambda row: (row.at_door is None, row.at_door or 0, -row.quotation.id))
    found = QuotationComparison(offer, rows, _proposed(offer), Decimal(0), None)
    return _with_suggestion(found)


_WITH_SELLER = (
    joinedload(Quotation.thread, innerjoin=True)
    .joinedload(EnquiryThread.asker, innerjoin=True)
    .lazyload(Account.grants),
    joinedload(Quotation.message, innerjoin=True).lazyload("*"),
    joinedload(Quotation.deal).lazyload("*"),
)


def _quoted(offer: Offer, quotation: Quotation) -> QuotedPrice:
    seller, place = quotation.thread.asker, offer.region
    home = seller.region
    km = None
    if None not in (home.latitude, home.longitude, place.latitude, place.longitude):
        km = float(great_circle_km(home.latitude, home.longitude, place.latitude, place.longitude))
    price, kind = None, measure(quotation.price_unit)
    if comparable(quotation.price_unit, offer.unit):
        product = offer.product
        freight = freight_for(product.family_path, product.storage_class, kind, km)
        asked = per_base(quotation.price, quotation.price_unit) or Decimal(0)
        price = DoorPrice(asked, quotation.basis, freight)
    return QuotedPrice(quotation, seller, km, price)


def _proposed(offer: Offer) -> Decimal:
    deals = db.session.execute(
        select(Deal.quantity, Deal.unit).where(
            Deal.buyer_offer_id == offer.id, Deal.status == DealStatus.PROPOSED
        )
    )
    found = (convert(q, unit, offer.unit) for q, unit in deals if comparable(unit, offer.unit))
    return sum(found, Decimal(0))


def _with_suggestion(found: QuotationComparison) -> QuotationComparison:
    """With the cheapest way to fill what is left: of several sellers where parts will do."""
    offer, wanted = found.offer, in_base(found.left, found.offer.unit)
    bid = per_base(offer.price_high, offer.price_unit)
    lots = {
        row.quotation.id: Lot(
            id=row.quotation.id,
            quantity=in_base(row.quotation.quantity, row.quotation.unit),
            km=None if row.km is None else round(row.km),
            price=row.at_door,
            limit=bid if comparable(offer.price_unit, offer.unit) else None,
        )
        for row in found.rows
        if row.is_open and comparable(row.quotation.unit, offer.unit)
    }
    if not offer.parts_allowed:
        lots = {id: lot for id, lot in lots.items() if lot.quantity >= wanted}
    basket = plan_basket(wanted, list(lots.values())) if wanted > 0 else None
    if basket is None:
        return found
    factor = UNITS[offer.unit].factor
    takes = {lot.id: round(amount / factor, 3) for lot, amount in basket.takes}
    rows = [
        QuotedPrice(r.quotation, r.seller, r.km, r.price, takes.get(r.quotation.id))
        for r in found.rows
    ]
    is_priced = all(lot.price is not None for lot, _ in basket.takes)
    cost = basket.cost if is_priced else None
    return QuotationComparison(offer, rows, found.proposed, basket.covered, cost)


def take_parts(
    actor: Account, offer: Offer, takes: Mapping[int, Decimal], key: str
) -> Sequence[Deal]:
    """Accept several quotations for a purchase, each for a part: deals are proposed to all their
    sellers, or to none.

    Args:
        takes: how much of each, by the number of the quotation, in the offer's unit.

    Raises:
        Refused: the actor doesn't speak for the buyer.
        Repeated: this form was sent before.
        Invalid: nothing is taken, more than is left, or a part where none will do; at the field
            `take_<number>` where it is about one.
        InvalidTransition: one is answered already, or past its day.
    """
    if not may(actor, "offer.manage", lock(offer)):
        raise Refused(_l("Your account has no right to do this."))
    found = {row.quotation.id: row.quotation for row in compare_quotations(offer).rows}
    wanted = {id: quantity for id, quantity in takes.items() if quantity and id in found}
    if not wanted:
        raise Invalid(_l("Write beside at least one seller how much you take."))
    # A form that is sent twice comes back as Repeated from here: what it took counts by now.
    deals = [_take(actor, offer, found[id], wanted[id], f"{key}{id}") for id in sorted(wanted)]
    _check_sum(offer, sum(wanted.values(), Decimal(0)), len(wanted))
    return deals


def _check_sum(offer: Offer, total: Decimal, sellers: int) -> None:
    """Refuse what is more than the purchase has left with all that is proposed, these included."""
    left = offer.remaining - (_proposed(offer) - total)
    left_over = full_quantity(max(left, Decimal(0)), offer.unit)
    if total > left:
        raise Invalid(
            _l("That is more than the %(left)s not agreed or proposed yet.", left=left_over)
        )
    if not offer.parts_allowed and (sellers > 1 or total < left):
        raise Invalid(
            _l("You asked for one seller who has it all: take %(left)s of one.", left=left_over)
        )


def _take(actor: Account, offer: Offer, quotation: Quotation, quantity: Decimal, key: str) -> Deal:
    field = f"take_{quotation.id}"
    if not comparable(quotation.unit, offer.unit):
        raise Invalid(_l("It was quoted in another unit: answer it in the conversation."), field)
    part = round(convert(quantity, offer.unit, quotation.unit), 3)
    try:
        return accept_quotation(actor, quotation, key, part)
    except Invalid as error:
        raise Invalid(error.message, field) from None


def count_quotations(offer_id: int) -> None:
    """Store with a purchase how many sellers have quoted for it."""
    sellers = (
        select(func.count(func.distinct(Quotation.thread_id)))
        .join(EnquiryThread)
        .where(EnquiryThread.offer_id == offer_id, Quotation.from_asker)
        .scalar_subquery()
    )
    purchase = Offer.id == offer_id, Offer.side == Side.BUY
    db.session.execute(update(Offer).where(*purchase).values(quotations=sellers))


@enquiry_written.connect
def _count(_sender: Any, thread: EnquiryThread, message: EnquiryMessage, **_: Any) -> None:
    if message.quotation is not None and message.from_asker:
        count_quotations(thread.offer_id)
