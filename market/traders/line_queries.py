"""Ratings and disputes as the pages of traders and the desk show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Date, Select, cast, func, literal, null, select
from sqlalchemy.orm import joinedload

from market.accounts.models import Account
from market.database import db
from market.deals.models import Deal, DealStatus
from market.desk.queries import inside
from market.permissions import may
from market.regions.models import Region
from market.traders.certificates import checked_certificates
from market.traders.models import DisputeDecision, TraderCertificate, TraderDispute, TraderRating
from market.traders.queries import get_trader
from market.traders.rules import average_stars
from market.web.pagination import Pagination

RATINGS_PER_PAGE = 10
# Disputes on the page, of those whom they concern.
MAX_SEEN = 5


@dataclass(frozen=True)
class Ratings:
    """A page of ratings, the newest first.

    Attributes:
        average: of all that are shown; None of too few.
    """

    rows: Sequence[TraderRating]
    average: Decimal | None
    pagination: Pagination


@dataclass(frozen=True)
class DisputedLine:
    """A line of a trader's page that may be disputed: a rating, a certificate, or neither: the
    figures of deals."""

    trader: Account
    rating: TraderRating | None
    certificate: TraderCertificate | None


def ratings_of(account: Account, page: int) -> Ratings:
    """What others say of the account, without what is hidden or of a deal taken back since."""
    shown = _shown(account)
    count, total = db.session.execute(
        select(func.count(), func.coalesce(func.sum(TraderRating.stars), 0))
        .join(Deal, Deal.id == TraderRating.deal_id)
        .where(*shown)
    ).one()
    pagination = Pagination(page, RATINGS_PER_PAGE, count)
    query = select(TraderRating).join(Deal, Deal.id == TraderRating.deal_id).where(*shown)
    parts = (joinedload(TraderRating.deal).joinedload(Deal.product), joinedload(TraderRating.rater))
    query = query.options(*parts).order_by(TraderRating.at.desc(), TraderRating.id.desc())
    rows = db.session.scalars(pagination.limit(query)).all() if count else []
    return Ratings(rows, average_stars(total, count), pagination)


def _shown(account: Account) -> tuple[ColumnElement[bool], ...]:
    return (
        TraderRating.rated_id == account.id,
        TraderRating.is_hidden.is_(False),
        Deal.status == DealStatus.VERIFIED,
    )


def are_deals_hidden(account: Account) -> bool:
    """Whether an official took the figures of the account's deals off its page."""
    last = (
        select(TraderDispute.decision)
        .where(TraderDispute.trader_id == account.id, TraderDispute.rating_id.is_(None))
        .where(TraderDispute.certificate_id.is_(None))
        .where(TraderDispute.decision.is_not(None))
        .order_by(TraderDispute.decided_at.desc(), TraderDispute.id.desc())
    )
    return db.session.scalar(last.limit(1)) is DisputeDecision.HIDE


def get_rating(rating_id: int) -> TraderRating:
    """The rating, or 404."""
    return db.session.get(TraderRating, rating_id) or abort(404)


def get_line(
    account_id: int, rating_id: int | None = None, certificate_id: int | None = None
) -> DisputedLine:
    """The line of that page, or 404."""
    trader = get_trader(account_id)
    rating = get_rating(rating_id) if rating_id is not None else None
    if rating is not None and rating.rated_id != trader.id:
        abort(404)
    shown = checked_certificates(trader) if certificate_id is not None else ()
    certificate = next((each for each in shown if each.id == certificate_id), None)
    if certificate_id is not None and certificate is None:
        abort(404)
    return DisputedLine(trader, rating, certificate)


def get_dispute(dispute_id: int) -> TraderDispute:
    """The dispute, or 404."""
    return db.session.get(TraderDispute, dispute_id) or abort(404)


def disputes_seen_by(viewer: Account, trader: Account) -> Sequence[TraderDispute]:
    """The latest disputes of the trader's page: all for the trader's side, else the viewer's."""
    query = select(TraderDispute).where(TraderDispute.trader_id == trader.id)
    if not may(viewer, "party.represent", trader):
        query = query.where(TraderDispute.by_id == viewer.id)
    query = query.order_by(TraderDispute.id.desc()).limit(MAX_SEEN)
    return db.session.scalars(query).all()


def waiting_disputes(paths: Sequence[str]) -> Select[Any]:
    """A select for each region of these subtrees where disputes wait: its path, how many, how many
    late (none: they have no deadline), since when, by when, and the place of their task."""
    count, oldest = func.count(), func.min(TraderDispute.at)
    figures: Any = select(Region.path, count, literal(0), oldest, cast(null(), Date), literal(2))
    return _waiting(figures, paths).group_by(Region.path)


def count_disputes(paths: Sequence[str]) -> int:
    """How many disputes wait in these subtrees."""
    return db.session.scalar(_waiting(select(func.count()), paths)) or 0


def disputes_page(paths: Sequence[str], pagination: Pagination) -> list[TraderDispute]:
    """A page of the disputes that wait there, the oldest first."""
    query = _waiting(select(TraderDispute), paths).order_by(TraderDispute.at, TraderDispute.id)
    return list(db.session.scalars(pagination.limit(query)))


def _waiting(query: Select[Any], paths: Sequence[str]) -> Select[Any]:
    return (
        query.select_from(TraderDispute)
        .join(Region, Region.code == TraderDispute.region_code)
        .where(TraderDispute.decision.is_(None), inside(paths))
    )
