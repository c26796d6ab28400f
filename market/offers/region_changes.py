"""Offers of a region that has ended are placed in what it became, as long as they can be seen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from market.database import db
from market.offers.models import Offer, OfferStatus
from market.offers.services import record_change
from market.regions.signals import region_ended

# The others keep their place; publishing one again moves it too.
LIVE = (OfferStatus.DRAFT, OfferStatus.REJECTED, OfferStatus.PUBLISHED)


@region_ended.connect
def _move(sender: Any, code: str, successor: str) -> None:
    live = select(Offer).where(Offer.region_code == code, Offer.status.in_(LIVE))
    for offer in db.session.scalars(live.order_by(Offer.id)).all():
        offer.region_code = successor
        record_change(offer)
