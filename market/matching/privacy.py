"""Notices of matches in the export and the erasure of an account."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, delete, or_, select

from market.accounts.models import Account
from market.accounts.privacy.exports import erasers, exporters
from market.database import db
from market.matching.models import MatchChange, MatchNotice
from market.offers.models import Offer


def _of(account: Account) -> Select[Any]:
    return select(Offer.id).where(Offer.owner_id == account.id)


def _export_notices(account: Account) -> list[dict[str, Any]]:
    mine = select(MatchNotice).where(MatchNotice.offer_id.in_(_of(account)))
    return [
        {
            "offer": notice.offer_id,
            "counterpart": notice.counterpart_id,
            "score": notice.score / 1000,
            "found_at": notice.found_at.isoformat(),
            "seen_at": notice.seen_at.isoformat() if notice.seen_at else None,
        }
        for notice in db.session.scalars(mine.order_by(MatchNotice.id))
    ]


def _erase(account: Account) -> None:
    """Delete the notices of the account's offers, and those that name them to others."""
    mine = _of(account)
    either = or_(MatchNotice.offer_id.in_(mine), MatchNotice.counterpart_id.in_(mine))
    db.session.execute(delete(MatchNotice).where(either))
    db.session.execute(delete(MatchChange).where(MatchChange.offer_id.in_(mine)))


exporters.append(("matches", _export_notices))
erasers.append(_erase)
