"""Entering certificates, and what the county's official finds. Called inside transaction()."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort, g
from flask_babel import ngettext as _n
from sqlalchemy import ColumnElement, Date, Select, and_, cast, func, literal, null, or_, select

from market.accounts.models import Account
from market.accounts.quotas import Quota, count_by
from market.database import db, lock, utcnow
from market.desk.queries import inside
from market.messages.models import EnquiryThread
from market.offers.certificates import split_codes
from market.offers.models import Offer
from market.offers.photos import StoredPhoto, keep_photo
from market.permissions import may
from market.regions.models import Region
from market.traders.models import (
    CertificateDecision,
    CertificateKind,
    TraderCertificate,
    TraderDispute,
)
from market.traders.offices import office_of
from market.traders.signals import TraderEvent, trader_event
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l
from market.web.pagination import Pagination
from market.web.reasons import require_reason

FOLDER = "certificates"
CERTIFICATE_QUOTA = Quota(
    "certificates",
    count_by(TraderCertificate.entered_by_id, TraderCertificate.at),
    _l("You have entered as many certificates as one can in a day. Go on tomorrow."),
    lambda left: _n(
        "You can enter %(num)s more certificate today.",
        "You can enter %(num)s more certificates today.",
        left,
    ),
)


@dataclass(frozen=True)
class CertificateValues:
    """What is printed on a certificate."""

    kind: CertificateKind
    number: str
    issued_by: str
    valid_until: date | None


def enter(
    actor: Account, trader: Account, values: CertificateValues, photo: StoredPhoto | None, key: str
) -> TraderCertificate:
    """Enter a certificate for the county to check.

    Raises:
        Repeated: the actor sent this form before.
        Refused: the actor does not speak for the trader.
        Invalid: it has run out, or there is no room for the picture.
        QuotaReached.
    """
    key = bound_key(actor, TraderCertificate, key)
    refuse_repeated(TraderCertificate, key)
    if not may(actor, "party.represent", trader):
        raise Refused(_l("Your account has no right to do this."))
    if values.valid_until is not None and values.valid_until < home_today():
        raise Invalid(_l("It has run out: enter the new one."), "valid_until")
    CERTIFICATE_QUOTA.check(actor)
    if photo is not None:
        keep_photo(photo, FOLDER)
    row = TraderCertificate(
        account_id=trader.id,
        entered_by_id=actor.id,
        region_code=office_of(trader).code,
        kind=values.kind,
        number=values.number.strip(),
        issued_by=values.issued_by.strip(),
        valid_until=values.valid_until,
        sha256=photo.sha256 if photo else None,
        width=photo.width if photo else None,
        height=photo.height if photo else None,
        key=key,
    )
    add_once(row)
    return row


def remove(actor: Account, row: TraderCertificate) -> None:
    """The trader's side takes a certificate away, with what was disputed about it."""
    if not may(actor, "certificate.manage", lock(row)):
        raise Refused(_l("Your account has no right to do this."))
    for dispute in db.session.scalars(
        select(TraderDispute).where(TraderDispute.certificate_id == row.id)
    ).all():
        db.session.delete(dispute)
    db.session.flush()
    db.session.delete(row)


def decide_certificate(
    official: Account,
    row: TraderCertificate,
    decision: CertificateDecision,
    source: str,
    reason: str,
) -> None:
    """Say where it was looked up and found right, or why it is refused.

    Raises:
        Refused: the official is of another county, or concerned.
        InvalidTransition: somebody decided it first.
        Invalid: no source, or no reason.
    """
    if not may(official, "trader_case.decide", lock(row)):
        raise Refused(_l("Your account has no right to do this."))
    if row.decision is not None:
        raise InvalidTransition()
    if decision is CertificateDecision.CHECKED:
        require_reason(source, _l("Say where you looked it up."))
        row.source = source.strip()
    else:
        require_reason(reason)
        row.decision_reason = reason.strip()
    row.decision = decision
    row.decided_by_id, row.decided_at = official.id, utcnow()
    db.session.flush()
    trader_event.send(
        None,
        party_id=row.account_id,
        event=TraderEvent.CERTIFICATE_DECIDED,
        about_id=row.account_id,
        key=f"certificate {row.id}",
    )


def get_certificate(certificate_id: int) -> TraderCertificate:
    """The certificate, or 404."""
    return db.session.get(TraderCertificate, certificate_id) or abort(404)


def certificates_of(account: Account) -> Sequence[TraderCertificate]:
    """All certificates of the account, for its own side."""
    mine = select(TraderCertificate).where(TraderCertificate.account_id == account.id)
    return db.session.scalars(mine.order_by(TraderCertificate.id.desc())).all()


def _shown() -> ColumnElement[bool]:
    """SQL: an official has found it right, it has not run out and is not hidden."""
    holds = TraderCertificate.valid_until
    return and_(
        TraderCertificate.decision == CertificateDecision.CHECKED,
        TraderCertificate.is_hidden.is_(False),
        or_(holds.is_(None), holds >= home_today()),
    )


def checked_certificates(account: Account) -> Sequence[TraderCertificate]:
    """What the public is shown of the account's certificates."""
    mine = select(TraderCertificate).where(TraderCertificate.account_id == account.id, _shown())
    return db.session.scalars(mine.order_by(TraderCertificate.kind, TraderCertificate.id)).all()


def checked_of_asked(offer: Offer, seller_id: int) -> list[CertificateKind]:
    """Which of the certificates that a purchase asks for the seller has, checked; all who wrote
    about the purchase are read at once."""
    known: dict[int, dict[int, set[CertificateKind]]] = g.setdefault("checked_of_asked", {})
    if offer.id not in known:
        askers = select(EnquiryThread.asker_id).where(EnquiryThread.offer_id == offer.id)
        rows = db.session.execute(
            select(TraderCertificate.account_id, TraderCertificate.kind)
            .where(TraderCertificate.account_id.in_(askers), _shown())
            .distinct()
        )
        found: dict[int, set[CertificateKind]] = {}
        for account_id, kind in rows:
            found.setdefault(account_id, set()).add(kind)
        known[offer.id] = found
    asked = [CertificateKind(code.value) for code in split_codes(offer.certificates)]
    return [kind for kind in asked if kind in known[offer.id].get(seller_id, ())]


def waiting_certificates(paths: Sequence[str]) -> Select[Any]:
    """A select as line_queries.waiting_disputes(), of certificates."""
    count, oldest = func.count(), func.min(TraderCertificate.at)
    figures: Any = select(Region.path, count, literal(0), oldest, cast(null(), Date), literal(3))
    return _waiting(figures, paths).group_by(Region.path)


def count_certificates(paths: Sequence[str]) -> int:
    """How many certificates wait in these subtrees."""
    return db.session.scalar(_waiting(select(func.count()), paths)) or 0


def certificates_page(paths: Sequence[str], pagination: Pagination) -> list[TraderCertificate]:
    """A page of the certificates that wait there, the oldest first."""
    query = _waiting(select(TraderCertificate), paths)
    query = query.order_by(TraderCertificate.at, TraderCertificate.id)
    return list(db.session.scalars(pagination.limit(query)))


def _waiting(query: Select[Any], paths: Sequence[str]) -> Select[Any]:
    return (
        query.select_from(TraderCertificate)
        .join(Region, Region.code == TraderCertificate.region_code)
        .where(TraderCertificate.decision.is_(None), inside(paths))
    )
