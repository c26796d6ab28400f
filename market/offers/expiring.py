"""Offers that a wrong clock took for expired."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import insert, update

from market.calendar.services import turns, undoings
from market.database import db
from market.offers.models import Offer, OfferChange, Status
from market.offers.services import expire_offers


def restore_expired(now: datetime, since: datetime | None = None) -> int:
    """Publish again every expired offer whose time is not up; how many.

    In bulk and without signals, as they were expired.

    Args:
        since: only those that expired since then, by the clock as it was.
    """
    when = [] if since is None else [Offer.updated_at >= since]
    ids = db.session.scalars(
        update(Offer)
        .where(Offer.status == Status.EXPIRED, Offer.valid_until > now, *when)
        .values(status=Status.PUBLISHED)
        .returning(Offer.id),
        execution_options={"synchronize_session": "fetch"},
    ).all()
    if ids:
        db.session.execute(insert(OfferChange), [{"offer_id": id, "at": now} for id in ids])
    return len(ids)


def _undo(now: datetime, since: datetime | None) -> list[str]:
    count = restore_expired(now, since)
    return [f"{count} offers published again."] if count else []


turns.append(expire_offers)
undoings.append(_undo)
