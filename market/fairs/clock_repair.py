"""Putting right the fairs that a wrong clock opened or closed."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import and_, exists, or_, select

from market.calendar.services import scheduled_steps, undo_steps
from market.database import db, lock
from market.fairs.history import record_event
from market.fairs.models import Fair, FairEvent, FairEventKind, FairListing, FairStatus
from market.fairs.services import DATE_EVENTS, enrol_from_publications, sync_listings, update_states
from market.fairs.signals import fair_opened
from market.offers.models import Offer, OfferStatus, Verification
from market.text.days import local_day
from market.web.home_time import home_zone


def restore_states(now: datetime, since: datetime | None = None) -> list[Fair]:
    """Set fairs back that are in a later state than their dates give at `now`.

    Args:
        since: only those that the calendar moved since then, by the clock as it was.
    """
    today = local_day(now, home_zone())
    too_far = or_(
        and_(Fair.status == FairStatus.CLOSED, Fair.ends_on >= today),
        and_(Fair.status == FairStatus.OPEN, Fair.starts_on > today),
    )
    moved = exists().where(
        FairEvent.fair_id == Fair.id,
        FairEvent.kind.in_(DATE_EVENTS.values()),
        FairEvent.by_id.is_(None),
        *([] if since is None else [FairEvent.at >= since]),
    )
    fairs = db.session.scalars(
        select(Fair).where(too_far, moved, ~Fair.totals_only).order_by(Fair.id)
    ).all()
    for fair in fairs:
        lock(fair)
        if fair.starts_on > today:
            fair.status = FairStatus.ANNOUNCED
            reason = _("Opened by a wrong clock; not yet open.")
            record_event(fair, FairEventKind.ANNOUNCED, at=now, reason=reason)
        else:
            fair.status = FairStatus.OPEN
            reason = _("Closed by a wrong clock; open again.")
            record_event(fair, FairEventKind.OPENED, at=now, reason=reason)
            _catch_up(fair)
            fair_opened.send(fair_id=fair.id)
    return list(fairs)


def _catch_up(fair: Fair) -> None:
    """List what was published while the fair was closed, and copy what changed."""
    enrol_from_publications(fair)
    verified = Offer.verification == Verification.VERIFIED
    differing = (
        select(Offer)
        .join(FairListing, FairListing.offer_id == Offer.id)
        .where(
            FairListing.fair_id == fair.id,
            or_(
                FairListing.side != Offer.side,
                FairListing.region_code != Offer.region_code,
                FairListing.product_code != Offer.product_code,
                FairListing.verified != verified,
                and_(FairListing.counts, Offer.status == OfferStatus.REJECTED),
            ),
        )
    )
    for offer in db.session.scalars(differing).all():
        sync_listings(offer)


def _undo(now: datetime, since: datetime | None) -> list[str]:
    return [f"{fair.slug}: {fair.status.value} again." for fair in restore_states(now, since)]


scheduled_steps.append(update_states)
undo_steps.append(_undo)
