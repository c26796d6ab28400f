"""Enquiring about an offer, quoting, countering, accepting and declining.

Every function is called inside transaction(). What is written tells `signals.enquiry_written`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from flask_babel import ngettext as _n
from sqlalchemy import select, update

from market.accounts import blocks
from market.accounts.models import Account
from market.accounts.quotas import Quota, count_by
from market.database import db, lock, utcnow
from market.deals.checks import (
    DealTerms,
    agreed_amount,
    check_offer,
    check_price,
    check_sides,
)
from market.deals.models import Deal
from market.deals.services import propose_deal
from market.messages.models import (
    MAX_TEXT_LENGTH,
    EnquiryMessage,
    EnquiryThread,
    MessageKind,
    Quotation,
    QuotationState,
)
from market.messages.signals import enquiry_read, enquiry_written
from market.offers.models import Offer, PriceBasis
from market.offers.quoting import check_quoting
from market.permissions import may
from market.products.units import UNITS, comparable
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l
from market.web.reasons import check_length

DEFAULT_DAYS, MAX_DAYS = 7, 90

ENQUIRIES = Quota(
    "enquiries",
    count_by(EnquiryMessage.author_id, EnquiryMessage.at),
    _l("You have written as much as one can in a day. Go on tomorrow."),
    lambda left: _n(
        "You can write %(num)s more message today.",
        "You can write %(num)s more messages today.",
        left,
    ),
)


@dataclass(frozen=True)
class Wish:
    """What an enquiry says besides words: how much is wanted (in `unit`), and on which day."""

    quantity: Decimal | None = None
    unit: str | None = None
    wanted_on: date | None = None


@dataclass(frozen=True)
class QuotationTerms:
    """The terms of a quotation; see market.messages.models.Quotation."""

    price: Decimal
    price_unit: str
    quantity: Decimal
    unit: str
    basis: PriceBasis
    valid_until: date


def side_of(actor: Account, thread: EnquiryThread) -> bool:
    """Whether the actor writes for the asking side.

    Raises:
        Refused: for neither side.
    """
    for is_asker in (True, False):
        if may(actor, "party.represent", thread.party(is_asker)):
            return is_asker
    raise Refused(_l("Your account has no right to do this."))


def find_thread(offer: Offer, party: Account) -> EnquiryThread | None:
    """What the party has asked about the offer before."""
    return db.session.scalar(
        select(EnquiryThread).where(
            EnquiryThread.offer_id == offer.id, EnquiryThread.asker_id == party.id
        )
    )


def enquire(
    actor: Account, party: Account, offer: Offer, wish: Wish, text: str, key: str
) -> EnquiryThread:
    """Ask the owner of an offer, for `party`: the actor, or a farmer they represent.

    Raises:
        Repeated: the actor sent a form with this key before; with its message.
        Refused: one's own offer, one person on both sides, or blocked.
        Invalid: it says nothing, or something impossible; at its field.
        QuotaReached: the actor has written enough today.
    """
    _refuse_repeated(actor, key)
    thread = _thread_for(actor, party, offer)
    if wish.unit and not comparable(wish.unit, offer.unit):
        name = UNITS[offer.unit].name
        raise Invalid(_l("The offer is in %(unit)s: use that.", unit=name), "unit")
    if not (text.strip() or wish.quantity):
        raise Invalid(_l("Say how much you want, or write what you want to know."), "text")
    if wish.wanted_on is not None and wish.wanted_on < home_today():
        raise Invalid(_l("That day has passed."), "wanted_on")
    message = _message(actor, thread, True, text, key, wish)
    _tell(actor, thread, message)
    return thread


def start_quoting(
    actor: Account, party: Account, offer: Offer, terms: QuotationTerms, text: str, key: str
) -> EnquiryThread:
    """Quote for a purchase right away, for `party`. Raises as enquire() and quote()."""
    _refuse_repeated(actor, key)
    thread = _thread_for(actor, party, offer)
    quote(actor, thread, terms, text, key)
    return thread


def _thread_for(actor: Account, party: Account, offer: Offer) -> EnquiryThread:
    """The one thread of an offer and a party, opened if there is none."""
    lock(offer)
    check_sides(actor, party, offer.owner)
    if not offer.is_public:
        raise Invalid(_l("This offer is no longer open: ask its owner to renew it."))
    if (thread := find_thread(offer, party)) is not None:
        return lock(thread)
    thread = EnquiryThread(
        offer_id=offer.id, asker_id=party.id, owner_id=offer.owner_id, quotations=[]
    )
    thread.asker_unread = thread.owner_unread = 0
    db.session.add(thread)
    db.session.flush()
    return thread


def write(actor: Account, thread: EnquiryThread, text: str, key: str) -> EnquiryMessage:
    """Write words into the thread. Raises as enquire()."""
    _refuse_repeated(actor, key)
    is_asker = side_of(actor, lock(thread))
    if not text.strip():
        raise Invalid(_l("Write what you want to say."), "text")
    message = _message(actor, thread, is_asker, text, key)
    _tell(actor, thread, message)
    return message


def quote(
    actor: Account, thread: EnquiryThread, terms: QuotationTerms, text: str, key: str
) -> Quotation:
    """Offer terms; where the other side's wait for an answer, it is a counter-offer. What stood
    open before is replaced.

    Raises:
        Repeated, Refused, QuotaReached: as enquire().
        Invalid: terms that no deal could have; at their field.
    """
    _refuse_repeated(actor, key)
    is_asker = side_of(actor, lock(thread))
    _check_terms(thread.offer, terms)
    if is_asker:
        check_quoting(thread.offer, terms.quantity, terms.unit)
    message = _message(actor, thread, is_asker, text, key)
    answered = thread.open_quotation
    if answered is not None:
        _answer(actor, answered, QuotationState.REPLACED)
        db.session.flush()
    quotation = Quotation(
        thread=thread,
        message=message,
        from_asker=is_asker,
        answers=_countered(answered, is_asker),
        price=terms.price,
        price_unit=terms.price_unit,
        quantity=terms.quantity,
        unit=terms.unit,
        basis=terms.basis,
        valid_until=terms.valid_until,
        state=QuotationState.OPEN,
    )
    db.session.add(quotation)
    db.session.flush()
    _tell(actor, thread, message)
    return quotation


def _countered(answered: Quotation | None, is_asker: bool) -> Quotation | None:
    """The other side's quotation that a new one answers: also where one's own stood between."""
    while answered is not None and answered.from_asker == is_asker:
        answered = answered.answers
    return answered


def _check_terms(offer: Offer, terms: QuotationTerms) -> None:
    today = home_today()
    if terms.valid_until < today:
        raise Invalid(_l("That day has passed."), "valid_until")
    if terms.valid_until > today + timedelta(days=MAX_DAYS):
        raise Invalid(_l("At most %(num)s days.", num=MAX_DAYS), "valid_until")
    try:
        asked = _deal_terms(offer, terms)
        check_offer(offer, asked, "")
        agreed_amount(asked)
    except Invalid as error:
        at = {"unit_price": "price", "amount": "price", "amount_reason": "price"}
        raise Invalid(error.message, at.get(error.field or "", error.field)) from None


def accept_quotation(
    actor: Account, quotation: Quotation, key: str, quantity: Decimal | None = None
) -> Deal:
    """Accept the other side's terms: a deal with them is proposed, in the same transaction.

    Args:
        quantity: only a part of it, in its unit.

    Raises:
        Repeated: a form with this key was sent before; with its message.
        Refused: one's own quotation, or no side of the thread.
        InvalidTransition: it is answered already, or past its day.
        Invalid: the offer is over or has less left; more than was quoted.
    """
    _refuse_repeated(actor, key)
    thread, is_asker = _answering(actor, quotation)
    if quotation.valid_until < home_today():
        raise InvalidTransition(_l("This quotation has run out: ask for a new one."))
    if quantity is not None and quantity > quotation.quantity:
        raise Invalid(_l("That is more than was quoted."), "quantity")
    message = _message(actor, thread, is_asker, "", key, kind=MessageKind.ACCEPTED)
    terms = _deal_terms(thread.offer, quotation, quantity)
    me, other = thread.party(is_asker), thread.party(not is_asker)
    deal = propose_deal(actor, thread.offer, me, terms, key, to=None if is_asker else other)
    quotation.deal_id = deal.id
    _answer(actor, quotation, QuotationState.ACCEPTED)
    db.session.flush()
    _tell(actor, thread, message)
    return deal


def decline_quotation(actor: Account, quotation: Quotation, text: str, key: str) -> None:
    """Say no to the other side's terms, with words if one likes. Raises as accept_quotation()."""
    _refuse_repeated(actor, key)
    thread, is_asker = _answering(actor, quotation)
    message = _message(actor, thread, is_asker, text, key, kind=MessageKind.DECLINED)
    _answer(actor, quotation, QuotationState.DECLINED)
    db.session.flush()
    _tell(actor, thread, message)


