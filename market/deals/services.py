"""What parties and counties do with a deal. Each step is written down as a DealEvent.

Every function is called inside transaction(), locks the deal before it decides, and
raises DomainError when a rule says no.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account
from market.database import lock, utcnow, violated
from market.deals import ledger, rules
from market.deals.checks import (
    NOTE_AT_MOST,
    PROPOSALS,
    REASON_AT_MOST,
    Terms,
    agreed_amount,
    check_answering,
    check_awaiting,
    check_offer,
    check_official,
    check_own_offer,
    check_party,
    check_sides,
    disputing_party,
    need_reason,
)
from market.deals.models import Channel, Deal, DealEvent, DealProof, DealStatus
from market.deals.queries import home_path, open_fairs
from market.errors import Invalid, InvalidTransition, Refused, Repeated
from market.extensions import db
from market.language import lazy_gettext as _l
from market.offers.models import Offer, Side
from market.offers.photos import store_photo
from market.offers.services import reindex_owners, release, reserve
from market.permissions import may
from market.products.models import Product
from market.regions.models import Region

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
    proof: Any = None,
) -> Deal:
    """Propose to the owner of `offer` a deal with `party`: the actor, or a farmer they speak for.

    Args:
        own_offer: the party's own offer that this one answers; it is reduced too.
        key: of the form.
        proof: an uploaded picture, as for add_proof.

    Raises:
        Repeated: a form with this key was sent before.
        Refused: a deal with oneself, or one assistant on both sides.
        Invalid: at the field that can't be right.
    """
    _refuse_repeated(key)
    PROPOSALS.check(actor)
    for each in sorted(filter(None, (offer, own_offer)), key=lambda o: o.id):
        lock(each)
    check_sides(actor, party, offer)
    check_offer(offer, terms, "")
    if own_offer is not None:
        check_own_offer(own_offer, offer, party)
        check_offer(own_offer, terms, _l("your own offer"))
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
        unit_price=terms.unit_price,
        amount_fen=agreed_amount(terms),
        amount_reason=terms.amount_reason,
        note=terms.note,
        seller_region_code=sale.region_code if sale else seller.region_code,
        buyer_region_code=purchase.region_code if purchase else buyer.region_code,
        proposed_by_id=actor.id,
        proposed_side=offer.side.other,
        key=key,
    )
    _place(deal, local_day())
    _store(deal)
    _step(deal, DealStatus.PROPOSED, actor)
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
    for offer in _offers(deal):
        reserve(offer, deal.quantity, deal.unit)
    deal.reserved = True
    deal.agreed_by_id = actor.id
    deal.agreed_on = local_day()
    _place(deal, deal.agreed_on)
    _step(deal, DealStatus.AGREED, actor)


def decline_deal(actor: Account, deal: Deal, reason: str = "") -> None:
    """The other side says no. Raises like agree_deal."""
    lock(deal)
    rules.check_transition(deal.status, DealStatus.DECLINED)
    check_answering(actor, deal)
    _step(deal, DealStatus.DECLINED, actor, reason)


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
        need_reason(reason)
    if deal.reserved:
        for offer in _offers(deal):
            release(offer, deal.quantity, deal.unit)
        deal.reserved = False
    _step(deal, DealStatus.CANCELLED, actor, reason)


def dispute_deal(actor: Account, deal: Deal, reason: str) -> None:
    """A party says the agreed deal did not go as agreed: the county can't verify it now."""
    lock(deal)
    rules.check_transition(deal.status, DealStatus.DISPUTED)
    check_party(actor, deal)
    need_reason(reason)
    _step(deal, DealStatus.DISPUTED, actor, reason)


def settle_deal(actor: Account, deal: Deal) -> None:
    """The side that disputed it takes that back. Raises Refused for the other side."""
    lock(deal)
    if deal.status is not DealStatus.DISPUTED:
        raise InvalidTransition()
    if not may(actor, "party.represent", disputing_party(deal)):
        raise Refused(_l("Only the side that disputed it can say it is settled."))
    _step(deal, DealStatus.AGREED, actor)


def resubmit_deal(actor: Account, deal: Deal, note: str) -> None:
    """A party mended what the county asked for: the deal goes to the county again.

    Only the note and the proof can be mended; other figures are another deal.
    """
    lock(deal)
    if deal.status is not DealStatus.RETURNED:
        raise InvalidTransition()
    check_party(actor, deal)
    if len(note) > NOTE_AT_MOST:
        raise Invalid(_l("At most %(count)s characters.", count=NOTE_AT_MOST), field="note")
    deal.note = note
    _step(deal, DealStatus.AGREED, actor)


