"""Complaining, being heard, deciding. Called inside transaction()."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from flask_babel import ngettext as _n

from market.accounts.models import Account
from market.accounts.quotas import Quota, count_by
from market.database import db, lock, utcnow
from market.deals.models import Deal
from market.messages.models import MAX_TEXT_LENGTH, EnquiryThread
from market.offers.models import Offer
from market.offers.photos import StoredPhoto, keep_photo
from market.permissions import may
from market.traders.complaint_models import (
    MAX_COMPLAINT_PHOTOS,
    Complaint,
    ComplaintDecision,
    ComplaintKind,
    ComplaintPhoto,
)
from market.traders.offices import office_of
from market.traders.signals import TraderEvent, trader_event
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l
from market.web.reasons import check_length, require_reason

FOLDER = "complaints"
# The accused have so long to be heard before a complaint is upheld without them.
HEARING_TIME = timedelta(days=3)
COMPLAINTS = Quota(
    "complaints",
    count_by(Complaint.by_id, Complaint.at),
    _l("You have complained as much as one can in a day. Go on tomorrow."),
    lambda left: _n(
        "You can complain %(num)s more time today.",
        "You can complain %(num)s more times today.",
        left,
    ),
)


@dataclass(frozen=True)
class ComplaintSubject:
    """Who complains about whom, and what it came from; at most one of the last three."""

    complainant: Account
    accused: Account
    deal: Deal | None = None
    thread: EnquiryThread | None = None
    offer: Offer | None = None


def complain(
    actor: Account,
    subject: ComplaintSubject,
    kind: ComplaintKind,
    text: str,
    photos: Iterable[StoredPhoto],
    key: str,
) -> Complaint:
    """Complain to the county of the accused, which has COMPLAINT_DAYS to decide.

    Raises:
        Repeated: the actor sent this form before.
        Refused: it is about oneself, or about somebody one speaks for.
        Invalid: no text, too long, or no room for a picture.
        QuotaReached.
    """
    key = bound_key(actor, Complaint, key)
    refuse_repeated(Complaint, key)
    if not may(actor, "party.represent", subject.complainant) or may(
        actor, "party.represent", subject.accused
    ):
        raise Refused(_l("That is your own side."))
    _check(text)
    COMPLAINTS.check(actor)
    row = Complaint(
        complainant_id=subject.complainant.id,
        accused_id=subject.accused.id,
        by_id=actor.id,
        region_code=office_of(subject.accused, subject.complainant).code,
        deal=subject.deal,
        thread=subject.thread,
        offer=subject.offer,
        kind=kind,
        text=text.strip(),
        due_on=home_today() + timedelta(days=current_app.config["COMPLAINT_DAYS"]),
        key=key,
    )
    for photo in list(photos)[:MAX_COMPLAINT_PHOTOS]:
        keep_photo(photo, FOLDER)
        row.photos.append(
            ComplaintPhoto(sha256=photo.sha256, width=photo.width, height=photo.height)
        )
    add_once(row)
    _tell(row, subject.accused.id, TraderEvent.COMPLAINED)
    return row


def state(actor: Account, row: Complaint, text: str) -> None:
    """The accused are heard, once. Raises Refused, InvalidTransition or Invalid."""
    _require(actor, "complaint.answer", lock(row))
    if not row.is_open or row.stated_at is not None:
        raise InvalidTransition()
    _check(text)
    row.statement, row.stated_at = text.strip(), utcnow()
    db.session.flush()
    _tell(row, row.complainant_id, TraderEvent.COMPLAINT_ANSWERED)


def withdraw(actor: Account, row: Complaint) -> None:
    """The complainant no longer wants it decided. Raises Refused or InvalidTransition."""
    _require(actor, "complaint.withdraw", lock(row))
    if not row.is_open:
        raise InvalidTransition()
    row.withdrawn_at = utcnow()
    db.session.flush()
    _tell(row, row.accused_id, TraderEvent.COMPLAINT_WITHDRAWN)


def decide_complaint(
    official: Account, row: Complaint, decision: ComplaintDecision, reason: str
) -> None:
    """Uphold, dismiss or call it settled, with a reason that both sides read.

    Raises:
        Refused: the official is of another county, or concerned.
        InvalidTransition: it was decided or withdrawn before.
        Invalid: no reason; upheld before the accused could be heard.
    """
    _require(official, "trader_case.decide", lock(row))
    if not row.is_open:
        raise InvalidTransition()
    require_reason(reason)
    is_heard = row.stated_at is not None or utcnow() >= row.at + HEARING_TIME
    if decision is ComplaintDecision.UPHELD and not is_heard:
        raise Invalid(
            _l("Hear the accused first: they have three days for their statement."), "decision"
        )
    row.decision, row.decision_reason = decision, reason.strip()
    row.decided_by_id, row.decided_at = official.id, utcnow()
    db.session.flush()
    for party_id in (row.complainant_id, row.accused_id):
        _tell(row, party_id, TraderEvent.COMPLAINT_DECIDED)


def _require(actor: Account, permission: str, row: Complaint) -> None:
    if not may(actor, permission, row):
        raise Refused(_l("Your account has no right to do this."))


def _check(text: str) -> None:
    if not text.strip():
        raise Invalid(_l("Still missing: the text."), "text")
    check_length(text.strip(), "text", MAX_TEXT_LENGTH)


def _tell(row: Complaint, party_id: int, event: TraderEvent) -> None:
    key = f"{event} {row.id}"
    trader_event.send(None, party_id=party_id, event=event, about_id=row.id, key=key)
