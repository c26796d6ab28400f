"""Offers whose time is up, and those that a wrong clock took for it."""

from __future__ import annotations

from datetime import datetime

from market.calendar.services import scheduled_steps, undo_steps
from market.offers.bulk import update_in_bulk
from market.offers.models import Offer, OfferStatus


def expire_offers(now: datetime) -> int:
    """Expire every published offer whose time is up; how many.

    In bulk: nothing that a follower copies changes by it, so no signal is sent.
    """
    is_past = (Offer.status == OfferStatus.PUBLISHED, Offer.valid_until <= now)
    return update_in_bulk(now, is_past, status=OfferStatus.EXPIRED, status_reason="")


def restore_expired(now: datetime, since: datetime | None = None) -> int:
    """Publish again every expired offer whose time is not up; how many.

    In bulk and without signals, as they were expired.

    Args:
        since: only those that expired since then, by the clock as it was.
    """
    when = [] if since is None else [Offer.updated_at >= since]
    is_valid = (Offer.status == OfferStatus.EXPIRED, Offer.valid_until > now, *when)
    return update_in_bulk(now, is_valid, status=OfferStatus.PUBLISHED)


def _undo(now: datetime, since: datetime | None) -> list[str]:
    count = restore_expired(now, since)
    return [f"{count} offers published again."] if count else []


scheduled_steps.append(expire_offers)
undo_steps.append(_undo)