def verify_deal(official: Account, deal: Deal) -> None:
    """The home county verifies 核实 the deal, and the ledger counts it.

    Raises:
        Refused: the official is of another county, or had a hand in the deal.
        Overtaken: it was verified, returned, cancelled or disputed before.
        InvalidTransition: it is not agreed.
    """
    lock(deal)
    check_awaiting(deal)
    check_official(official, deal)
    deal.verified_by_id = official.id
    deal.verified_at = utcnow()
    _step(deal, DealStatus.VERIFIED, official)
    db.session.flush()
    ledger.append(deal, official)
    reindex_owners((deal.seller_id, deal.buyer_id))


def return_deal(official: Account, deal: Deal, reason: str, seen: DealStatus | None = None) -> None:
    """The home county sends the deal back with a reason; a verified one is uncounted.

    Args:
        seen: as the official saw it; what a colleague verified since is not taken back.

    Raises like verify_deal; Invalid without a reason.
    """
    lock(deal)
    if deal.status is not DealStatus.VERIFIED or seen is DealStatus.AGREED:
        check_awaiting(deal)
    rules.check_transition(deal.status, DealStatus.RETURNED)
    check_official(official, deal)
    need_reason(reason)
    was_counted = deal.status is DealStatus.VERIFIED
    deal.verified_by_id = deal.verified_at = None
    _step(deal, DealStatus.RETURNED, official, reason)
    db.session.flush()
    if was_counted:
        ledger.append(deal, official, reason)
        reindex_owners((deal.seller_id, deal.buyer_id))


def add_proof(actor: Account, deal: Deal, file: Any) -> DealProof:
    """Keep a picture that proves the deal; the same picture twice is kept once.

    Args:
        file: as for market.offers.photos.store_photo.

    Raises:
        Invalid: no image, or more than six.
        InvalidTransition: the deal is verified or over.
    """
    lock(deal)
    check_party(actor, deal)
    if deal.status not in OPEN_TO_PROOF:
        raise InvalidTransition()
    if file is None:
        raise Invalid(_l("Choose a picture first."), field="proof")
    try:
        stored = store_photo(file, folder="proofs")
    except Invalid as error:
        raise Invalid(error.message, field="proof") from None
    for proof in deal.proofs:
        if proof.sha256 == stored.sha256:
            return proof
    if len(deal.proofs) >= PROOFS_AT_MOST:
        raise Invalid(_l("At most %(count)s pictures.", count=PROOFS_AT_MOST), field="proof")
    proof = DealProof(
        deal_id=deal.id,
        sha256=stored.sha256,
        width=stored.width,
        height=stored.height,
        uploaded_by_id=actor.id,
    )
    deal.proofs.append(proof)
    return proof


def local_day(at: datetime | None = None) -> date:
    """The day of `at` (now) in the home time zone."""
    return (at or utcnow()).astimezone(ZoneInfo(current_app.config["HOME_TIME_ZONE"])).date()


def _refuse_repeated(key: str) -> None:
    existing = db.session.scalar(select(Deal).where(Deal.key == key))
    if existing is not None:
        raise Repeated(existing)


def _store(deal: Deal) -> None:
    try:
        with db.session.begin_nested():
            db.session.add(deal)
    except IntegrityError as error:
        if violated(error, "deals_key") or violated(error, "deals.key"):
            _refuse_repeated(deal.key)
        raise


def _place(deal: Deal, day: date) -> None:
    """Set channel, fair and home region as they are on `day`."""
    session = db.session()
    codes = (deal.seller_region_code, deal.buyer_region_code)
    regions = select(Region.code, Region.path).where(Region.code.in_(codes))
    paths = dict(session.execute(regions).all())
    product = session.get_one(Product, deal.product_code)
    deal.fair_id, home = rules.place(
        paths[deal.seller_region_code],
        paths[deal.buyer_region_code],
        product.path,
        open_fairs(session, day),
        home_path(session),
    )
    deal.channel = Channel.FAIR if deal.fair_id else Channel.DAILY
    deal.home_region_code = next(code for code in codes if paths[code] == home)


def _offers(deal: Deal) -> list[Offer]:
    """The deal's offers in the one order in which they are locked."""
    offers = [o for o in (deal.seller_offer, deal.buyer_offer) if o is not None]
    return sorted(offers, key=lambda offer: offer.id)


def _step(deal: Deal, status: DealStatus, actor: Account, reason: str = "") -> None:
    if len(reason) > REASON_AT_MOST:
        raise Invalid(_l("At most %(count)s characters.", count=REASON_AT_MOST), field="reason")
    deal.status = status
    deal.status_reason = reason
    db.session.add(DealEvent(deal_id=deal.id, status=status, by_id=actor.id, reason=reason))