def _answering(actor: Account, quotation: Quotation) -> tuple[EnquiryThread, bool]:
    thread = lock(quotation.thread)
    is_asker = side_of(actor, thread)
    if lock(quotation).from_asker == is_asker:
        raise Refused(_l("The other side answers what you quoted."))
    if quotation.state is not QuotationState.OPEN:
        raise InvalidTransition(_l("This quotation is answered already."))
    return thread, is_asker


def _deal_terms(
    offer: Offer, terms: QuotationTerms | Quotation, quantity: Decimal | None = None
) -> DealTerms:
    """The terms of a deal. A price far from the offer's says why: both bargained for it.

    Raises:
        Invalid: it is a thousand times away, or nothing to calculate with.
    """
    deal_terms = DealTerms(
        quantity=quantity or terms.quantity,
        unit=terms.unit,
        unit_price=terms.price,
        price_unit=terms.price_unit,
        basis=terms.basis,
    )
    try:
        check_price(offer, deal_terms)
    except Invalid as error:
        if error.field != "amount_reason":
            raise
        reason = str(_l("Both sides bargained for this price in their conversation."))
        return replace(deal_terms, amount_reason=reason)
    return deal_terms


def mark_read(actor: Account, thread: EnquiryThread) -> None:
    """The actor's side has opened the thread. Nobody's act: the record of acts leaves it out."""
    column = "asker_unread" if side_of(actor, thread) else "owner_unread"
    db.session.execute(
        update(EnquiryThread).where(EnquiryThread.id == thread.id).values({column: 0})
    )
    enquiry_read.send(thread=thread, by=actor)


