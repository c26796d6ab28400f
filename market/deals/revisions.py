"""Revising a returned deal: it keeps its number and its history.

A new note or picture goes straight back to the county. Other figures are a revision, which the
other side accepts or declines; until then the deal keeps the figures both agreed to.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.deals import signals
from market.deals.checks import (
    MAX_NOTE_LENGTH,
    DealTerms,
    agreed_amount,
    check_day,
    check_party,
    check_price,
    compared_offer,
)
from market.deals.models import Deal, DealRevision, DealStatus, RevisionAnswer
from market.deals.transitions import assign_fair, deal_offers, record_transition
from market.offers.models import Side
from market.offers.rules import convert_rounded_up
from market.offers.services import release_quantity, reserve_quantity
from market.permissions import may
from market.products.quantities import full_quantity
from market.products.units import UNITS, comparable
from market.text.days import local_day
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today, home_zone
from market.web.language import lazy_gettext as _l

# What a revision can change.
FIGURES = ("quantity", "unit", "unit_price", "amount_fen", "agreed_on")


def revise_deal(actor: Account, deal: Deal, terms: DealTerms) -> bool:
    """Send a returned deal to the county again, or to the other side if its figures change.

    A waiting revision of the same side is replaced.

    Returns:
        Whether the other side must agree first.

    Raises:
        Refused: the actor is no party, or the other side's revision waits for an answer.
        Invalid: with the field that is wrong, as for propose_deal.
    """
    _lock_returned(actor, deal)
    side, waiting = _side_of(actor, deal), waiting_revision(deal)
    if waiting is not None and waiting.by_side is not side:
        raise Refused(_l("The other side has written other figures: answer that first."))
    if waiting is not None:
        deal.revisions.remove(waiting)
        db.session.delete(waiting)
        db.session.flush()
    values = _checked_figures(deal, terms)
    _set_note(deal, terms.note)
    if deal.unregistered is not None:
        deal.unregistered.code_hash = ""  # one that is out was for other figures
    if all(getattr(deal, name) == values[name] for name in FIGURES):
        deal.amount_reason = terms.amount_reason
        _send_to_county(actor, deal)
        return False
    before = {f"before_{name}": getattr(deal, name) for name in FIGURES}
    revision = DealRevision(by_id=actor.id, by_side=side, at=utcnow(), **values, **before)
    deal.revisions.append(revision)
    db.session.flush()
    signals.deal_changed.send(deal=deal, by=actor, at=revision.at)
    return True


def agree_revision(actor: Account, deal: Deal) -> None:
    """The other side accepts the revision: the deal gets its figures and goes to the county.

    Raises:
        Refused: the actor doesn't act for the answering side.
        InvalidTransition: nothing waits. Invalid: an offer has less left.
    """
    _apply(actor, deal, _record_answer(actor, deal, RevisionAnswer.AGREED))


def confirm_revision(actor: Account, deal: Deal) -> None:
    """The side without an account, as the caller has checked, accepts the revision."""
    revision = waiting_revision(deal)
    if revision is None:
        raise InvalidTransition()
    revision.answer, revision.answered_at = RevisionAnswer.AGREED, utcnow()
    _apply(actor, deal, revision)


def _apply(actor: Account, deal: Deal, revision: DealRevision) -> None:
    if (deal.quantity, deal.unit) != (revision.quantity, revision.unit):
        for offer in deal_offers(deal):
            release_quantity(offer, deal.quantity, deal.unit)
            reserve_quantity(offer, revision.quantity, revision.unit)
    for name in (*FIGURES, "amount_reason", "day_reason"):
        setattr(deal, name, getattr(revision, name))
    _send_to_county(actor, deal)


def decline_revision(actor: Account, deal: Deal) -> None:
    """The other side declines: the deal stays as it was. Raises like agree_revision."""
    revision = _record_answer(actor, deal, RevisionAnswer.DECLINED)
    signals.deal_changed.send(deal=deal, by=actor, at=revision.answered_at)


def waiting_revision(deal: Deal) -> DealRevision | None:
    """The revision that waits for the other side's answer."""
    return next((r for r in deal.revisions if r.answer is RevisionAnswer.WAITING), None)


def may_answer(actor: Account, deal: Deal, revision: DealRevision) -> bool:
    """Whether the actor acts for the side that answers the revision."""
    party = deal.buyer if revision.by_side is Side.SELL else deal.seller
    return actor.id != revision.by_id and may(actor, "party.represent", party)


def _lock_returned(actor: Account, deal: Deal) -> None:
    lock(deal)
    if deal.status is not DealStatus.RETURNED:
        raise InvalidTransition()
    check_party(actor, deal)


def _side_of(actor: Account, deal: Deal) -> Side:
    return Side.SELL if may(actor, "party.represent", deal.seller) else Side.BUY


def _set_note(deal: Deal, note: str) -> None:
    if len(note) > MAX_NOTE_LENGTH:
        raise Invalid(_l("At most %(count)s characters.", count=MAX_NOTE_LENGTH), field="note")
    deal.note = note


def _send_to_county(actor: Account, deal: Deal) -> None:
    """Send the deal to the county again, in the fair of its day unless that was certified."""
    assert deal.agreed_on is not None
    assign_fair(deal, deal.agreed_on)
    record_transition(deal, DealStatus.AGREED, actor)


def _checked_figures(deal: Deal, terms: DealTerms) -> Mapping[str, Any]:
    """The new figures of the deal, checked."""
    day = terms.agreed_on or deal.agreed_on
    assert day is not None
    if day != deal.agreed_on:
        check_day(day, terms.day_reason, local_day(deal.created_at, home_zone()), home_today())
    _check_left(deal, terms)
    amount_fen = agreed_amount(terms)
    if offer := compared_offer(deal):
        check_price(offer, terms)
    return {
        "quantity": terms.quantity,
        "unit": terms.unit,
        "unit_price": terms.stored_price,
        "amount_fen": amount_fen,
        "amount_reason": terms.amount_reason,
        "agreed_on": day,
        "day_reason": terms.day_reason,
    }


def _check_left(deal: Deal, terms: DealTerms) -> None:
    """Refuse more than the offers have left, counting what this deal has reserved already."""
    for offer in deal_offers(deal):
        if not comparable(terms.unit, offer.unit):
            name = UNITS[offer.unit].name
            raise Invalid(_l("The offer is in %(unit)s: use that.", unit=name), field="unit")
        left = offer.remaining + convert_rounded_up(deal.quantity, deal.unit, offer.unit)
        if convert_rounded_up(terms.quantity, terms.unit, offer.unit) > left:
            left_over = full_quantity(left, offer.unit)
            raise Invalid(_l("Only %(left)s left.", left=left_over), field="quantity")


def _record_answer(actor: Account, deal: Deal, answer: RevisionAnswer) -> DealRevision:
    _lock_returned(actor, deal)
    revision = waiting_revision(deal)
    if revision is None:
        raise InvalidTransition()
    if not may_answer(actor, deal, revision):
        raise Refused(_l("The other side answers a proposal, not the one who made it."))
    revision.answer = answer
    revision.answered_by_id = actor.id
    revision.answered_at = utcnow()
    return revision
