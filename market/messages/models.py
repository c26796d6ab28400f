"""Questions and the texts they are made of."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, UTCDateTime, choice, utcnow
from market.deals.models import Deal
from market.offers.models import Offer
from market.regions.models import Region

# Characters of one text.
MAX_TEXT_LENGTH = 600


class QuestionStatus(enum.StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


# The one table of allowed transitions; a text of the same side again moves nothing.
QUESTION_TRANSITIONS: dict[QuestionStatus, frozenset[QuestionStatus]] = {
    QuestionStatus.OPEN: frozenset({QuestionStatus.ANSWERED, QuestionStatus.CLOSED}),
    QuestionStatus.ANSWERED: frozenset({QuestionStatus.OPEN, QuestionStatus.CLOSED}),
    QuestionStatus.CLOSED: frozenset({QuestionStatus.OPEN}),
}


class Question(Base):
    """What somebody asks the office of a county: about an offer, a deal, or in general.

    Attributes:
        asker_id: whose question it is; an assistant may have written it for them.
        region_code: the county whose office answers.
        waiting_since: when the asker last wrote to an office that had nothing to answer.
        answered_at: when the office last wrote; None before.
        seen_at: when the asker's side last saw what the office wrote; None before.
    """

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"))
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id"))
    status: Mapped[QuestionStatus] = mapped_column(
        choice(QuestionStatus, "status"), default=QuestionStatus.OPEN
    )
    asked_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    waiting_since: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    asker: Mapped[Account] = relationship(foreign_keys=[asker_id])
    region: Mapped[Region] = relationship()
    offer: Mapped[Offer | None] = relationship()
    deal: Mapped[Deal | None] = relationship()
    texts: Mapped[list[QuestionText]] = relationship(order_by="QuestionText.id")

    __table_args__ = (
        CheckConstraint("offer_id IS NULL OR deal_id IS NULL", name="about_one_thing"),
        CheckConstraint(
            "status <> 'answered' OR answered_at IS NOT NULL", name="answered_by_somebody"
        ),
        Index("ix_questions_region_code_status", "region_code", "status"),
    )

    @property
    def has_news(self) -> bool:
        """Whether the office wrote something that the asker's side has not seen."""
        if self.answered_at is None:
            return False
        return self.seen_at is None or self.seen_at < self.answered_at


class QuestionText(Base):
    """One text of a question's thread; never changed, but emptied of what an erased asker wrote.

    Attributes:
        from_office: written by an official of the county, not by the asker's side.
        key: of the form; a form sent twice writes one text.
    """

    __tablename__ = "question_texts"

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[int] = mapped_column(ForeignKey("questions.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    from_office: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="from_office"))
    text: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    key: Mapped[str] = mapped_column(String(32), unique=True)

    by: Mapped[Account] = relationship()

    __table_args__ = (CheckConstraint("text <> ''", name="says_something"),)
