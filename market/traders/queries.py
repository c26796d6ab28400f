"""What a trader's page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, func, or_, select

from market.accounts.models import OFFICIALS, Account, Role
from market.database import db, utcnow
from market.deals.models import Deal, DealStatus
from market.messages.models import EnquiryMessage, EnquiryThread
from market.offers.cards import Card
from market.offers.models import Offer, Side
from market.offers.queries import card_columns, cards_of, public
from market.traders.models import TraderRating
from market.traders.rules import ANSWER_DAYS, tonnes, usual_answer_time
from market.web.pagination import Pagination

OFFERS_PER_PAGE = 12
OFFICES = (*OFFICIALS, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class DealRecord:
    """Verified deals.

    Attributes:
        tonnes: of those that are by weight, to two decimals.
        since: the day on which the first was agreed; None where there is none.
    """

    deals: int
    tonnes: Decimal
    since: date | None


@dataclass(frozen=True)
class AnswerRecord:
    """How somebody has answered enquiries of late.

    Attributes:
        usual: the median of how long an answer took; None of too few.
        answered: how many of the `asked` were answered.
    """

    usual: timedelta | None
    answered: int
    asked: int


def is_trader(account: Account) -> bool:
    """Whether the account has a page: it is open, holds no office, and has or had a public offer or
    was rated."""
    if not account.is_active or any(grant.role in OFFICES for grant in account.grants):
        return False
    offers = select(Offer.id).where(Offer.owner_id == account.id, Offer.published_at.is_not(None))
    ratings = select(TraderRating.id).where(TraderRating.rated_id == account.id)
    return bool(db.session.scalar(select(or_(offers.exists(), ratings.exists()))))


def get_trader(account_id: int) -> Account:
    """The account of a trader's page; 404 where there is none."""
    account = db.session.get(Account, account_id) or abort(404)
    return account if is_trader(account) else abort(404)


def count_offers(account: Account) -> dict[Side, int]:
    """How many public offers the account has of each side."""
    rows = db.session.execute(
        select(Offer.side, func.count())
        .where(Offer.owner_id == account.id, public())
        .group_by(Offer.side)
    )
    return dict(rows.all())


def offers_of(account: Account, side: Side, pagination: Pagination) -> list[Card]:
    """A page of the account's public offers of a side, the newest first."""
    query = card_columns().where(Offer.owner_id == account.id, Offer.side == side, public())
    query = query.order_by(Offer.published_at.desc(), Offer.id.desc())
    return cards_of(db.session.execute(pagination.limit(query)))


def deal_record(parties: Any) -> DealRecord:
    """The verified deals of these accounts (ids, or a select of ids), each once."""
    rows = db.session.execute(
        select(Deal.unit, func.count(), func.sum(Deal.quantity), func.min(Deal.agreed_on))
        .where(_has_party(parties), Deal.status == DealStatus.VERIFIED)
        .group_by(Deal.unit)
    ).all()
    weight = tonnes((quantity, unit) for unit, _, quantity, _ in rows)
    return DealRecord(
        sum(number for _, number, _, _ in rows),
        weight.quantize(Decimal("0.01"), ROUND_HALF_UP),
        min((since for *_, since in rows if since is not None), default=None),
    )


def represented_by(account: Account) -> Any:
    """A select of the ids of whom the account represents."""
    return select(Account.id).where(Account.represented_by_id == account.id)


def answer_record(account: Account) -> AnswerRecord:
    """How the account has answered what it was asked within ANSWER_DAYS."""
    first = (
        select(func.min(EnquiryMessage.at))
        .where(EnquiryMessage.thread_id == EnquiryThread.id, ~EnquiryMessage.from_asker)
        .correlate(EnquiryThread)
        .scalar_subquery()
    )
    since = utcnow() - timedelta(days=ANSWER_DAYS)
    rows: list[tuple[datetime, datetime | None]] = [
        (opened, answered)
        for opened, answered in db.session.execute(
            select(EnquiryThread.opened_at, first).where(
                EnquiryThread.owner_id == account.id, EnquiryThread.opened_at >= since
            )
        )
    ]
    times = [answered - opened for opened, answered in rows if answered is not None]
    return AnswerRecord(usual_answer_time(times), len(times), len(rows))


def _has_party(parties: Any) -> ColumnElement[bool]:
    return or_(Deal.seller_id.in_(parties), Deal.buyer_id.in_(parties))
