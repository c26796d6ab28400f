"""What must hold before a step: who may take it, and whether the terms can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask_babel import ngettext as _n
from sqlalchemy import func, select

from market.accounts.models import Account
from market.accounts.quotas import Quota
from market.deals import rules
from market.deals.models import Deal, DealStatus
from market.errors import Invalid, InvalidTransition, Overtaken, Refused
from market.extensions import db
from market.filters import moment, trimmed
from market.language import lazy_gettext as _l
from market.offers.models import Offer, Side
from market.offers.rules import told_in
from market.permissions import may
from market.products.units import UNITS, comparable

# What happened to a deal that no longer awaits the county.
OVERTAKEN = {
    DealStatus.VERIFIED: _l("Already verified by %(who)s, %(when)s."),
    DealStatus.RETURNED: _l("Already returned by %(who)s, %(when)s."),
    DealStatus.CANCELLED: _l("Cancelled in the meantime by %(who)s, %(when)s."),
    DealStatus.DISPUTED: _l("Disputed in the meantime by %(who)s, %(when)s."),
}
REASON_AT_MOST = 200
NOTE_AT_MOST = 400


def _proposed(account: Account, since: datetime) -> int:
    mine = select(func.count(Deal.id)).where(Deal.proposed_by_id == account.id)
    return db.session.scalar(mine.where(Deal.created_at >= since)) or 0


PROPOSALS = Quota(
    "proposals",
    _proposed,
    _l("You have proposed as many deals as one can in a day. Go on tomorrow."),
    lambda left: _n(
        "You can propose %(num)s more deal today.",
        "You can propose %(num)s more deals today.",
        left,
    ),
)


@dataclass(frozen=True)
class Terms:
    """What is proposed.

    Attributes:
        quantity: in `unit` (a code); unit_price: yuan per `unit`.
        amount_fen: what the parties agreed; None: quantity x unit_price.
        amount_reason: why the amount is more than 1% away from that.
    """

    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount_fen: int | None = None
    amount_reason: str = ""
    note: str = ""


def disputing_party(deal: Deal) -> Account:
    """The party in whose name the present dispute was raised."""
    event = next(e for e in reversed(deal.events) if e.status is DealStatus.DISPUTED)
    speakers = {deal.seller.id, deal.seller.represented_by_id}
    return deal.seller if event.by_id in speakers else deal.buyer


def proposing_party(deal: Deal) -> Account:
    """Whose proposal it is."""
    return deal.seller if deal.proposed_side is Side.SELL else deal.buyer


def answering_party(deal: Deal) -> Account:
    """Who agrees or declines."""
    return deal.buyer if deal.proposed_side is Side.SELL else deal.seller


def _speakers(party: Account) -> set[int]:
    return {party.id} | ({party.represented_by_id} if party.represented_by_id else set())


def check_sides(actor: Account, party: Account, offer: Offer) -> None:
    """Refuse a deal with oneself, and one person speaking for both sides."""
    if not may(actor, "party.represent", party):
        raise Refused(_l("You can't act for this person."))
    if party.id == offer.owner_id:
        raise Refused(_l("This offer is yours: a deal needs somebody else."))
    if _speakers(party) & _speakers(offer.owner):
        raise Refused(_l("One person can't speak for both sides of a deal."))


def check_offer(offer: Offer, terms: Terms, which: Any) -> None:
    """Refuse what an offer (called `which`; empty: the one answered) can't give now."""
    if not offer.is_public:
        raise Invalid(_l("This offer is no longer open: ask its owner to renew it."))
    if not comparable(terms.unit, offer.unit):
        raise Invalid(
            _l("The offer is in %(unit)s: use that.", unit=UNITS[offer.unit].name), field="unit"
        )
    if told_in(terms.quantity, terms.unit, offer.unit) > offer.remaining:
        left, unit = trimmed(offer.remaining), UNITS[offer.unit].name
        raise Invalid(
            _l("In %(which)s only %(left)s %(unit)s are left.", which=which, left=left, unit=unit)
            if which
            else _l("Only %(left)s %(unit)s are left.", left=left, unit=unit),
            field="quantity",
        )


def check_own_offer(own: Offer, offer: Offer, party: Account) -> None:
    """Refuse an own offer that is no answer to `offer`."""
    if own.owner_id != party.id or own.side is offer.side:
        raise Refused(_l("That is not an offer of yours that answers this one."))
    if _family(own) != _family(offer):
        raise Invalid(_l("Your own offer is about another product."))


def _family(offer: Offer) -> list[str]:
    """Category and subcategory: inside them products replace each other."""
    return offer.product.path.split("/")[:2]


def agreed_amount(terms: Terms) -> int:
    """The amount in fen. Raises Invalid when it can't be, or differs unexplained."""
    computed = rules.amount_fen(terms.quantity, terms.unit_price)
    amount = computed if terms.amount_fen is None else terms.amount_fen
    if amount <= 0:
        raise Invalid(_l("The amount must be more than zero."), field="amount")
    if amount > rules.AMOUNT_AT_MOST_FEN:
        raise Invalid(
            _l("No single deal is that large: check the quantity and the price."), field="amount"
        )
    differs = rules.amount_differs(amount, terms.quantity, terms.unit_price)
    if terms.amount_fen is not None and differs and not terms.amount_reason:
        raise Invalid(
            _l("The amount is not quantity times price. Say why: freight, packaging, a discount …"),
            field="amount_reason",
        )
    return amount


def check_party(actor: Account, deal: Deal) -> None:
    """Refuse who speaks for neither side."""
    if not may(actor, "deal.act", deal):
        raise Refused(_l("Only the two sides of the deal can do this."))


def check_answering(actor: Account, deal: Deal) -> None:
    """Refuse the side that proposed, and everyone but the other."""
    if actor.id == deal.proposed_by_id or may(actor, "party.represent", proposing_party(deal)):
        raise Refused(_l("The other side answers a proposal, not the one who made it."))
    if not may(actor, "party.represent", answering_party(deal)):
        raise Refused(_l("Only the two sides of the deal can do this."))


def check_official(official: Account, deal: Deal) -> None:
    """Refuse who is not of the home county, or had a hand in the deal."""
    if not may(official, "deal.verify", deal):
        raise Refused(_l("Only the county the deal is counted in verifies it."))
    if official.id in (deal.proposed_by_id, deal.agreed_by_id):
        raise Refused(_l("You had a hand in this deal: a colleague verifies it."))


def check_awaiting(deal: Deal) -> None:
    """Refuse a deal that no longer awaits the county, and say who did what with it, when.

    Raises:
        Overtaken: it was decided, cancelled or disputed; InvalidTransition: it is not agreed.
    """
    if deal.status is DealStatus.AGREED:
        return
    if deal.status not in OVERTAKEN or not deal.events:
        raise InvalidTransition()
    last = deal.events[-1]
    words = {"who": last.by.name, "when": moment(last.at)}
    raise Overtaken(OVERTAKEN[deal.status] % words, last.by_id)


def need_reason(reason: str) -> None:
    """Refuse an empty reason."""
    if not reason:
        raise Invalid(_l("Say why."), field="reason")
