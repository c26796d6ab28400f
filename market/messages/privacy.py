"""What the room says about an account that writes, and what ends with one that is erased."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update

from market.accounts.models import Account
from market.accounts.privacy.erasures import Person, PersonalTexts, personal_texts
from market.accounts.privacy.exports import erasers, exporters
from market.database import db
from market.deals.models import Deal
from market.messages.models import (
    EnquiryMessage,
    EnquiryReport,
    EnquiryThread,
    Question,
    QuestionStatus,
    QuestionText,
    Quotation,
)
from market.messages.purchase_quotations import count_quotations
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


def _threads_of(person: Account | Person) -> ColumnElement[bool]:
    return or_(EnquiryThread.asker_id == person.id, EnquiryThread.owner_id == person.id)


def _enquiries(account: Account) -> list[dict[str, Any]]:
    """The threads the account is a side of; what the other side wrote is part of them."""
    mine = select(EnquiryThread).where(_threads_of(account)).order_by(EnquiryThread.id)
    return [
        {
            "offer": thread.offer_id,
            "as": "asker" if thread.asker_id == account.id else "owner",
            "messages": [
                {
                    "from": "me"
                    if message.from_asker == (thread.asker_id == account.id)
                    else "other",
                    "at": message.at.isoformat(),
                    "text": message.text,
                    "quantity": str(message.quantity) if message.quantity else None,
                    "unit": message.unit,
                    "wanted_on": message.wanted_on.isoformat() if message.wanted_on else None,
                    "quotation": _terms(message.quotation) if message.quotation else None,
                }
                for message in thread.messages
            ],
        }
        for thread in db.session.scalars(mine)
    ]


def _terms(quotation: Quotation) -> dict[str, Any]:
    return {
        "price": str(quotation.price),
        "price_unit": quotation.price_unit,
        "quantity": str(quotation.quantity),
        "unit": quotation.unit,
        "basis": quotation.basis,
        "valid_until": quotation.valid_until.isoformat(),
        "state": quotation.state,
        "deal": quotation.deal_id,
    }


def _reports(account: Account) -> list[dict[str, Any]]:
    mine = select(EnquiryReport).where(EnquiryReport.by_id == account.id)
    return [
        {
            "at": report.at.isoformat(),
            "reason": report.reason,
            "decision": report.decision,
            "decision_reason": report.decision_reason,
        }
        for report in db.session.scalars(mine.order_by(EnquiryReport.id))
    ]


def _erase_enquiries(account: Account) -> None:
    """Delete what the account's side wrote and quoted, and what it reported; what the other
    side wrote is theirs. A thread that holds nothing any more goes."""
    for thread in db.session.scalars(select(EnquiryThread).where(_threads_of(account))).all():
        of_side = thread.asker_id == account.id
        here = and_(Quotation.thread_id == thread.id, Quotation.from_asker == of_side)
        gone = select(Quotation.id).where(here)
        _run(update(Quotation).where(Quotation.answers_id.in_(gone)).values(answers_id=None))
        _run(delete(Quotation).where(here))
        for model in (EnquiryMessage, EnquiryReport):
            written = and_(model.thread_id == thread.id, model.from_asker == of_side)
            _run(delete(model).where(written))
        db.session.expire(thread)
        if thread.messages:
            thread.asker_unread = thread.owner_unread = 0
        else:
            _run(delete(EnquiryReport).where(EnquiryReport.thread_id == thread.id))
            db.session.delete(thread)
        db.session.flush()
        count_quotations(thread.offer_id)


def _run(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})


def _in_threads(column: Any) -> Any:
    """Whether a row is of a thread with the person, by the column that names the thread."""
    return lambda person: column.in_(select(EnquiryThread.id).where(_threads_of(person)))


personal_texts += [
    PersonalTexts(QuestionText, ("text",), _about),
    PersonalTexts(EnquiryMessage, ("text",), _in_threads(EnquiryMessage.thread_id)),
    PersonalTexts(
        EnquiryReport, ("reason", "decision_reason"), _in_threads(EnquiryReport.thread_id)
    ),
]
exporters.extend(
    [
        ("questions", _questions),
        ("answers", _answers),
        ("enquiries", _enquiries),
        ("enquiry_reports", _reports),
    ]
)
erasers.extend([_erase, _erase_enquiries])
