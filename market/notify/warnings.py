"""What the calendar tells owners of: offers that end soon, purchases whose quotations are in."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import exists, or_, select

from market.calendar.services import scheduled_steps
from market.database import db
from market.notify.models import Notice, NoticeKind, WarningCursor
from market.notify.services import notify
from market.offers.models import Offer, OfferStatus
from market.offers.rules import WARNING_DAYS
from market.text.days import local_day, local_midnight
from market.web.home_time import home_zone

EXPIRING = "expiring"
# In one minute.
BATCH = 300


def warn_of_expiry(now: datetime) -> int:
    """Warn the owner of each offer that comes to end within WARNING_DAYS; how many.

    Offers are gone through in the order of their ends, each end once: what is renewed comes
    again. What was posted for fewer days is not warned of.
    """
    until = now + timedelta(days=WARNING_DAYS)
    cursor = db.session.get(WarningCursor, EXPIRING)
    if cursor is None:
        cursor = WarningCursor(name=EXPIRING, at=now, last_id=0)
        db.session.add(cursor)
    later = or_(
        Offer.valid_until > cursor.at,
        (Offer.valid_until == cursor.at) & (Offer.id > cursor.last_id),
    )
    offers = db.session.execute(
        select(Offer.id, Offer.owner_id, Offer.product_code, Offer.valid_until)
        .where(Offer.status == OfferStatus.PUBLISHED, Offer.valid_until > now, later)
        .where(Offer.valid_until <= until)
        .order_by(Offer.valid_until, Offer.id)
        .limit(BATCH)
    ).all()
    for offer in offers:
        notify(
            offer.owner_id,
            NoticeKind.EXPIRING,
            f"expiring {offer.id} {offer.valid_until.timestamp():.0f}",
            offer.id,
            is_listed=True,
            at=now,
            product=offer.product_code,
        )
        cursor.at, cursor.last_id = offer.valid_until, offer.id
    return len(offers)


def tell_of_deadlines(now: datetime) -> int:
    """Tell the owner of each purchase whose last day for quotations was yesterday; how many."""
    zone = home_zone()
    today = local_day(now, zone)
    is_known = exists().where(
        Notice.kind == NoticeKind.DEADLINE,
        Notice.about_id == Offer.id,
        Notice.at >= local_midnight(today, zone),
    )
    purchases = db.session.execute(
        select(Offer.id, Offer.owner_id, Offer.product_code)
        .where(Offer.quotation_deadline == today - timedelta(days=1))
        .where(Offer.status == OfferStatus.PUBLISHED, ~is_known)
        .order_by(Offer.id)
        .limit(BATCH)
    ).all()
    for purchase in purchases:
        notify(
            purchase.owner_id,
            NoticeKind.DEADLINE,
            f"deadline {purchase.id} {today.isoformat()}",
            purchase.id,
            is_listed=True,
            at=now,
            product=purchase.product_code,
        )
    return len(purchases)


scheduled_steps += [warn_of_expiry, tell_of_deadlines]
