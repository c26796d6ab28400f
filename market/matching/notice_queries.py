"""Reading the notices of matches: how many are new to the owner of an offer, and which."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import aliased

from market.accounts.today import ACCOUNT, NOW
from market.database import db, utcnow
from market.matching.models import MatchNotice
from market.offers.models import Offer, OfferStatus
from market.offers.queries import public
from market.offers.quoting import takes_quotations

# A match that was marked as seen is still shown as new for so long: marking it comes just
# before looking at it.
SHOWN_AS_NEW = timedelta(hours=1)

_Counterpart = aliased(Offer)


def new_matches(owner_id: int) -> dict[int, int]:
    """How many new matches each public offer of the owner has; those of none left out.

    What was closed, sold out or ran out of time since it was found is not counted, nor are
    purchases past their deadline.
    """
    now = utcnow()
    rows = db.session.execute(
        select(MatchNotice.offer_id, func.count())
        .join(Offer, Offer.id == MatchNotice.offer_id)
        .join(_Counterpart, _Counterpart.id == MatchNotice.counterpart_id)
        .where(Offer.owner_id == owner_id, MatchNotice.seen_at.is_(None))
        .where(public(now), takes_quotations(), _counterpart_is_available(now))
        .group_by(MatchNotice.offer_id)
    )
    return dict(rows.all())


def matches_found(offer_ids: Collection[int], since: datetime) -> Sequence[tuple[int, datetime]]:
    """(the offer, when it was found) of each match of these offers since then."""
    of = MatchNotice
    rows = select(of.offer_id, of.found_at).where(of.offer_id.in_(offer_ids), of.found_at >= since)
    return [(offer_id, at) for offer_id, at in db.session.execute(rows)]


def unseen_matches() -> Select[*tuple[Any, ...]]:
    """For the list of what waits today: how many new matches the public offers of ACCOUNT have,
    and since when."""
    return (
        select(func.count(), func.min(MatchNotice.found_at))
        .join(Offer, Offer.id == MatchNotice.offer_id)
        .join(_Counterpart, _Counterpart.id == MatchNotice.counterpart_id)
        .where(Offer.owner_id == ACCOUNT, MatchNotice.seen_at.is_(None))
        .where(public(NOW), takes_quotations(), _counterpart_is_available(NOW))
    )


def recent_notices(offer_id: int) -> dict[int, bool]:
    """Counterparts that are new to the offer's owner, and whether they are not seen yet."""
    now = utcnow()
    rows = db.session.execute(
        select(MatchNotice.counterpart_id, MatchNotice.seen_at)
        .join(_Counterpart, _Counterpart.id == MatchNotice.counterpart_id)
        .where(MatchNotice.offer_id == offer_id, _counterpart_is_available(now))
        .where(or_(MatchNotice.seen_at.is_(None), MatchNotice.seen_at > now - SHOWN_AS_NEW))
    )
    return {id: seen_at is None for id, seen_at in rows}


def _counterpart_is_available(now: Any) -> ColumnElement[bool]:
    """SQL: the counterpart of a notice is published, valid, not sold out, and no purchase past its
    deadline."""
    return and_(
        _Counterpart.status == OfferStatus.PUBLISHED,
        _Counterpart.valid_until > now,
        _Counterpart.remaining > 0,
        takes_quotations(_Counterpart),
    )
