"""Export and erasure of an account's deals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import selectinload

from market.accounts.models import Account
from market.accounts.privacy.erasures import (
    FileEraser,
    Person,
    PersonalTexts,
    file_erasers,
    personal_texts,
)
from market.accounts.privacy.exports import erasers, exporters
from market.accounts.services import ERASED_NAME
from market.database import db, utcnow
from market.deals.models import (
    DEAL_TRANSITIONS,
    Deal,
    DealEvent,
    DealProof,
    DealRevision,
    DealStatus,
)
from market.deals.services import cancel_deal
from market.deals.unregistered_models import DealCallBack, UnregisteredParty
from market.offers import photos
from market.offers.models import Offer, OfferPhoto, Side
from market.offers.privacy import WRITTEN
from market.offers.services import record_change

# In both languages, because it is stored, not translated with the page.
REASON = "账号已注销 (account erased)"
UNFINISHED = [status for status, to in DEAL_TRANSITIONS.items() if DealStatus.CANCELLED in to]


def _mine(account: Account) -> Select[Any]:
    party = or_(Deal.seller_id == account.id, Deal.buyer_id == account.id)
    return select(Deal).where(party).order_by(Deal.id)


def _deals(account: Account) -> list[dict[str, Any]]:
    return [
        {
            "id": deal.id,
            "as": "seller" if deal.seller_id == account.id else "buyer",
            "with": deal.buyer_name if deal.seller_id == account.id else deal.seller_name,
            "with_account": deal.unregistered_id is None,
            "evidence": deal.evidence,
            "status": deal.status,
            "status_reason": deal.status_reason,
            "product": {"code": deal.product_code, "name": deal.product.name},
            "quantity": str(deal.quantity),
            "unit": deal.unit,
            "unit_price": str(deal.unit_price),
            "amount_fen": deal.amount_fen,
            "amount_reason": deal.amount_reason,
            "basis": deal.basis,
            "note": deal.note,
            "day_reason": deal.day_reason,
            "revisions": [
                {
                    "by": revision.by.name,
                    "at": revision.at.isoformat(),
                    "answer": revision.answer,
                    "before": _figures(revision, "before_"),
                    "after": _figures(revision),
                }
                for revision in deal.revisions
            ],
            "proposed_at": deal.created_at.isoformat(),
            "agreed_on": deal.agreed_on.isoformat() if deal.agreed_on else None,
            "verified_at": deal.verified_at.isoformat() if deal.verified_at else None,
            "channel": deal.channel,
            "seller_offer": deal.seller_offer_id,
            "buyer_offer": deal.buyer_offer_id,
            "proofs": [
                {"sha256": proof.sha256, "at": proof.at.isoformat()} for proof in deal.proofs
            ],
        }
        for deal in db.session.scalars(_mine(account))
    ]


def _figures(revision: DealRevision, which: str = "") -> dict[str, Any]:
    names = ("quantity", "unit", "unit_price", "amount_fen", "agreed_on")
    return {name: str(getattr(revision, which + name)) for name in names}


def _erase(account: Account) -> None:
    """Cancel deals that are not verified and release their quantities; counted deals stay."""
    for deal in db.session.scalars(_mine(account).where(Deal.status.in_(UNFINISHED))).all():
        cancel_deal(account, deal, REASON)
    db.session.flush()
    history = (selectinload(Deal.events), selectinload(Deal.revisions), selectinload(Deal.proofs))
    fresh = {"populate_existing": True}
    for deal in db.session.scalars(_mine(account).options(*history), execution_options=fresh):
        _erase_texts(account, deal)
        if deal.status is not DealStatus.VERIFIED:
            delete_proofs(deal)
            if deal.unregistered is not None and deal.unregistered.phone is not None:
                erase_party(deal.unregistered)
    _erase_as_unregistered(account)


def delete_proofs(deal: Deal) -> list[str]:
    """Delete what proves a deal that nothing counts; the files' hashes."""
    hashes = [proof.sha256 for proof in deal.proofs]
    for proof in deal.proofs:
        db.session.delete(proof)
    return hashes


def erase_party(party: UnregisteredParty) -> None:
    """Empty who somebody without an account is; the deal keeps a side without a name."""
    party.name, party.phone, party.erased_at = ERASED_NAME, None, utcnow()
    party.code_hash = ""


