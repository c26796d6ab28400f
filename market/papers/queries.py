"""What the desk shows of documents: those of an official's regions, and what can be made."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from market.accounts.models import Account
from market.database import db
from market.fairs.models import HELD, Fair
from market.fairs.queries import STATE_ORDER
from market.papers.models import Document, DocumentKind, DocumentStatus
from market.regions.models import Region, is_current, is_within, within

MAX_SHOWN = 50


def documents_of(paths: Collection[str]) -> Sequence[Document]:
    """The latest documents about the regions of these subtrees, the newest first."""
    return db.session.scalars(
        select(Document)
        .join(Region, Region.code == Document.region_code)
        .where(or_(*(within(Region.path, path) for path in paths)))
        .options(
            joinedload(Document.fair, innerjoin=True).joinedload(Fair.region, innerjoin=True),
            joinedload(Document.region, innerjoin=True),
            joinedload(Document.requested_by, innerjoin=True),
        )
        .order_by(Document.id.desc())
        .limit(MAX_SHOWN)
    ).all()


def counted_fairs(paths: Collection[str]) -> list[Fair]:
    """The fairs with figures that share a region with these subtrees."""
    fairs = db.session.scalars(
        select(Fair)
        .where(Fair.totals_only.is_(False), Fair.status.in_(HELD))
        .options(joinedload(Fair.region, innerjoin=True))
        .order_by(STATE_ORDER, Fair.ends_on.desc(), Fair.id.desc())
    )
    return [
        fair
        for fair in fairs
        if any(
            is_within(path, fair.region.path) or is_within(fair.region.path, path) for path in paths
        )
    ]


def regions_inside(paths: Collection[str]) -> Sequence[Region]:
    """The regions of these subtrees that are or hold reporting ones, by code."""
    return db.session.scalars(
        select(Region)
        .where(
            or_(*(within(Region.path, path) for path in paths)),
            or_(Region.is_leaf, Region.host_code.is_(None)),
            is_current(),
        )
        .order_by(Region.path)
    ).all()


def published_of(fair: Fair) -> Sequence[Document]:
    """The fair's published bulletins, the latest first."""
    return db.session.scalars(
        select(Document)
        .where(
            Document.fair_id == fair.id,
            Document.kind == DocumentKind.BULLETIN,
            Document.published_at.is_not(None),
        )
        .order_by(Document.published_at.desc(), Document.id.desc())
    ).all()


def count_failed(account: Account) -> tuple[int, datetime | None]:
    """How many documents the account asked for have failed and wait for another try, and since
    when the first was asked for."""
    asked = select(func.count(), func.min(Document.requested_at)).where(
        Document.requested_by_id == account.id, Document.status == DocumentStatus.FAILED
    )
    count, oldest = db.session.execute(asked).one()
    return count, oldest