def _answer(actor: Account, quotation: Quotation, state: QuotationState) -> None:
    quotation.state = state
    quotation.answered_by_id, quotation.answered_at = actor.id, utcnow()


def _refuse_repeated(actor: Account, key: str) -> None:
    refuse_repeated(EnquiryMessage, bound_key(actor, EnquiryMessage, key))


def _message(
    actor: Account,
    thread: EnquiryThread,
    is_asker: bool,
    text: str,
    key: str,
    wish: Wish | None = None,
    kind: MessageKind = MessageKind.WORDS,
) -> EnquiryMessage:
    """Store one message of a side that may write."""
    check_may_write(thread, is_asker)
    check_length(text, "text", MAX_TEXT_LENGTH)
    ENQUIRIES.check(actor)
    wish = wish or Wish()
    message = EnquiryMessage(
        thread_id=thread.id,
        author_id=actor.id,
        from_asker=is_asker,
        kind=kind,
        text=text.strip(),
        quantity=wish.quantity,
        unit=wish.unit if wish.quantity else None,
        wanted_on=wish.wanted_on,
        at=utcnow(),
        key=bound_key(actor, EnquiryMessage, key),
    )
    add_once(message)
    return message


def check_may_write(thread: EnquiryThread, is_asker: bool) -> None:
    """Raises Refused where nobody can write any more, or one side wants nothing of the other."""
    me, other = thread.party(is_asker), thread.party(not is_asker)
    if thread.closed_at is not None:
        raise Refused(_l("The county office has closed this conversation."))
    if not other.is_active:
        raise Refused(_l("They are no longer on the market."))
    blocks.check_may_write(me, other)


def _tell(actor: Account, thread: EnquiryThread, message: EnquiryMessage) -> None:
    """Count it as unread for the other side and as read for one's own, and tell the rooms."""
    if message.from_asker:
        thread.owner_unread, thread.asker_unread = thread.owner_unread + 1, 0
    else:
        thread.asker_unread, thread.owner_unread = thread.asker_unread + 1, 0
    thread.last_at = message.at
    db.session.flush()
    enquiry_written.send(thread=thread, message=message, by=actor, at=message.at)