def _erase_as_unregistered(account: Account) -> None:
    """Erase them where others wrote down a deal with their number."""
    written = select(UnregisteredParty).where(UnregisteredParty.phone == account.phone)
    for party in db.session.scalars(written).all() if account.phone else ():
        erase_party(party)


def _erase_texts(account: Account, deal: Deal) -> None:
    """Empty what the account's side wrote about the deal; what others wrote stays."""
    side = Side.SELL if deal.seller_id == account.id else Side.BUY
    if deal.proposed_side is side or any(r.by_side is side for r in deal.revisions):
        deal.note = deal.amount_reason = deal.day_reason = ""
    for revision in deal.revisions:
        if revision.by_side is side:
            revision.amount_reason = revision.day_reason = ""
    for event in deal.events:
        if event.by_id == account.id and event.reason != REASON:
            event.reason = ""
    if deal.events:
        deal.status_reason = deal.events[-1].reason


def _files(account: Account) -> list[str]:
    """The photos of the account's offers, and the proofs of deals that nothing counts."""
    photos_ = select(OfferPhoto.sha256).join(Offer).where(Offer.owner_id == account.id)
    uncounted = _mine(account).where(Deal.status != DealStatus.VERIFIED)
    ids = uncounted.with_only_columns(Deal.id).order_by(None)
    proofs = select(DealProof.sha256).where(DealProof.deal_id.in_(ids))
    return sorted({*db.session.scalars(photos_), *db.session.scalars(proofs)})


def _delete_files(states: list[Any]) -> list[Any]:
    photos.delete_unused({sha256 for state in states for sha256 in state})
    return [None] * len(states)


def _involves(person: Person) -> ColumnElement[bool]:
    """SQL condition: the person took part in the deal or acted on it."""
    columns = (
        *(Deal.seller_id, Deal.buyer_id, Deal.proposed_by_id, Deal.agreed_by_id),
        *(Deal.verified_by_id, Deal.county_verified_by_id),
    )
    steps = select(DealEvent.deal_id).where(DealEvent.by_id == person.id)
    known = [int(key) for key in person.rows.get("deals", ())]
    return or_(*(column == person.id for column in columns), Deal.id.in_(steps), Deal.id.in_(known))


def _part_of(column: Any) -> Callable[[Person], ColumnElement[bool]]:
    """The condition for parts of these deals, by the column that names the deal."""
    return lambda person: column.in_(select(Deal.id).where(_involves(person)))


def _offers_of_deals(person: Person) -> ColumnElement[bool]:
    """The offers that their deals came from."""
    deals = (
        select(column).where(_involves(person))
        for column in (Deal.seller_offer_id, Deal.buyer_offer_id)
    )
    return or_(*(Offer.id.in_(ids.where(ids.selected_columns[0].is_not(None))) for ids in deals))


def _proofs_in_use() -> list[str]:
    return list(db.session.scalars(select(DealProof.sha256).distinct()))


def _as_unregistered(account: Account) -> list[dict[str, Any]]:
    """Deals that others wrote down with the account's number, as with somebody without one."""
    query = (
        select(Deal.id, UnregisteredParty.name, Deal.status)
        .join(UnregisteredParty, UnregisteredParty.id == Deal.unregistered_id)
        .where(UnregisteredParty.phone == account.phone)
        .order_by(Deal.id)
    )
    rows = db.session.execute(query) if account.phone else ()
    return [{"id": id_, "name": name, "status": status} for id_, name, status in rows]


exporters.append(("deals", _deals))
exporters.append(("deals_without_account", _as_unregistered))
# Before the offers are closed: giving a quantity back can open one that was sold out.
erasers.insert(0, _erase)
personal_texts += [
    PersonalTexts(Deal, ("note", "amount_reason", "day_reason", "status_reason"), _involves),
    PersonalTexts(DealEvent, ("reason",), _part_of(DealEvent.deal_id)),
    PersonalTexts(DealCallBack, ("call_answer",), _part_of(DealCallBack.deal_id)),
    PersonalTexts(DealRevision, ("amount_reason", "day_reason"), _part_of(DealRevision.deal_id)),
    PersonalTexts(Offer, WRITTEN, _offers_of_deals, record_change),
]
file_erasers["files"] = FileEraser(_files, _delete_files)
photos.hashes_in_use["proofs"] = _proofs_in_use
