"""Checks before a deal changes state: who may act, and whether the terms are possible."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask_babel import ngettext as _n

from market.accounts.models import Account
from market.accounts.quotas import Quota, count_by
from market.deals import rules
from market.deals.models import Deal, DealStatus
from market.deals.reasons import is_token
from market.deals.rules import Gap
from market.offers.models import Offer, PriceBasis, Side
from market.offers.rules import convert_rounded_up
from market.permissions import may
from market.products.models import Product
from market.products.quantities import format_price, full_quantity
from market.products.units import UNITS, comparable, convert_price
from market.web.errors import ConcurrentDecision, Invalid, InvalidTransition, Refused
from market.web.filters import format_datetime, yuan
from market.web.language import lazy_gettext as _l

# Messages for an official whose deal was decided by somebody else first.
DECIDED_MESSAGES = {
    DealStatus.VERIFIED: _l("Already verified by %(who)s, %(when)s."),
    DealStatus.RETURNED: _l("Already returned by %(who)s, %(when)s."),
    DealStatus.CANCELLED: _l("Cancelled in the meantime by %(who)s, %(when)s."),
    DealStatus.DISPUTED: _l("Disputed in the meantime by %(who)s, %(when)s."),
}
MAX_NOTE_LENGTH = 400
# Unit prices are stored to the 10,000th of a yuan.
PRICE_STEP = Decimal("0.0001")


PROPOSALS = Quota(
    "proposals",
    count_by(Deal.proposed_by_id, Deal.created_at),
    _l("You have proposed as many deals as one can in a day. Go on tomorrow."),
    lambda left: _n(
        "You can propose %(num)s more deal today.",
        "You can propose %(num)s more deals today.",
        left,
    ),
)


@dataclass(frozen=True)
class DealTerms:
    """The terms that one side proposes.

    Attributes:
        quantity: in `unit` (a code); unit_price: yuan per `price_unit` (empty: per `unit`).
        amount_fen: what the parties agreed; None: quantity x unit_price.
        amount_reason: why the amount is more than 1% away from that, or the price far from
            the offer's.
        agreed_on: the earlier day it was agreed, with day_reason; None: as it is answered.
        basis: where the price holds; None: it was not said.
    """

    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount_fen: int | None = None
    amount_reason: str = ""
    note: str = ""
    price_unit: str = ""
    agreed_on: date | None = None
    day_reason: str = ""
    basis: PriceBasis | None = None

    @property
    def price_per_unit(self) -> Decimal:
        """Yuan per `unit`, exactly: converting the unit converts the price."""
        return convert_price(self.unit_price, self.price_unit or self.unit, self.unit)

    @property
    def stored_price(self) -> Decimal:
        """The same as stored with the deal, rounded to 4 places."""
        return self.price_per_unit.quantize(PRICE_STEP, ROUND_HALF_UP)


@dataclass(frozen=True)
class NewParty:
    """A side without an account, as it is written down; phone as E.164."""

    name: str
    phone: str
    region_code: str


@dataclass(frozen=True)
class DealSides:
    """Who sells and who buys, and the offers of each that the deal comes from.

    Attributes:
        product: needed where there is no offer.
    """

    seller: Account | NewParty
    buyer: Account | NewParty
    sale: Offer | None = None
    purchase: Offer | None = None
    product: Product | None = None

    def party(self, side: Side) -> Account | NewParty:
        return self.seller if side is Side.SELL else self.buyer

    def offer(self, side: Side) -> Offer | None:
        return self.sale if side is Side.SELL else self.purchase

    @property
    def product_code(self) -> str:
        chosen = self.sale or self.purchase
        if chosen is not None:
            return chosen.product_code
        if self.product is None:
            raise Invalid(_l("Still missing: the product."), field="product")
        return self.product.code


def disputing_party(deal: Deal) -> Account:
    """The party in whose name the present dispute was raised."""
    event = next(e for e in reversed(deal.events) if e.status is DealStatus.DISPUTED)
    return next(
        (each for each in deal.accounts if event.by_id in _representatives(each)),
        deal.accounts[-1],
    )


def proposing_party(deal: Deal) -> Account:
    """The party that proposed the deal: always one with an account."""
    party = deal.seller if deal.proposed_side is Side.SELL else deal.buyer
    assert party is not None
    return party


def answering_party(deal: Deal) -> Account | None:
    """The party that agrees or declines; None: it has no account."""
    return deal.buyer if deal.proposed_side is Side.SELL else deal.seller


def answered_offer(deal: Deal) -> Offer | None:
    """The offer that the proposal answered."""
    return deal.seller_offer if deal.proposed_side is Side.BUY else deal.buyer_offer


def compared_offer(deal: Deal) -> Offer | None:
    """The offer whose price the deal's is compared with: the one answered, or the own one of
    who deals with somebody without an account."""
    if deal.unregistered_id is None:
        return answered_offer(deal)
    return deal.seller_offer or deal.buyer_offer


def _representatives(party: Account) -> set[int]:
    return {party.id} | ({party.represented_by_id} if party.represented_by_id else set())


def _account(party: Account | NewParty) -> Account | None:
    return party if isinstance(party, Account) else None


def check_sides(actor: Account, party: Account, other: Account | NewParty) -> None:
    """Refuse a deal with oneself, and one person acting for both sides."""
    if not may(actor, "party.represent", party):
        raise Refused(_l("You can't act for this person."))
    if not isinstance(other, Account):
        return
    if party.id == other.id:
        raise Refused(_l("This offer is yours: a deal needs somebody else."))
    if _representatives(party) & _representatives(other):
        raise Refused(_l("One person can't speak for both sides of a deal."))


def own_side(actor: Account, sides: DealSides) -> Side:
    """The side that the actor speaks for.

    Raises:
        Refused: as check_sides(), or an offer is not of its side.
    """
    accounts = {side: _account(sides.party(side)) for side in Side}
    own = [side for side, each in accounts.items() if may(actor, "party.represent", each)]
    if not own:
        raise Refused(_l("You can't act for this person."))
    party = accounts[own[0]]
    assert party is not None
    check_sides(actor, party, sides.party(own[0].other))
    for side in Side:
        offer, owner = sides.offer(side), accounts[side]
        if offer is not None and (
            owner is None or offer.owner_id != owner.id or offer.side is not side
        ):
            raise Refused(_l("That is not an offer of yours that answers this one."))
    if sides.sale and sides.purchase and _family(sides.sale) != _family(sides.purchase):
        raise Invalid(_l("Your own offer is about another product."))
    return own[0]


def check_offer(offer: Offer, terms: DealTerms, which: Any) -> None:
    """Refuse what an offer (called `which`; empty: the one answered) can't give now."""
    if not offer.is_public:
        raise Invalid(_l("This offer is no longer open: ask its owner to renew it."))
    if not comparable(terms.unit, offer.unit):
        raise Invalid(
            _l("The offer is in %(unit)s: use that.", unit=UNITS[offer.unit].name), field="unit"
        )
    if convert_rounded_up(terms.quantity, terms.unit, offer.unit) > offer.remaining:
        left = full_quantity(offer.remaining, offer.unit)
        raise Invalid(
            _l("Only %(left)s left in %(which)s.", which=which, left=left)
            if which
            else _l("Only %(left)s left.", left=left),
            field="quantity",
        )


