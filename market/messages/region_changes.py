"""What waits at the office of a county that has ended is answered by its successor's."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from market.database import db
from market.messages.models import EnquiryReport, Question, QuestionStatus
from market.regions.signals import region_ended


@region_ended.connect
def _move(sender: Any, code: str, successor: str) -> None:
    waiting = select(Question).where(
        Question.region_code == code, Question.status != QuestionStatus.CLOSED
    )
    for question in db.session.scalars(waiting).all():
        question.region_code = successor
    reported = select(EnquiryReport).where(
        EnquiryReport.region_code == code, EnquiryReport.decision.is_(None)
    )
    for report in db.session.scalars(reported).all():
        report.region_code = successor
    db.session.flush()
