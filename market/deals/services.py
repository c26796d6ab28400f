"""What parties and counties do with a deal. Each step is written down as a DealEvent.

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
    Terms,
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
from market.deals.revisions import resubmit_deal as resubmit_deal
from market.deals.steps import offers_of, place_deal, record_step
from market.deals.verification import return_deal as return_deal
from market.deals.verification import verify_deal as verify_deal
from market.offers.models import Offer, Side
from market.offers.photos import StoredPhoto, keep_photo
from market.offers.services import release, reserve
from market.permissions import may
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l
from market.web.reasons import require_reason

PROOFS_AT_MOST = 6
OPEN_TO_PROOF = frozenset(
    {DealStatus.PROPOSED, DealStatus.AGREED, DealStatus.RETURNED, DealStatus.DISPUTED}
)


def propose_deal(
    actor: Account,
    offer: Offer,
    party: Account,
    terms: Terms,
    key: str,
    own_offer: Offer | None = None,
    proof: StoredPhoto | None = None,
) -> Deal:
    """Propose to the owner of `offer` a deal with `party`: the actor, or a farmer they speak for.

    Args:
        own_offer: the party's own offer that this one answers; it is reduced too.
        key: of the form; it is the actor's and this kind of thing's only.
        proof: a picture, as for add_proof.

    Raises:
        Repeated: the actor sent a form with this key before.
        Refused: a deal with oneself, or one assistant on both sides.
        Invalid: at the field that can't be right.
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
    dated_on = _day_given(terms)
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
    place_deal(deal, deal.dated_on or home_today())
    add_once(deal)
    record_step(deal, DealStatus.PROPOSED, actor)
    if proof is not None:
        add_proof(actor, deal, proof)
    return deal


def agree_deal(actor: Account, deal: Deal) -> None:
    """The other side agrees: both offers have that much less, and the deal its day and place.

    Raises:
        Refused: the actor speaks for the side that proposed, or not for the other.
        Invalid: an offer has less left than the deal takes.
        InvalidTransition: it is no longer proposed.
    """
    lock(deal)
    if deal.status is not DealStatus.PROPOSED:
        raise InvalidTransition()
    check_answering(actor, deal)
    for offer in offers_of(deal):
        reserve(offer, deal.quantity, deal.unit)
    deal.reserved = True
    deal.agreed_by_id = actor.id
    deal.agreed_on = deal.dated_on or home_today()
    place_deal(deal, deal.agreed_on)
    record_step(deal, DealStatus.AGREED, actor)


def decline_deal(actor: Account, deal: Deal, reason: str = "") -> None:
    """The other side says no. Raises like agree_deal."""
    lock(deal)
    rules.check_transition(deal.status, DealStatus.DECLINED)
    check_answering(actor, deal)
    record_step(deal, DealStatus.DECLINED, actor, reason)


def cancel_deal(actor: Account, deal: Deal, reason: str = "") -> None:
    """Either side gives the deal up while it is not verified; the offers get it back.

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
        for offer in offers_of(deal):
            release(offer, deal.quantity, deal.unit)
        deal.reserved = False
    record_step(deal, DealStatus.CANCELLED, actor, reason)


def dispute_deal(actor: Account, deal: Deal, reason: str) -> None:
    """A party says the agreed deal did not go as agreed: the county can't verify it now."""
    lock(deal)
    rules.check_transition(deal.status, DealStatus.DISPUTED)
    check_party(actor, deal)
    require_reason(reason)
    record_step(deal, DealStatus.DISPUTED, actor, reason)


def settle_deal(actor: Account, deal: Deal) -> None:
    """The side that disputed it takes that back. Raises Refused for the other side."""
    lock(deal)
    if deal.status is not DealStatus.DISPUTED:
        raise InvalidTransition()
    if not may(actor, "party.represent", disputing_party(deal)):
        raise Refused(_l("Only the side that disputed it can say it is settled."))
    record_step(deal, DealStatus.AGREED, actor)


def add_proof(actor: Account, deal: Deal, photo: StoredPhoto | None) -> DealProof:
    """Keep a picture that proves the deal; the same picture twice is kept once.

    Args:
        photo: as it waits with the form, decoded before anything was locked.

    Raises:
        Invalid: no picture, more than six, or no room to keep it.
        InvalidTransition: the deal is verified or over.
    """
    lock(deal)
    check_party(actor, deal)
    if deal.status not in OPEN_TO_PROOF:
        raise InvalidTransition()
    if photo is None:
        raise Invalid(_l("Choose a picture first."), field="proof")
    for proof in deal.proofs:
        if proof.sha256 == photo.sha256:
            return proof
    if len(deal.proofs) >= PROOFS_AT_MOST:
        raise Invalid(_l("At most %(count)s pictures.", count=PROOFS_AT_MOST), field="proof")
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


def _day_given(terms: Terms) -> date | None:
    """The earlier day a proposal gives; None for today, which needs no reason."""
    today = home_today()
    if terms.agreed_on is None or terms.agreed_on == today:
        return None
    check_day(terms.agreed_on, terms.day_reason, today, today)
    return terms.agreed_on