def _family(offer: Offer) -> list[str]:
    """Category and subcategory: inside them products replace each other."""
    return offer.product.path.split("/")[:2]


def agreed_amount(terms: DealTerms) -> int:
    """The amount in fen.

    Raises:
        Invalid: it can't be, or is apart from quantity times price without a reason.
    """
    check_price_unit(terms)
    price = terms.price_per_unit
    computed = rules.amount_fen(terms.quantity, price)
    amount = computed if terms.amount_fen is None else terms.amount_fen
    if amount <= 0:
        raise Invalid(_l("The amount must be more than zero."), field="amount")
    if amount > rules.MAX_AMOUNT_FEN:
        raise Invalid(
            _l("No single deal is that large: check the quantity and the price."), field="amount"
        )
    if terms.amount_fen is not None:
        _check_gap(rules.amount_gap(amount, terms.quantity, price), terms, amount, computed)
    return amount


def _check_gap(gap: Gap, terms: DealTerms, amount: int, computed: int) -> None:
    figures = {"amount": yuan(amount), "computed": yuan(computed)}
    if gap is Gap.ABSURD:
        raise Invalid(
            _l(
                "%(amount)s yuan is more than a thousand times away from quantity times price,"
                " %(computed)s yuan: check the unit and the zeros.",
                **figures,
            ),
            field="amount",
        )
    if gap is Gap.FAR and is_token(terms.amount_reason):
        raise Invalid(
            _l(
                "You write %(amount)s yuan, but quantity times price is %(computed)s yuan. Put"
                " right what is wrong; if both are right, say in a sentence why.",
                **figures,
            ),
            field="amount_reason",
        )
    if gap is not Gap.NONE and not terms.amount_reason:
        raise Invalid(
            _l("The amount is not quantity times price. Say why: freight, packaging, a discount …"),
            field="amount_reason",
        )


