"""What parties and counties do with a deal. Each change adds a DealEvent.

Every function is called inside transaction(), locks the deal before it decides, and
raises DomainError when a rule says no.
"""

from __future__ import annotations

from datetime import date

from market.accounts.blocks import check_may_write
from market.accounts.models import Account
from market.database import lock
from market.deals import rules
from market.deals.checks import (
    PROPOSALS,
    DealSides,
    DealTerms,
    NewParty,
    agreed_amount,
    check_answering,
    check_day,
    check_offer,
    check_party,
    check_price,
    disputing_party,
    own_side,
)
from market.deals.models import Deal, DealProof, DealStatus
from market.deals.transitions import assign_fair, deal_offers, record_transition
from market.deals.unregistered_models import UnregisteredParty
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
# Proposals that came to nothing: either side can propose them again.
REPEATABLE = frozenset({DealStatus.DECLINED, DealStatus.CANCELLED})
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
    to: Account | None = None,
) -> Deal:
    """Propose to the owner of `offer` a deal with `party`: the actor, or a farmer they represent.

    Args:
        to: to whom the owner of the offer proposes it, where `party` is the owner.
        own_offer: the party's own offer that answers `offer`; it is reduced too.

    The rest as for propose_between.
    """
    other = offer.owner
    if to is not None and party.id == offer.owner_id:
        party, other = to, party
    sells = offer.side is Side.SELL
    parties = (other, party) if sells else (party, other)
    offers = (offer, own_offer) if sells else (own_offer, offer)
    return propose_between(actor, DealSides(*parties, *offers), terms, key, proof=proof)


def propose_between(
    actor: Account,
    sides: DealSides,
    terms: DealTerms,
    key: str,
    *,
    proof: StoredPhoto | None = None,
    follows: Deal | None = None,
) -> Deal:
    """Propose a deal in the name of the side that the actor speaks for; the other one answers.

    Args:
        key: the form's idempotency key.
        proof: a picture, as for add_proof.
        follows: the deal of the same two that this one answers with other terms, or repeats.

    Raises:
        Repeated: the actor sent a form with this key before.
        Refused: a deal with oneself, or one assistant on both sides.
        Invalid: with the field that is wrong.
        InvalidTransition: `follows` is neither waiting for the actor's answer nor over.
    """
    key = bound_key(actor, Deal, key)
    refuse_repeated(Deal, key)
    PROPOSALS.check(actor)
    if follows is not None:
        _continue_from(actor, follows)
    for each in sorted(filter(None, (sides.sale, sides.purchase)), key=lambda o: o.id):
        lock(each)
    side = own_side(actor, sides)
    own, answered = sides.offer(side), sides.offer(side.other)
    party, other = sides.party(side), sides.party(side.other)
    if isinstance(party, Account) and isinstance(other, Account):
        check_may_write(party, other)
    if answered is not None:
        check_offer(answered, terms, "")
    amount_fen = agreed_amount(terms)
    unregistered = _unregistered_party(actor, sides, side)
    if compared := answered or (own if unregistered is not None else None):
        check_price(compared, terms)
    if own is not None:
        check_offer(own, terms, _l("your own offer") if answered else "")
    dated_on = earlier_day(terms)
    deal = Deal(
        seller_id=_account_id(sides.seller),
        buyer_id=_account_id(sides.buyer),
        unregistered=unregistered,
        follows_id=follows.id if follows else None,
        seller_offer_id=sides.sale.id if sides.sale else None,
        buyer_offer_id=sides.purchase.id if sides.purchase else None,
        product_code=sides.product_code,
        quantity=terms.quantity,
        unit=terms.unit,
        unit_price=terms.stored_price,
        amount_fen=amount_fen,
        amount_reason=terms.amount_reason,
        basis=terms.basis,
        note=terms.note,
        dated_on=dated_on,
        day_reason=terms.day_reason if dated_on else "",
        seller_region_code=(sides.sale or sides.seller).region_code,
        buyer_region_code=(sides.purchase or sides.buyer).region_code,
        proposed_by_id=actor.id,
        proposed_side=side,
        key=key,
    )
    assign_fair(deal, deal.dated_on or home_today())
    add_once(deal)
    record_transition(deal, DealStatus.PROPOSED, actor)
    if proof is not None:
        add_proof(actor, deal, proof)
    return deal


def _account_id(party: Account | NewParty) -> int | None:
    return party.id if isinstance(party, Account) else None


def _unregistered_party(actor: Account, sides: DealSides, side: Side) -> UnregisteredParty | None:
    """The other side where it has no account, to be stored with the deal."""
    party, own = sides.party(side.other), sides.party(side)
    if isinstance(party, Account):
        return None
    if party.phone in {each.phone for each in (actor, own)}:
        raise Invalid(_l("That is your own number: write the other side's."), field="phone")
    return UnregisteredParty(name=party.name, phone=party.phone)


def _continue_from(actor: Account, deal: Deal) -> None:
    """Close the proposal that another answers; refuse what can't be answered or repeated.

    Raises like propose_between.
    """
    lock(deal)
    check_party(actor, deal)
    if deal.followed_by is not None:
        raise Refused(_l("It was answered already, by deal %(id)s.", id=deal.followed_by.id))
    if deal.status is DealStatus.PROPOSED:
        check_answering(actor, deal)
        record_transition(deal, DealStatus.REPLACED, actor)
    elif deal.status not in REPEATABLE:
        raise InvalidTransition()


def sides_of(deal: Deal) -> DealSides:
    """The sides and offers of a deal, to propose it again or with other terms.

    Raises:
        Refused: the side without an account was erased.
    """
    other = deal.unregistered
    if other is None:
        assert deal.seller is not None
        assert deal.buyer is not None
        return DealSides(deal.seller, deal.buyer, deal.seller_offer, deal.buyer_offer, deal.product)
    if other.phone is None:
        raise Refused(_l("The other side was erased at its wish: write down a deal anew."))
    region = deal.seller_region_code if deal.seller is None else deal.buyer_region_code
    party = NewParty(other.name, other.phone, region)
    sides = (deal.seller or party, deal.buyer or party)
    return DealSides(*sides, deal.seller_offer, deal.buyer_offer, deal.product)


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
    deal.agreed_by_id = actor.id
    conclude(actor, deal)


def conclude(actor: Account, deal: Deal) -> None:
    """The other side of a proposal, which the caller has checked, agrees to it."""
    for offer in deal_offers(deal):
        reserve_quantity(offer, deal.quantity, deal.unit)
    deal.reserved = True
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
    _cancel(actor, deal, reason)


def cancel_by_county(official: Account, deal: Deal, reason: str) -> None:
    """Cancel a deal whose side without an account is erased: nobody could confirm it any more.

    Raises InvalidTransition: it is verified or over. The caller has checked the official.
    """
    rules.check_transition(deal.status, DealStatus.CANCELLED)
    _cancel(official, deal, reason)


def _cancel(actor: Account, deal: Deal, reason: str) -> None:
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


def earlier_day(terms: DealTerms) -> date | None:
    """The earlier day that a proposal is dated; None for today, which needs no reason."""
    today = home_today()
    if terms.agreed_on is None or terms.agreed_on == today:
        return None
    check_day(terms.agreed_on, terms.day_reason, today, today)
    return terms.agreed_on
