"""What the room says about an account that asks, and what ends with one that is erased."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select, update

from market.accounts.exports import erasers, exporters
from market.accounts.models import Account
from market.deals.models import DEAL_TRANSITIONS, Deal, DealProof, DealRevision, DealStatus
from market.deals.services import cancel_deal
from market.extensions import db
from market.offers import photos

# In both languages, because it is data, not words of a page.
REASON = "账户已注销 (account erased)"
UNFINISHED = [status for status, to in DEAL_TRANSITIONS.items() if DealStatus.CANCELLED in to]


def _mine(account: Account) -> Any:
    party = or_(Deal.seller_id == account.id, Deal.buyer_id == account.id)
    return select(Deal).where(party).order_by(Deal.id)


def _deals(account: Account) -> list[dict[str, Any]]:
    return [
        {
            "id": deal.id,
            "as": "seller" if deal.seller_id == account.id else "buyer",
            "with": (deal.buyer if deal.seller_id == account.id else deal.seller).name,
            "status": deal.status,
            "status_reason": deal.status_reason,
            "product": {"code": deal.product_code, "name": deal.product.name},
            "quantity": str(deal.quantity),
            "unit": deal.unit,
            "unit_price": str(deal.unit_price),
            "amount_fen": deal.amount_fen,
            "amount_reason": deal.amount_reason,
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
    """Cancel what is not verified; the offers get it back. What the ledger counts stays."""
    for deal in db.session.scalars(_mine(account).where(Deal.status.in_(UNFINISHED))).all():
        cancel_deal(account, deal, REASON)
    # Words may name people; the figures of what was changed stay with the deal.
    mine = select(Deal.id).where(or_(Deal.seller_id == account.id, Deal.buyer_id == account.id))
    db.session.execute(
        update(DealRevision)
        .where(DealRevision.deal_id.in_(mine))
        .values(amount_reason="", day_reason="")
    )


def _proofs_in_use() -> list[str]:
    return list(db.session.scalars(select(DealProof.sha256).distinct()))


exporters.append(("deals", _deals))
# Before the offers are withdrawn: giving a quantity back can open one that was sold out.
erasers.insert(0, _erase)
photos.in_use["proofs"] = _proofs_in_use