def check_price_unit(terms: DealTerms) -> None:
    """Refuse a price that can't be converted to the quantity's unit, or only with a large
    rounding error."""
    if not comparable(terms.price_unit or terms.unit, terms.unit):
        raise Invalid(
            _l("A price per %(unit)s says nothing here.", unit=UNITS[terms.price_unit].name),
            field="price_unit",
        )
    exact, stored = terms.price_per_unit, terms.stored_price
    if abs(stored - exact) > exact * rules.AMOUNT_TOLERANCE:
        raise Invalid(
            _l("Write the quantity in %(unit)s too.", unit=UNITS[terms.price_unit].name),
            field="unit",
        )


def check_price(offer: Offer, terms: DealTerms) -> None:
    """Require a reason when the price is far from the offer's: jin and tonnes get confused.

    Raises:
        Invalid: more than 50% away and no reason, or more than a thousand times.
    """
    if offer.price_low is None or not comparable(offer.price_unit, terms.unit):
        return
    low, high = (
        convert_price(price or offer.price_low, offer.price_unit, terms.unit)
        for price in (offer.price_low, offer.price_high)
    )
    gap = rules.price_gap(terms.price_per_unit, low, high)
    if gap is Gap.NONE:
        return
    figures = {
        "price": format_price(terms.unit_price, None, terms.price_unit or terms.unit),
        "asked": format_price(offer.price_low, offer.price_high, offer.price_unit),
    }
    if gap is Gap.ABSURD:
        raise Invalid(
            _l(
                "%(price)s is more than a thousand times away from the offer's %(asked)s: check"
                " the unit of the price.",
                **figures,
            ),
            field="unit_price",
        )
    if is_token(terms.amount_reason):
        raise Invalid(
            _l(
                "You write %(price)s, the offer says %(asked)s. Put right what is wrong; if it"
                " was agreed so, say in a sentence why.",
                **figures,
            ),
            field="amount_reason",
        )


def check_day(day: date, reason: str, entered_on: date, today: date) -> None:
    """Refuse a day that a deal entered on `entered_on` can't be dated.

    Raises:
        Invalid: it is to come, more than 30 days back, or earlier than today without a reason.
    """
    match rules.day_problem(day, entered_on, today):
        case "future":
            raise Invalid(_l("That day is still to come."), field="agreed_on")
        case "too_old":
            raise Invalid(
                _l(
                    "A deal can be dated at most %(days)s days back.",
                    days=rules.MAX_DAYS_BACK,
                ),
                field="agreed_on",
            )
    if day < today and not reason:
        raise Invalid(_l("Say why it is entered only now."), field="day_reason")


def check_party(actor: Account, deal: Deal) -> None:
    """Refuse an account that acts for neither side."""
    if not may(actor, "deal.act", deal):
        raise Refused(_l("Only the two sides of the deal can do this."))


def check_answering(actor: Account, deal: Deal) -> None:
    """Refuse everyone but the side that answers the proposal."""
    if actor.id == deal.proposed_by_id or may(actor, "party.represent", proposing_party(deal)):
        raise Refused(_l("The other side answers a proposal, not the one who made it."))
    if answering_party(deal) is None:
        raise Refused(_l("The other side has no account: it answers with a code or on paper."))
    if not may(actor, "party.represent", answering_party(deal)):
        raise Refused(_l("Only the two sides of the deal can do this."))


def check_official(official: Account, deal: Deal) -> None:
    """Refuse an official of another region, or one who is involved in the deal."""
    if not may(official, "deal.verify", deal):
        raise Refused(_l("Only the county the deal is counted in verifies it."))
    if is_involved(official, deal):
        raise Refused(_l("You had a hand in this deal: a colleague verifies it."))


def is_involved(official: Account, deal: Deal) -> bool:
    """Whether the official wrote or agreed to any of its figures."""
    wrote = {each for r in deal.revisions for each in (r.by_id, r.answered_by_id)}
    return official.id in wrote | {deal.proposed_by_id, deal.agreed_by_id}


def check_awaiting(deal: Deal) -> None:
    """Refuse a deal that no longer waits for the county.

    Raises:
        ConcurrentDecision: it was decided, cancelled or disputed; the message says by whom, when.
        InvalidTransition: it is not agreed.
    """
    if deal.status is DealStatus.AGREED:
        return
    if deal.status not in DECIDED_MESSAGES or not deal.events:
        raise InvalidTransition()
    last = deal.events[-1]
    words = {"who": last.by.name, "when": format_datetime(last.at)}
    raise ConcurrentDecision(DECIDED_MESSAGES[deal.status] % words, last.by_id)
