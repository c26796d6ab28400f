"""Public questions about a purchase, and the owner's answers, until its deadline."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from flask import abort
from flask_babel import ngettext as _n
from sqlalchemy import ColumnElement, Select, bindparam, delete, func, or_, select
from sqlalchemy.orm import joinedload

from market.accounts.blocks import check_may_write
from market.accounts.models import Account
from market.accounts.privacy.erasures import Person, PersonalTexts, personal_texts
from market.accounts.privacy.exports import erasers, exporters
from market.accounts.quotas import Quota, count_by
from market.accounts.today import NOW, PARTIES
from market.database import db, lock, read, utcnow
from market.offers import signals
from market.offers.models import MAX_QUESTION_LENGTH, Offer, OfferStatus, PublicQuestion, Side
from market.offers.rules import is_past
from market.permissions import may
from market.regions.models import Region, within
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.home_time import home_today
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l
from market.web.page_cache import depends_on

# Of one purchase, on its page.
MAX_SHOWN = 30
PUBLIC_QUESTIONS = Quota(
    "public_questions",
    count_by(PublicQuestion.asker_id, PublicQuestion.asked_at),
    _l("You have asked as much as one can in a day. Go on tomorrow."),
    lambda left: _n(
        "You can ask %(num)s more question today.",
        "You can ask %(num)s more questions today.",
        left,
    ),
)


def takes_questions(offer: Offer) -> bool:
    """Whether one may ask and answer publicly: a purchase that is up, before its deadline."""
    is_due = not is_past(offer.quotation_deadline, home_today())
    return offer.side is Side.BUY and offer.is_public and is_due


def ask(actor: Account, offer: Offer, text: str, key: str) -> PublicQuestion:
    """Ask publicly about a purchase.

    Raises:
        Repeated: the actor sent this form before.
        Refused: the deadline is past, or it is the actor's own purchase.
        Invalid: no text, or too long.
        QuotaReached.
    """
    key = bound_key(actor, PublicQuestion, key)
    refuse_repeated(PublicQuestion, key)
    _check_open(offer)
    if may(actor, "offer.manage", offer):
        raise Refused(_l("It is your own purchase: write it into the description."))
    check_may_write(actor, offer.owner)
    PUBLIC_QUESTIONS.check(actor)
    question = PublicQuestion(
        offer_id=offer.id, asker_id=actor.id, text=_checked(text), answer="", key=key
    )
    add_once(question)
    signals.public_question_asked.send(question=question, by=actor, at=question.asked_at)
    return question


def answer(actor: Account, question: PublicQuestion, text: str) -> None:
    """The owner's side answers, or puts another answer in its place.

    Raises:
        Refused: the deadline is past, or the actor does not speak for the owner.
        InvalidTransition: the question was withdrawn.
        Invalid: no text, or too long.
    """
    _require(actor, "public_question.answer", lock(question))
    _check_open(question.offer)
    if question.withdrawn_at is not None:
        raise InvalidTransition()
    is_first = question.answered_at is None
    question.answer, question.answered_at = _checked(text), utcnow()
    db.session.flush()
    if is_first:
        at = question.answered_at
        signals.public_question_answered.send(question=question, by=actor, at=at)


def withdraw(actor: Account, question: PublicQuestion) -> None:
    """Its asker, or an official, takes it off the page. Raises Refused."""
    _require(actor, "public_question.withdraw", lock(question))
    question.withdrawn_at = question.withdrawn_at or utcnow()


def report(actor: Account, question: PublicQuestion) -> None:
    """Ask the county to look at a question and its answer; whoever is first counts.

    Raises:
        Refused: the actor may not read it.
    """
    _require(actor, "public_question.read", lock(question))
    if question.reported_at is None:
        question.reported_by_id, question.reported_at = actor.id, utcnow()


def keep(official: Account, question: PublicQuestion) -> None:
    """An official finds nothing against a reported question. Raises Refused."""
    _require(official, "public_question.moderate", lock(question))
    question.reported_by_id = question.reported_at = None


def get_public_question(question_id: int) -> PublicQuestion:
    """A question that is shown, with its purchase, or 404."""
    found = db.session.get(PublicQuestion, question_id)
    return found if found is not None and found.withdrawn_at is None else abort(404)


def public_questions(offer: Offer) -> Sequence[Any]:
    """The questions on the page of a purchase, the latest first; none of a sale.

    Rows of id, asker_id, text, answer, asked_at and answered_at.
    """
    if offer.side is Side.SELL:
        return ()
    rows = _questions(offer.id)
    depends_on(partial(_key_now, offer.id), _key(rows))
    return rows


def unanswered_questions() -> Select[*tuple[Any, ...]]:
    """What waits for who is asked: see market.accounts.today."""
    return (
        select(func.count(), func.min(PublicQuestion.asked_at))
        .join(Offer, Offer.id == PublicQuestion.offer_id)
        .where(Offer.owner_id.in_(PARTIES), Offer.status == OfferStatus.PUBLISHED)
        .where(Offer.valid_until > NOW, PublicQuestion.answered_at.is_(None))
        .where(PublicQuestion.withdrawn_at.is_(None))
    )


def reported(paths: Collection[str]) -> Sequence[PublicQuestion]:
    """Reported questions about purchases of the subtrees, the longest waiting first."""
    return db.session.scalars(
        select(PublicQuestion)
        .join(Offer, Offer.id == PublicQuestion.offer_id)
        .join(Region, Region.code == Offer.region_code)
        .where(_is_reported(paths))
        .options(joinedload(PublicQuestion.offer), joinedload(PublicQuestion.asker).lazyload("*"))
        .order_by(PublicQuestion.reported_at, PublicQuestion.id)
    ).all()


def reported_by_region(paths: Collection[str]) -> Select[*tuple[Any, ...]]:
    """A select for each region of the subtrees where some wait: its path, how many, and since when
    the first does."""
    return (
        select(Region.path, func.count(), func.min(PublicQuestion.reported_at))
        .select_from(PublicQuestion)
        .join(Offer, Offer.id == PublicQuestion.offer_id)
        .join(Region, Region.code == Offer.region_code)
        .where(_is_reported(paths))
        .group_by(Region.path)
    )


def _is_reported(paths: Collection[str]) -> ColumnElement[bool]:
    inside = or_(*(within(Region.path, path) for path in paths))
    waits = PublicQuestion.reported_at.is_not(None) & PublicQuestion.withdrawn_at.is_(None)
    return waits & inside


def _questions(offer_id: int) -> Sequence[Any]:
    return read(_SHOWN, offer=offer_id).all()


def _key_now(offer_id: int) -> int:
    return _key(_questions(offer_id))


def _key(rows: Sequence[Any]) -> int:
    return hash(tuple((row.id, row.answered_at) for row in rows))


def _check_open(offer: Offer) -> None:
    if not takes_questions(offer):
        raise Refused(_l("The deadline is over: nothing is asked or answered any more."))


def _checked(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(_l("Write what you want to say."), "text")
    if len(text) > MAX_QUESTION_LENGTH:
        raise Invalid(_l("At most %(count)s characters.", count=MAX_QUESTION_LENGTH), "text")
    return text


def _require(actor: Account, permission: str, question: PublicQuestion) -> None:
    if not may(actor, permission, question):
        raise Refused(_l("Your account has no right to do this."))


_SHOWN = (
    select(
        *(PublicQuestion.id, PublicQuestion.asker_id, PublicQuestion.text),
        *(PublicQuestion.answer, PublicQuestion.asked_at, PublicQuestion.answered_at),
    )
    .where(PublicQuestion.offer_id == bindparam("offer"), PublicQuestion.withdrawn_at.is_(None))
    .order_by(PublicQuestion.id.desc())
    .limit(MAX_SHOWN)
)


def _export(account: Account) -> list[dict[str, Any]]:
    mine = select(PublicQuestion).where(PublicQuestion.asker_id == account.id)
    return [
        {
            "offer": one.offer_id,
            "at": one.asked_at.isoformat(),
            "text": one.text,
            "answer": one.answer,
        }
        for one in db.session.scalars(mine.order_by(PublicQuestion.id))
    ]


def _export_answers(account: Account) -> list[dict[str, Any]]:
    mine = (
        select(PublicQuestion)
        .join(Offer, Offer.id == PublicQuestion.offer_id)
        .where(Offer.owner_id == account.id, PublicQuestion.answer != "")
    )
    return [
        {
            "offer": one.offer_id,
            "at": one.answered_at.isoformat() if one.answered_at else None,
            "text": one.answer,
        }
        for one in db.session.scalars(mine.order_by(PublicQuestion.id))
    ]


def _erase(account: Account) -> None:
    """What the account asked goes whole; of what it answered, the answers."""
    owned = select(Offer.id).where(Offer.owner_id == account.id)
    db.session.execute(delete(PublicQuestion).where(PublicQuestion.asker_id == account.id))
    for one in db.session.scalars(select(PublicQuestion).where(PublicQuestion.offer_id.in_(owned))):
        one.answer, one.answered_at = "", None
    reports = select(PublicQuestion).where(PublicQuestion.reported_by_id == account.id)
    for one in db.session.scalars(reports):
        one.reported_by_id = one.reported_at = None


def _about(person: Person) -> ColumnElement[bool]:
    """Questions about the person's purchases, and answers to what they asked."""
    owned = select(Offer.id).where(Offer.owner_id == person.id)
    return or_(PublicQuestion.asker_id == person.id, PublicQuestion.offer_id.in_(owned))


personal_texts.append(PersonalTexts(PublicQuestion, ("text", "answer"), _about))
exporters.extend([("public_questions", _export), ("public_answers", _export_answers)])
erasers.append(_erase)
