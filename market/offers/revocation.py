"""Taking back offers that nobody has touched since they were posted, as if they had never been."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, exists, func, select

from market.database import Base, chunks, db
from market.offers import signals
from market.offers.models import (
    ClosingReason,
    Offer,
    OfferChange,
    OfferPublication,
    OfferStatus,
    OfferViews,
    ShortlistEntry,
    Verification,
)

OWN_ROWS = (OfferPublication, OfferViews, ShortlistEntry)
# The tables whose rows leave with an offer: a row of any other that names it says it was used. Who
# listens to `signals.offers_revoked` adds its own.
dependent_tables = {OfferChange.__tablename__, *(model.__tablename__ for model in OWN_ROWS)}


def touched_offers(offer_ids: Select[Any], posted_at: datetime) -> dict[int, str]:
    """Of these offers those that were changed or used since, with why: "changed", or the name of
    the table that names them.

    Args:
        posted_at: when all of them were.
    """
    is_one = Offer.id.in_(offer_ids)
    untouched = and_(
        Offer.updated_at == posted_at,
        Offer.status == OfferStatus.PUBLISHED,
        Offer.verification == Verification.UNVERIFIED,
    )
    changed = db.session.scalars(select(Offer.id).where(is_one, ~untouched))
    touched = dict.fromkeys(changed, "changed")
    for table, column in _references():
        if table not in dependent_tables:
            used = select(column).distinct().where(column.in_(offer_ids))
            touched |= dict.fromkeys(db.session.scalars(used), table)
    return touched


def closed_columns(now: datetime) -> dict[str, Any]:
    """What an offer that is taken back has in its columns."""
    return {
        "status": OfferStatus.CLOSED,
        "status_reason": ClosingReason.STOPPED,
        "updated_at": now,
    }


def tell_of_revoked(offer_ids: Collection[int], now: datetime) -> None:
    """Delete what offers that were closed, each with a row of OfferChange for the index, have left
    in lists, fairs, matches and notices.

    Inside transaction(). The rows themselves stay, closed, until they are `deletable`.
    """
    if not offer_ids:
        return
    for some in chunks(offer_ids):
        for model in OWN_ROWS:
            db.session.execute(delete(model).where(model.offer_id.in_(some)))
    signals.offers_revoked.send(offer_ids=offer_ids, at=now)


def deletable(offer_ids: Collection[int]) -> list[int]:
    """Of offers that were taken back those that nothing names any more, the index neither.

    The newest row of the table is none: SQLite would give its number again.
    """
    found: list[int] = []
    newest = db.session.scalar(select(func.max(Offer.id)))
    for some in chunks(offer_ids):
        free = select(Offer.id).where(Offer.id.in_(some), Offer.id != newest)
        for _table, column in _references():
            free = free.where(~exists().where(column == Offer.id))
        found += db.session.scalars(free)
    return found


def _references() -> Iterator[tuple[str, Any]]:
    """(table, column) of all that points at offers."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == Offer.__tablename__ for key in column.foreign_keys):
                yield table.name, column
