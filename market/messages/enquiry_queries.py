"""Reading enquiries: one's own threads, and those that were reported to a county."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from market.accounts.models import Account
from market.accounts.today import NOW, PARTIES
from market.database import db
from market.deals.models import Deal
from market.deals.queries import first_proposal
from market.desk.queries import inside
from market.messages.models import (
    EnquiryMessage,
    EnquiryReport,
    EnquiryThread,
    Quotation,
    QuotationState,
)
from market.offers.models import Offer
from market.regions.models import Region
from market.web.pagination import Pagination

PER_PAGE = 20
SIDES = (
    joinedload(EnquiryThread.asker, innerjoin=True).lazyload(Account.grants),
    joinedload(EnquiryThread.owner, innerjoin=True).lazyload(Account.grants),
    joinedload(EnquiryThread.offer, innerjoin=True).joinedload(Offer.product, innerjoin=True),
)
WHOLE = (
    *SIDES,
    joinedload(EnquiryThread.offer, innerjoin=True).joinedload(Offer.region, innerjoin=True),
    selectinload(EnquiryThread.messages)
    .joinedload(EnquiryMessage.author, innerjoin=True)
    .lazyload("*"),
    selectinload(EnquiryThread.quotations).joinedload(Quotation.deal).lazyload("*"),
)


@dataclass(frozen=True)
class ThreadRow:
    """A thread in the list of one side.

    Attributes:
        is_asker: whether the reader's side asked; last: its newest message.
    """

    thread: EnquiryThread
    is_asker: bool
    last: EnquiryMessage

    @property
    def other(self) -> Account:
        return self.thread.party(not self.is_asker)

    @property
    def unread(self) -> int:
        return self.thread.unread(self.is_asker)


def get_thread(thread_id: int) -> EnquiryThread:
    """The thread with all its messages and quotations, or 404."""
    return db.session.get(EnquiryThread, thread_id, options=WHOLE) or abort(404)


def _parties(account: Account) -> Select[Any]:
    """The ids of the account and, for an assistant, of the farmers it represents."""
    who = Account.id == account.id
    if account.is_assistant:
        who = or_(who, Account.represented_by_id == account.id)
    return select(Account.id).where(who)


def _of_side(account: Account) -> ColumnElement[bool]:
    parties = _parties(account)
    return or_(EnquiryThread.asker_id.in_(parties), EnquiryThread.owner_id.in_(parties))


def threads_of(account: Account, page: int) -> tuple[list[ThreadRow], Pagination]:
    """A page of the threads of the account and of those it represents, the newest first."""
    total = db.session.scalar(select(func.count(EnquiryThread.id)).where(_of_side(account))) or 0
    pagination = Pagination(page, PER_PAGE, total)
    query = select(EnquiryThread).where(_of_side(account)).options(*SIDES)
    query = query.order_by(EnquiryThread.last_at.desc(), EnquiryThread.id.desc())
    threads = db.session.scalars(pagination.limit(query)).all()
    newest = (
        select(func.max(EnquiryMessage.id))
        .where(EnquiryMessage.thread_id.in_([thread.id for thread in threads]))
        .group_by(EnquiryMessage.thread_id)
    )
    last = select(EnquiryMessage).where(EnquiryMessage.id.in_(newest))
    last = last.options(joinedload(EnquiryMessage.quotation))
    messages = {message.thread_id: message for message in db.session.scalars(last)}
    mine = set(db.session.scalars(_parties(account)))
    rows = [
        ThreadRow(thread, thread.asker_id in mine, messages[thread.id])
        for thread in threads
        if thread.id in messages
    ]
    return rows, pagination


def _waits_for_parties() -> ColumnElement[bool]:
    """Whether a quotation stands open that the other side of PARTIES made."""
    asked = EnquiryThread.asker_id.in_(PARTIES) & Quotation.from_asker.is_(False)
    owned = EnquiryThread.owner_id.in_(PARTIES) & Quotation.from_asker.is_(True)
    return (Quotation.state == QuotationState.OPEN) & or_(asked, owned)


def enquiries_about(offer_ids: Collection[int], since: datetime) -> Sequence[tuple[int, datetime]]:
    """(the offer, when it was opened) of each enquiry on these offers since then."""
    of = EnquiryThread
    rows = select(of.offer_id, of.opened_at).where(
        of.offer_id.in_(offer_ids), of.opened_at >= since
    )
    return [(offer_id, at) for offer_id, at in db.session.execute(rows)]


def open_quotations() -> Select[*tuple[Any, ...]]:
    """For the list of what waits today: how many prices of other sides wait for an answer."""
    found = select(func.count(Quotation.id), func.min(EnquiryMessage.at))
    joined = found.select_from(Quotation).join(EnquiryThread)
    joined = joined.join(EnquiryMessage, EnquiryMessage.id == Quotation.message_id)
    # A price that held until a day long gone waits for nobody; its day is the home zone's.
    recent = Quotation.valid_until >= func.date(NOW)
    return joined.where(_waits_for_parties(), recent)


def unread_threads() -> Select[*tuple[Any, ...]]:
    """For the list of what waits today: how many threads hold something the parties have not
    opened, but for those with a price that waits anyway."""
    asked = EnquiryThread.asker_id.in_(PARTIES) & (EnquiryThread.asker_unread > 0)
    owned = EnquiryThread.owner_id.in_(PARTIES) & (EnquiryThread.owner_unread > 0)
    priced = exists().where(Quotation.thread_id == EnquiryThread.id, _waits_for_parties())
    found = select(func.count(EnquiryThread.id), func.min(EnquiryThread.last_at))
    return found.where(or_(asked, owned), ~priced)


def thread_of_deal(deal: Deal) -> EnquiryThread | None:
    """The thread in which the quotation stands that became the deal, maybe on other terms."""
    first = first_proposal(deal)
    found = select(EnquiryThread).join(Quotation).where(Quotation.deal_id == first.id)
    return db.session.scalar(found.options(*SIDES[:2]))


def get_report(report_id: int) -> EnquiryReport:
    """The report with its thread, or 404."""
    return db.session.get(EnquiryReport, report_id, options=_REPORTED) or abort(404)


_REPORTED = (
    joinedload(EnquiryReport.thread, innerjoin=True).options(*WHOLE),
    joinedload(EnquiryReport.region, innerjoin=True),
    joinedload(EnquiryReport.by, innerjoin=True).lazyload(Account.grants),
)


def _waiting(paths: Collection[str]) -> Select[Any]:
    query = select(EnquiryReport).join(Region, Region.code == EnquiryReport.region_code)
    return query.where(EnquiryReport.decision.is_(None), inside(paths))


def reports_waiting(paths: Collection[str], pagination: Pagination) -> Sequence[EnquiryReport]:
    """A page of the reports nobody has decided in the subtrees, the oldest first."""
    query = _waiting(paths).options(*_REPORTED).order_by(EnquiryReport.at, EnquiryReport.id)
    return db.session.scalars(pagination.limit(query)).all()


def count_reports(paths: Collection[str]) -> int:
    """How many reports wait in the subtrees."""
    counted = _waiting(paths).with_only_columns(func.count(EnquiryReport.id))
    return db.session.scalar(counted) or 0


def reports_by_region(paths: Collection[str]) -> Select[str, int, datetime]:
    """A select for each region of the subtrees where reports wait: its path, how many, and since
    when."""
    figures = Region.path, func.count(EnquiryReport.id), func.min(EnquiryReport.at)
    return _waiting(paths).with_only_columns(*figures).group_by(Region.path)
