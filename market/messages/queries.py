"""Reading questions: the asker's own, and those that wait at a desk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from market.accounts.models import Account
from market.accounts.today import PARTIES
from market.database import db, utcnow
from market.desk.queries import inside
from market.messages.models import Question, QuestionStatus, QuestionText
from market.regions.models import Region
from market.web.pagination import Pagination

# How long an office may think.
LATE = timedelta(days=3)
PER_PAGE = 20
# Of accounts not the roles, of offers and deals only themselves.
WHOLE = (
    joinedload(Question.asker, innerjoin=True).lazyload(Account.grants),
    joinedload(Question.region, innerjoin=True),
    joinedload(Question.offer).lazyload("*"),
    joinedload(Question.deal).lazyload("*"),
    selectinload(Question.texts).joinedload(QuestionText.by, innerjoin=True).lazyload("*"),
)
NEWS = and_(
    Question.answered_at.is_not(None),
    or_(Question.seen_at.is_(None), Question.seen_at < Question.answered_at),
)


@dataclass(frozen=True)
class QuestionQueue:
    """What waits in the counties of an official.

    Attributes:
        oldest: since when the longest waiting one waits.
    """

    count: int
    late: int
    oldest: datetime | None


def get_question(question_id: int) -> Question:
    """The question with its thread, or 404."""
    return db.session.get(Question, question_id, options=WHOLE) or abort(404)


def is_late(question: Question) -> bool:
    """Whether it has waited longer than LATE."""
    return question.status is QuestionStatus.OPEN and question.waiting_since < utcnow() - LATE


def _of_side(account: Account) -> ColumnElement[bool]:
    """SQL: asked by the account, or by a farmer it represents."""
    mine = Question.asker_id == account.id
    if not account.is_assistant:
        return mine
    farmers = select(Account.id).where(Account.represented_by_id == account.id)
    return or_(mine, Question.asker_id.in_(farmers))


def questions_of(account: Account, page: int) -> tuple[Sequence[Question], Pagination]:
    """A page of the account's side's questions, what has news first, and which page it is."""
    total = db.session.scalar(select(func.count(Question.id)).where(_of_side(account))) or 0
    newest = func.coalesce(Question.answered_at, Question.asked_at).desc()
    query = select(Question).where(_of_side(account)).options(*WHOLE)
    query = query.order_by(case((NEWS, 0), else_=1), newest, Question.id.desc())
    pagination = Pagination(page, PER_PAGE, total)
    return db.session.scalars(pagination.limit(query)).all(), pagination


def unread_answers() -> Select[*tuple[Any, ...]]:
    """For the list of what waits today: how many questions of the parties have an answer that
    they have not seen, and since when."""
    return select(func.count(Question.id), func.min(Question.answered_at)).where(
        Question.asker_id.in_(PARTIES), NEWS
    )


def _waiting(paths: Collection[str], late: bool) -> Select[Any]:
    query = select(Question).join(Region, Region.code == Question.region_code)
    query = query.where(Question.status == QuestionStatus.OPEN, inside(paths))
    return query.where(Question.waiting_since < utcnow() - LATE) if late else query


def questions_waiting(
    paths: Collection[str], late: bool, pagination: Pagination
) -> Sequence[Question]:
    """A page of the questions nobody has answered in the subtrees, the longest waiting first."""
    query = _waiting(paths, late).options(*WHOLE)
    query = query.order_by(Question.waiting_since, Question.id)
    return db.session.scalars(pagination.limit(query)).all()


def waiting_by_region(paths: Collection[str]) -> Select[str, int, int, datetime]:
    """A select for each region of the subtrees where questions wait: its path, how many, how many
    too long, and since when."""
    return (
        _waiting(paths, late=False)
        .with_only_columns(
            Region.path,
            func.count(Question.id),
            func.count(Question.id).filter(Question.waiting_since < utcnow() - LATE),
            func.min(Question.waiting_since),
        )
        .group_by(Region.path)
    )


def queue_of(paths: Collection[str]) -> QuestionQueue:
    """How many questions wait in the subtrees, and how many of them too long."""
    waiting = _waiting(paths, late=False).with_only_columns(
        func.count(Question.id),
        func.count(Question.id).filter(Question.waiting_since < utcnow() - LATE),
        func.min(Question.waiting_since),
    )
    return QuestionQueue(*db.session.execute(waiting).one())
