"""Reading notices, and messages that were not sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort
from sqlalchemy import Row, Select, func, select

from market.accounts.models import Account
from market.accounts.today import ACCOUNT
from market.database import db
from market.notify.models import Notice, NoticeKind, NoticeSettings, OfficeWebhook
from market.outgoing.models import OutgoingChannel, OutgoingMessage, OutgoingState
from market.search.models import SavedSearch
from market.web.pagination import Pagination

PER_PAGE = 30
MAX_UNSENT = 20
NOT_SENT = (OutgoingState.FAILED, OutgoingState.UNCERTAIN)


def get_notice(notice_id: int) -> Notice:
    """The notice, or 404."""
    return db.session.get(Notice, notice_id) or abort(404)


def get_webhook(webhook_id: int) -> OfficeWebhook:
    """The robot, or 404."""
    return db.session.get(OfficeWebhook, webhook_id) or abort(404)


def unread_notices() -> Select[*tuple[Any, ...]]:
    """For the list of what waits today: how many notices ACCOUNT has not read, of what is not
    counted there already, and since when."""
    return select(func.count(), func.min(Notice.at)).where(
        Notice.account_id == ACCOUNT, Notice.read_at.is_(None), Notice.is_listed.is_(False)
    )


def notices_of(account: Account, page: int) -> tuple[Sequence[Notice], Pagination]:
    """A page of the account's notices, the newest first."""
    mine = Notice.account_id == account.id
    total = db.session.scalar(select(func.count()).select_from(Notice).where(mine)) or 0
    pagination = Pagination(page, PER_PAGE, total)
    order = (Notice.at.desc(), Notice.id.desc())
    notices = db.session.scalars(
        pagination.limit(select(Notice).where(mine).order_by(*order))
    ).all()
    searches = {n.about_id for n in notices if n.kind is NoticeKind.SAVED_SEARCH}
    if searches:
        # Read once: the words of each notice ask for its search.
        db.session.scalars(select(SavedSearch).where(SavedSearch.id.in_(searches))).all()
    return notices, pagination


def count_unread(account: Account) -> int:
    """How many notices the account has not read."""
    unread = select(func.count()).where(Notice.account_id == account.id, Notice.read_at.is_(None))
    return db.session.scalar(unread) or 0


def has_unread_about(account_id: int, kind: NoticeKind, about_id: int) -> bool:
    """Whether the account has not read a notice of that kind about that."""
    unread = select(Notice.id).where(
        Notice.account_id == account_id,
        Notice.read_at.is_(None),
        Notice.kind == kind,
        Notice.about_id == about_id,
    )
    return db.session.scalar(unread.limit(1)) is not None


def unsent_to(account: Account, settings: NoticeSettings) -> Sequence[OutgoingMessage]:
    """The latest messages to the account's number and address that were not sent, or perhaps
    not."""
    recipients = [each for each in (account.phone, settings.email) if each]
    return db.session.scalars(
        select(OutgoingMessage)
        .where(OutgoingMessage.recipient.in_(recipients), OutgoingMessage.state.in_(NOT_SENT))
        .order_by(OutgoingMessage.id.desc())
        .limit(MAX_UNSENT)
    ).all()


def counts_by_channel() -> dict[OutgoingChannel, dict[OutgoingState, int]]:
    """How many messages of each channel are in each state."""
    counts: dict[OutgoingChannel, dict[OutgoingState, int]] = {c: {} for c in OutgoingChannel}
    for channel, state, count in db.session.execute(
        select(OutgoingMessage.channel, OutgoingMessage.state, func.count()).group_by(
            OutgoingMessage.channel, OutgoingMessage.state
        )
    ):
        counts[channel][state] = count
    return counts


def counts_by_error() -> Sequence[Row[str, int]]:
    """Why messages were not sent or wait for another try, the most frequent first."""
    return db.session.execute(
        select(OutgoingMessage.error, func.count())
        .where(OutgoingMessage.error != "")
        .group_by(OutgoingMessage.error)
        .order_by(func.count().desc(), OutgoingMessage.error)
    ).all()


def messages_page(
    page: int, state: OutgoingState | None
) -> tuple[Sequence[OutgoingMessage], Pagination]:
    """A page of the messages in that state, or of all; the newest first."""
    where = [OutgoingMessage.state == state] if state else []
    total = db.session.scalar(select(func.count()).select_from(OutgoingMessage).where(*where)) or 0
    pagination = Pagination(page, PER_PAGE, total)
    query = select(OutgoingMessage).where(*where).order_by(OutgoingMessage.id.desc())
    return db.session.scalars(pagination.limit(query)).all(), pagination


def readable_messages() -> Sequence[OutgoingMessage]:
    """The latest messages whose text is kept to be read (market.outgoing.services)."""
    readable = select(OutgoingMessage).where(OutgoingMessage.text != "")
    return db.session.scalars(readable.order_by(OutgoingMessage.id.desc()).limit(PER_PAGE)).all()


def webhooks() -> Sequence[OfficeWebhook]:
    """All robots, in the order of their regions."""
    return db.session.scalars(
        select(OfficeWebhook).order_by(OfficeWebhook.region_code, OfficeWebhook.id)
    ).all()
