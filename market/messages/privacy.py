"""What the room says about an account that asks, and what ends with one that is erased."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select

from market.accounts.models import Account
from market.accounts.privacy.erasures import Person, PersonalTexts, personal_texts
from market.accounts.privacy.exports import erasers, exporters
from market.database import db
from market.deals.models import Deal
from market.messages.models import Question, QuestionStatus, QuestionText
from market.offers.models import Offer

# In both languages, because it is data, not words of a page.
ERASED_TEXT = "（已随账号注销删除） (erased with the account)"


def _questions(account: Account) -> list[dict[str, Any]]:
    mine = select(Question).where(Question.asker_id == account.id).order_by(Question.id)
    return [
        {
            "asked_at": question.asked_at.isoformat(),
            "county": {"code": question.region_code, "name": question.region.name},
            "offer": question.offer_id,
            "deal": question.deal_id,
            "status": question.status,
            "texts": [
                {
                    "from": "office" if text.from_office else "asker",
                    "at": text.at.isoformat(),
                    "text": text.text,
                }
                for text in question.texts
            ],
        }
        for question in db.session.scalars(mine)
    ]


def _answers(account: Account) -> list[dict[str, Any]]:
    """What the account wrote as an official; the questions are other people's."""
    mine = select(QuestionText).where(QuestionText.by_id == account.id, QuestionText.from_office)
    return [
        {"at": text.at.isoformat(), "text": text.text}
        for text in db.session.scalars(mine.order_by(QuestionText.id))
    ]


def _erase(account: Account) -> None:
    """Take away what the asker wrote and close the questions; the office's answers stay, with
    the asker starred in them."""
    for question in db.session.scalars(select(Question).where(Question.asker_id == account.id)):
        question.status = QuestionStatus.CLOSED
        for text in question.texts:
            if not text.from_office:
                text.text = ERASED_TEXT


def _about(person: Person) -> ColumnElement[bool]:
    """Threads that the person asked or answered in, or that are about their offers or deals."""
    parties = or_(Deal.seller_id == person.id, Deal.buyer_id == person.id)
    written = select(QuestionText.question_id).where(QuestionText.by_id == person.id)
    threads = select(Question.id).where(
        or_(
            Question.asker_id == person.id,
            Question.offer_id.in_(select(Offer.id).where(Offer.owner_id == person.id)),
            Question.deal_id.in_(select(Deal.id).where(parties)),
            Question.id.in_(written),
        )
    )
    return QuestionText.question_id.in_(threads)


personal_texts.append(PersonalTexts(QuestionText, ("text",), _about))
exporters.extend([("questions", _questions), ("answers", _answers)])
erasers.append(_erase)
