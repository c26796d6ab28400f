"""Complaints as their sides and the desk see them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import abort
from sqlalchemy import Date, Select, bindparam, case, func, literal, or_, select

from market.accounts.models import Account
from market.database import db, utcnow
from market.deals.models import Deal
from market.deals.parties import represented_parties
from market.desk.queries import inside
from market.messages.models import EnquiryThread
from market.offers.models import Offer
from market.permissions import may
from market.regions.models import Region
from market.traders.complaint_models import Complaint, ComplaintDecision
from market.traders.complaints import ComplaintSubject
from market.traders.queries import get_trader
from market.web.home_time import home_today
from market.web.pagination import Pagination

UPHELD_DAYS = 365
MAX_OWN = 50
_LATE = func.count(case((Complaint.due_on < bindparam("today", type_=Date), 1)))


def get_complaint(complaint_id: int, **_: Any) -> Complaint:
    """The complaint, or 404."""
    return db.session.get(Complaint, complaint_id) or abort(404)


def find_subject(actor: Account, given: Mapping[str, int]) -> ComplaintSubject:
    """Whom one complains about from the deal, thread, offer or trader of that number; 404 where
    that is not for the actor, or has no other side with an account."""
    if "deal" in given:
        deal = db.session.get(Deal, given["deal"])
        if deal is None or not may(actor, "deal.act", deal) or deal.unregistered_id is not None:
            abort(404)
        assert deal.seller is not None
        assert deal.buyer is not None
        return _between(actor, deal.seller, deal.buyer, deal=deal)
    if "thread" in given:
        thread = db.session.get(EnquiryThread, given["thread"])
        if thread is None or not may(actor, "enquiry.act", thread):
            abort(404)
        return _between(actor, thread.owner, thread.asker, thread=thread)
    if "offer" in given:
        offer = db.session.get(Offer, given["offer"])
        if offer is None or not offer.is_public:
            abort(404)
        return _between(actor, offer.owner, actor, offer=offer)
    return _between(actor, get_trader(given.get("trader", 0)), actor)


def _between(actor: Account, one: Account, other: Account, **parts: Any) -> ComplaintSubject:
    """The side that the actor speaks for complains; 404 where that is both."""
    sides = [may(actor, "party.represent", party) for party in (one, other)]
    if all(sides):
        abort(404)
    return ComplaintSubject(*((one, other) if sides[0] else (other, one)), **parts)


def own_complaints(account: Account) -> Sequence[Complaint]:
    """The latest complaints by or about the account and whom it represents."""
    parties = [id_ for id_, _name in represented_parties(account)]
    mine = or_(Complaint.complainant_id.in_(parties), Complaint.accused_id.in_(parties))
    query = select(Complaint).where(mine).order_by(Complaint.id.desc()).limit(MAX_OWN)
    return db.session.scalars(query).all()


def count_upheld(account: Account) -> int:
    """How many complaints about the account were upheld in the last 12 months."""
    since = utcnow() - timedelta(days=UPHELD_DAYS)
    query = select(func.count()).where(
        Complaint.accused_id == account.id,
        Complaint.decision == ComplaintDecision.UPHELD,
        Complaint.decided_at >= since,
    )
    return db.session.scalar(query) or 0


def is_late(row: Complaint) -> bool:
    """Whether the county should have decided it before today."""
    return row.is_open and row.due_on < home_today()


def waiting_complaints(paths: Sequence[str]) -> Select[Any]:
    """A select as line_queries.waiting_disputes(), of complaints, which have a deadline."""
    count, oldest, due = func.count(), func.min(Complaint.at), func.min(Complaint.due_on)
    figures: Any = select(Region.path, count, _LATE, oldest, due, literal(1))
    return _waiting(figures.params(today=home_today()), paths).group_by(Region.path)


def count_complaints(paths: Sequence[str]) -> tuple[int, int]:
    """How many complaints wait in these subtrees, and how many of them are late."""
    figures: Any = select(func.count(), _LATE)
    count, late = db.session.execute(_waiting(figures.params(today=home_today()), paths)).one()
    return count, late


def complaints_page(paths: Sequence[str], pagination: Pagination) -> Sequence[Complaint]:
    """A page of the complaints that wait there, those due first, so that late ones lead."""
    query = _waiting(select(Complaint), paths).order_by(Complaint.due_on, Complaint.id)
    return db.session.scalars(pagination.limit(query)).all()


def _waiting(query: Select[Any], paths: Sequence[str]) -> Select[Any]:
    return (
        query.select_from(Complaint)
        .join(Region, Region.code == Complaint.region_code)
        .where(Complaint.decision.is_(None), Complaint.withdrawn_at.is_(None), inside(paths))
    )
