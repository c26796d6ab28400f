"""Questions of the demonstration: in every state, to the counties whose officials log in."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from market.demonstration.bulk import insert_rows, next_id, settle_sequences
from market.demonstration.participants import Participants
from market.messages.models import Question, QuestionStatus, QuestionText
from market.offers.models import OfferStatus

# (what is asked, the answer, whether it is about an offer of theirs)
CONVERSATIONS = (
    ("对接会上成交的，核实要等几天？", "材料齐的当天办，最迟两个工作日。", False),
    (
        "我这条信息的照片要换，核实过的还要再核一次吗？",
        "换照片要重新核实，改好后我们优先看。",
        True,
    ),
    ("买家是外省的，成交算在哪个县？", "卖方在我县的，就计在我县。", False),
    ("没有检测报告能先发布吗？", "可以先发布，有报告的核实快一些。", True),
    ("合作社第一次来，要带什么手续？", "营业执照复印件和负责人身份证，来一次就行。", False),
)


@dataclass(frozen=True)
class QuestionOutcome:
    """What became of a question, and when.

    Attributes:
        days: ago it was asked; hours: after that it was answered.
        seen: whether the asker has read the answer.
    """

    status: QuestionStatus
    days: float
    hours: float | None = None
    seen: bool = False


OUTCOMES = (
    QuestionOutcome(QuestionStatus.OPEN, 0.2),
    QuestionOutcome(QuestionStatus.OPEN, 4.5),
    QuestionOutcome(QuestionStatus.ANSWERED, 2, hours=5),
    QuestionOutcome(QuestionStatus.ANSWERED, 6, hours=20, seen=True),
    QuestionOutcome(QuestionStatus.CLOSED, 12, hours=3, seen=True),
)


def write_questions(
    rng: Random, participants: Participants, offers: Sequence[dict[str, Any]], now: datetime
) -> int:
    """Insert questions of the traders in the journey's counties; returns how many."""
    questions: list[dict[str, Any]] = []
    texts: list[dict[str, Any]] = []
    first = next_id(Question)
    for code in participants.journey:
        for outcome, conversation in zip(
            OUTCOMES, rng.sample(CONVERSATIONS, len(OUTCOMES)), strict=True
        ):
            asker = rng.choice(participants.traders[code])
            id = first + len(questions)
            official = participants.officials[code]
            questions.append(_question(id, asker, code, outcome, conversation, offers, now))
            texts += _texts(rng, questions[-1], asker["id"], official, conversation)
    insert_rows(Question, questions)
    insert_rows(QuestionText, texts)
    settle_sequences(Question, QuestionText)
    return len(questions)


def _question(
    id: int,
    asker: dict[str, Any],
    code: str,
    outcome: QuestionOutcome,
    conversation: tuple[str, str, bool],
    offers: Sequence[dict[str, Any]],
    now: datetime,
) -> dict[str, Any]:
    theirs = (
        offer["id"]
        for offer in offers
        if offer["owner_id"] == asker["id"]
        and offer["region_code"] == code
        and offer["status"] is OfferStatus.PUBLISHED
    )
    at = now - timedelta(days=outcome.days)
    answered = None if outcome.hours is None else at + timedelta(hours=outcome.hours)
    return {
        "id": id,
        "asker_id": asker["id"],
        "region_code": code,
        "offer_id": next(theirs, None) if conversation[2] else None,
        "deal_id": None,
        "status": outcome.status,
        "asked_at": at,
        "waiting_since": at,
        "answered_at": answered,
        "seen_at": answered + timedelta(hours=2) if answered and outcome.seen else None,
    }


def _texts(
    rng: Random,
    question: dict[str, Any],
    asker: int,
    official: int,
    conversation: tuple[str, str, bool],
) -> Iterator[dict[str, Any]]:
    messages = [(asker, False, conversation[0], question["asked_at"])]
    if question["answered_at"]:
        messages.append((official, True, conversation[1], question["answered_at"]))
    for by, from_office, text, at in messages:
        yield {
            "question_id": question["id"],
            "by_id": by,
            "from_office": from_office,
            "text": text,
            "at": at,
            "key": uuid.UUID(int=rng.getrandbits(128), version=4).hex,
        }
