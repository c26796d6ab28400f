"""Changes of many offers at once, which the index is told of and no follower is."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, insert, select, update

from market.database import db, utcnow
from market.offers.models import Offer, OfferChange, OfferStatus


def update_in_bulk(now: datetime, which: Iterable[ColumnElement[bool]], **values: Any) -> int:
    """Set `values` of the offers of these conditions, and tell the index; how many there were.

    Without signals: only for what no follower copies.
    """
    ids = db.session.scalars(
        update(Offer).where(*which).values(**values).returning(Offer.id),
        execution_options={"synchronize_session": "fetch"},
    ).all()
    if ids:
        db.session.execute(insert(OfferChange), [{"offer_id": id, "at": now} for id in ids])
    return len(ids)


def reindex_owners(owner_ids: Collection[int]) -> None:
    """Have the index read these owners' public offers again: their record of deals changed.

    In bulk: nothing about the offers changed, so no signal is sent.
    """
    ids = db.session.scalars(
        select(Offer.id).where(Offer.owner_id.in_(owner_ids), Offer.status == OfferStatus.PUBLISHED)
    ).all()
    now = utcnow()
    if ids:
        db.session.execute(insert(OfferChange), [{"offer_id": id, "at": now} for id in ids])
