"""What parties and counties do with a deal. Each change adds a DealEvent.

Every function is called inside transaction(), locks the deal before it decides, and
raises DomainError when a rule says no.
"""

from __future__ import annotations

from datetime import date

from market.accounts.models import Account
from market.database import lock
from market.deals import rules
from market.deals.checks import (
    PROPOSALS,
    DealTerms,
    agreed_amount,
    check_answering,
    check_day,
    check_offer,
    check_own_offer,
    check_party,
    check_price,
    check_sides,
    disputing_party,
)
from market.deals.models import Deal, DealProof, DealStatus
from market.deals.transitions import assign_fair, deal_offers, record_transition
from market.offers.models import Offer, Side
from market.offers.photos import StoredPhoto, keep_photo
from market.offers.services import release_quantity, reserve_quantity
from market.permissions import may
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l
from market.web.reasons import require_reason

MAX_PROOFS = 6
PROOF_STATUSES = frozenset(
    {DealStatus.PROPOSED, DealStatus.AGREED, DealStatus.RETURNED, DealStatus.DISPUTED}
)


def propose_deal(
    actor: Account,
    offer: Offer,
    party: Account,
    terms: DealTerms,
    key: str,
    own_offer: Offer | None = None,
    proof: StoredPhoto | None = None,
) -> Deal:
    """Propose to the owner of `offer` a deal with `party`: the actor, or a farmer they represent.

    Args:
        own_offer: the party's own offer that answers `offer`; it is reduced too.
        key: the form's idempotency key.
        proof: a picture, as for add_proof.

    Raises:
        Repeated: the actor sent a form with this key before.
        Refused: a deal with oneself, or one assistant on both sides.
        Invalid: with the field that is wrong.
    """
    key = bound_key(actor, Deal, key)
    refuse_repeated(Deal, key)
    PROPOSALS.check(actor)
    for each in sorted(filter(None, (offer, own_offer)), key=lambda o: o.id):
        lock(each)
    check_sides(actor, party, offer)
    check_offer(offer, terms, "")
    amount_fen = agreed_amount(terms)
    check_price(offer, terms)
    if own_offer is not None:
        check_own_offer(own_offer, offer, party)
        check_offer(own_offer, terms, _l("your own offer"))
    dated_on = _earlier_day(terms)
    mine_sells = offer.side is Side.BUY
    sale, purchase = (own_offer, offer) if mine_sells else (offer, own_offer)
    seller, buyer = (party, offer.owner) if mine_sells else (offer.owner, party)
    deal = Deal(
        seller_id=seller.id,
        buyer_id=buyer.id,
        seller_offer_id=sale.id if sale else None,
        buyer_offer_id=purchase.id if purchase else None,
        product_code=(sale or offer).product_code,
        quantity=terms.quantity,
        unit=terms.unit,
        unit_price=terms.stored_price,
        amount_fen=amount_fen,
        amount_reason=terms.amount_reason,
        note=terms.note,
        dated_on=dated_on,
        day_reason=terms.day_reason if dated_on else "",
        seller_region_code=sale.region_code if sale else seller.region_code,
        buyer_region_code=purchase.region_code if purchase else buyer.region_code,
        proposed_by_id=actor.id,
        proposed_side=offer.side.other,
        key=key,
    )
    assign_fair(deal, deal.dated_on or home_today())
    add_once(deal)
    record_transition(deal, DealStatus.PROPOSED, actor)
    if proof is not None:
        add_proof(actor, deal, proof)
    return deal


def agree_deal(actor: Account, deal: Deal) -> None:
    """The other side agrees: reserve the quantity of both offers, set the deal's day and fair.

    Raises:
        Refused: the actor doesn't act for the answering side.
        Invalid: an offer has less left than the deal needs.
        InvalidTransition: it is no longer proposed.
    """
    lock(deal)
    if deal.status is not DealStatus.PROPOSED:
        raise InvalidTransition()
    check_answering(actor, deal)
    for offer in deal_offers(deal):
        reserve_quantity(offer, deal.quantity, deal.unit)
    deal.reserved = True
    deal.agreed_by_id = actor.id
    deal.agreed_on = deal.dated_on or home_today()
    assign_fair(deal, deal.agreed_on)
    record_transition(deal, DealStatus.AGREED, actor)


def decline_deal(actor: Account, deal: Deal, reason: str = "") -> None:
    """The other side declines. Raises like agree_deal."""
    lock(deal)
    rules.check_transition(deal.status, DealStatus.DECLINED)
    check_answering(actor, deal)
    record_transition(deal, DealStatus.DECLINED, actor, reason)


def cancel_deal(actor: Account, deal: Deal, reason: str = "") -> None:
    """Either side cancels the deal while it is not verified; its quantity is released.

    Raises:
        Refused: the actor is no party.
        Invalid: it was agreed already and no reason is given.
        InvalidTransition: it is verified or over.
    """
    lock(deal)
    rules.check_transition(deal.status, DealStatus.CANCELLED)
    check_party(actor, deal)
    if deal.status is not DealStatus.PROPOSED:
        require_reason(reason)
    if deal.reserved:
        for offer in deal_offers(deal):
            release_quantity(offer, deal.quantity, deal.unit)
        deal.reserved = False
    record_transition(deal, DealStatus.CANCELLED, actor, reason)


def dispute_deal(actor: Account, deal: Deal, reason: str) -> None:
    """A party disputes an agreed deal: the county can't verify it now."""
    lock(deal)
    rules.check_transition(deal.status, DealStatus.DISPUTED)
    check_party(actor, deal)
    require_reason(reason)
    record_transition(deal, DealStatus.DISPUTED, actor, reason)


def settle_deal(actor: Account, deal: Deal) -> None:
    """The side that disputed it withdraws the dispute. Raises Refused for the other side."""
    lock(deal)
    if deal.status is not DealStatus.DISPUTED:
        raise InvalidTransition()
    if not may(actor, "party.represent", disputing_party(deal)):
        raise Refused(_l("Only the side that disputed it can say it is settled."))
    record_transition(deal, DealStatus.AGREED, actor)


def add_proof(actor: Account, deal: Deal, photo: StoredPhoto | None) -> DealProof:
    """Store a picture that proves the deal; the same picture twice is stored once.

    Args:
        photo: decoded and checked with the form, before anything was locked.

    Raises:
        Invalid: no picture, more than MAX_PROOFS, or no room on the disk.
        InvalidTransition: the deal is verified or over.
    """
    lock(deal)
    check_party(actor, deal)
    if deal.status not in PROOF_STATUSES:
        raise InvalidTransition()
    if photo is None:
        raise Invalid(_l("Choose a picture first."), field="proof")
    for proof in deal.proofs:
        if proof.sha256 == photo.sha256:
            return proof
    if len(deal.proofs) >= MAX_PROOFS:
        raise Invalid(_l("At most %(count)s pictures.", count=MAX_PROOFS), field="proof")
    keep_photo(photo, "proofs")
    proof = DealProof(
        deal_id=deal.id,
        sha256=photo.sha256,
        width=photo.width,
        height=photo.height,
        uploaded_by_id=actor.id,
    )
    deal.proofs.append(proof)
    return proof


def _earlier_day(terms: DealTerms) -> date | None:
    """The earlier day that a proposal is dated; None for today, which needs no reason."""
    today = home_today()
    if terms.agreed_on is None or terms.agreed_on == today:
        return None
    check_day(terms.agreed_on, terms.day_reason, today, today)
    return terms.agreed_on
