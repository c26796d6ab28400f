"""Asking, continuing, answering and closing questions. The texts of one question are a thread."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask_babel import ngettext as _n
from sqlalchemy import select

from market.accounts.models import Account
from market.accounts.quotas import Quota, count_by
from market.database import db, lock, utcnow
from market.deals.models import Deal
from market.messages.models import (
    MAX_TEXT_LENGTH,
    QUESTION_TRANSITIONS,
    Question,
    QuestionStatus,
    QuestionText,
)
from market.messages.signals import question_answered, question_read
from market.offers.models import Offer
from market.permissions import may
from market.regions.models import Region, is_within
from market.regions.queries import home_region
from market.web.errors import Invalid, InvalidTransition, Refused, Repeated
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l

QUESTIONS = Quota(
    "questions",
    count_by(QuestionText.by_id, QuestionText.at),
    _l("You have asked as much as one can in a day. Go on tomorrow."),
    lambda left: _n(
        "You can ask %(num)s more question today.",
        "You can ask %(num)s more questions today.",
        left,
    ),
)


class ConcurrentText(InvalidTransition):
    message = _l("Something was written in the meantime: read it first.")


def ask_question(
    actor: Account,
    party: Account,
    text: str,
    key: str,
    region: Region | None = None,
    offer: Offer | None = None,
    deal: Deal | None = None,
) -> Question:
    """Ask the office of a county in the name of `party`: the actor, or a farmer they represent.

    Args:
        region: the county, for a question in general; an offer's or a deal's is its own.

    Raises:
        Repeated: the actor sent a form with this key before.
        Refused: the actor doesn't speak for the party, or what it is about isn't theirs to read.
        Invalid: no text, too long, or a county that has no office here; at its field.
    """
    _refuse_repeated(bound_key(actor, QuestionText, key))
    if not may(actor, "party.represent", party):
        raise Refused(_l("Your account has no right to do this."))
    if offer is not None and not may(actor, "offer.read", offer):
        raise Refused(_l("Your account has no right to do this."))
    if deal is not None and not may(actor, "deal.act", deal):
        raise Refused(_l("Your account has no right to do this."))
    place = offer.region if offer else deal.home_region if deal else region
    if place is None or not place.is_leaf or not is_within(place.path, home_region().path):
        raise Invalid(_l("No office of that place answers here: choose a county."), "region")
    question = Question(
        asker_id=party.id,
        region_code=place.code,
        offer_id=offer.id if offer else None,
        deal_id=deal.id if deal else None,
        status=QuestionStatus.OPEN,
    )
    QUESTIONS.check(actor)
    db.session.add(question)
    db.session.flush()
    _write(question, actor, text, key, from_office=False)
    return question


def continue_question(actor: Account, question: Question, text: str, key: str) -> None:
    """The asker's side writes more; what was answered or closed is open again.

    Raises:
        Repeated, Invalid: as ask_question().
        Refused: the actor doesn't speak for the asker.
    """
    _need(actor, "question.own", lock(question))
    _write(question, actor, text, key, from_office=False)
    if question.status is not QuestionStatus.OPEN:
        question.waiting_since = utcnow()
    _move(question, QuestionStatus.OPEN)
    _seen(question)


def answer_question(
    official: Account, question: Question, text: str, key: str, latest: int
) -> None:
    """The county's office answers, or adds to its answer.

    Args:
        latest: the number of the last text the official has read.

    Raises:
        Repeated, Invalid: as ask_question().
        Refused: the official is of another county, or speaks for the asker.
        WrittenMeanwhile: somebody wrote after `latest`.
        InvalidTransition: the asker has closed it.
    """
    _need(official, "question.answer", lock(question))
    _refuse_repeated(bound_key(official, QuestionText, key))
    newest = select(QuestionText.id).where(QuestionText.question_id == question.id)
    if db.session.scalar(newest.order_by(QuestionText.id.desc()).limit(1)) != latest:
        raise ConcurrentText()
    if question.status is QuestionStatus.CLOSED:
        raise InvalidTransition()
    _write(question, official, text, key, from_office=True)
    question.answered_at = utcnow()
    _move(question, QuestionStatus.ANSWERED)
    question_answered.send(question=question, at=question.answered_at)


def close_question(actor: Account, question: Question) -> None:
    """The asker's side needs nothing more. Raises Refused, InvalidTransition."""
    _need(actor, "question.own", lock(question))
    if question.status is QuestionStatus.CLOSED:
        raise InvalidTransition()
    _move(question, QuestionStatus.CLOSED)
    _seen(question)


def mark_seen(actor: Account, question: Question) -> None:
    """The asker's side has seen what the office wrote. Raises Refused."""
    _need(actor, "question.own", lock(question))
    _seen(question)


def _seen(question: Question) -> None:
    if question.has_news:
        question.seen_at = utcnow()
        question_read.send(question=question)


def _need(actor: Account, permission: str, question: Question) -> None:
    if not may(actor, permission, question):
        raise Refused(_l("Your account has no right to do this."))


def _move(question: Question, to: QuestionStatus) -> None:
    if question.status is to:
        return
    if to not in QUESTION_TRANSITIONS[question.status]:
        raise InvalidTransition()
    question.status = to


def _refuse_repeated(key: str) -> None:
    with _repeated_as_question():
        refuse_repeated(QuestionText, key)


@contextmanager
def _repeated_as_question() -> Iterator[None]:
    """Raise Repeated with the question, not with the text that was made."""
    try:
        yield
    except Repeated as error:
        raise Repeated(db.session.get_one(Question, error.existing.question_id)) from None


def _write(question: Question, actor: Account, text: str, key: str, from_office: bool) -> None:
    text = text.strip()
    if not text:
        raise Invalid(_l("Write what you want to say."), "text")
    if len(text) > MAX_TEXT_LENGTH:
        raise Invalid(_l("At most %(count)s characters.", count=MAX_TEXT_LENGTH), "text")
    key = bound_key(actor, QuestionText, key)
    _refuse_repeated(key)
    row = QuestionText(
        question_id=question.id, by_id=actor.id, from_office=from_office, text=text, key=key
    )
    with _repeated_as_question():
        add_once(row)
