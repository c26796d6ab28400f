"""Questions and the texts they are made of; enquiries on offers, and what is quoted in them."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, Quantity, UnitPrice, UTCDateTime, choice, utcnow
from market.deals.models import Deal
from market.offers.models import Offer, PriceBasis
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
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"), index=True)
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id"), index=True)
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


class QuotationState(enum.StrEnum):
    """What became of a quotation. One that is past its day stays open and is told as run out."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REPLACED = "replaced"


class MessageKind(enum.StrEnum):
    """What a message of an enquiry does."""

    WORDS = "words"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class ReportDecision(enum.StrEnum):
    """What the county's official decided about a thread that was reported."""

    DISMISSED = "dismissed"
    CLOSED = "closed"


class EnquiryThread(Base):
    """An enquiry 询价 on an offer: all that its owner and one other party write about it.

    Attributes:
        owner_id: of the offer, which never changes hands; asker_id: who asked first. Either may
            be a farmer for whom an assistant writes.
        last_at: when the newest message was written.
        asker_unread, owner_unread: how many messages each side has not opened yet.
        closed_at: since when nobody can write any more, because an official closed it.
    """

    __tablename__ = "enquiry_threads"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"))
    asker_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    last_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    asker_unread: Mapped[int] = mapped_column(Integer, default=0)
    owner_unread: Mapped[int] = mapped_column(Integer, default=0)
    closed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    offer: Mapped[Offer] = relationship()
    asker: Mapped[Account] = relationship(foreign_keys=[asker_id])
    owner: Mapped[Account] = relationship(foreign_keys=[owner_id])
    messages: Mapped[list[EnquiryMessage]] = relationship(order_by="EnquiryMessage.id")
    quotations: Mapped[list[Quotation]] = relationship(
        order_by="Quotation.id", back_populates="thread"
    )

    __table_args__ = (
        UniqueConstraint("offer_id", "asker_id"),
        CheckConstraint("asker_id <> owner_id", name="two_parties"),
        CheckConstraint("asker_unread >= 0 AND owner_unread >= 0", name="unread_counted"),
    )

    def party(self, is_asker: bool) -> Account:
        """The party of one side."""
        return self.asker if is_asker else self.owner

    def unread(self, is_asker: bool) -> int:
        """How many messages that side has not opened yet."""
        return self.asker_unread if is_asker else self.owner_unread

    @property
    def open_quotation(self) -> Quotation | None:
        """The one quotation that waits for an answer."""
        return next((q for q in self.quotations if q.state is QuotationState.OPEN), None)


class EnquiryMessage(Base):
    """What one side wrote at once: words, what it wants to know a price for, or a quotation.

    Attributes:
        author_id: who wrote it: a party, or the assistant who writes for it.
        from_asker: whether it is of the asking side.
        kind: whether it accepts or declines the quotation that stood open; a quotation of its
            own, and a counter-offer, are words with terms.
        text: may be empty where a quantity, a quotation or the kind says enough.
        quantity, unit, wanted_on: how much is wanted, and on which day; of an enquiry.
        key: of the form; a form sent twice writes one message.
    """

    __tablename__ = "enquiry_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("enquiry_threads.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    from_asker: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="from_asker"))
    kind: Mapped[MessageKind] = mapped_column(
        choice(MessageKind, "kind"), default=MessageKind.WORDS, server_default="words"
    )
    text: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH), default="")
    quantity: Mapped[Decimal | None] = mapped_column(Quantity)
    unit: Mapped[str | None] = mapped_column(String(12))
    wanted_on: Mapped[date | None]
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    key: Mapped[str] = mapped_column(String(32), unique=True)

    author: Mapped[Account] = relationship()
    quotation: Mapped[Quotation | None] = relationship(back_populates="message")

    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("(quantity IS NULL) = (unit IS NULL)", name="quantity_has_unit"),
    )


class Quotation(Base):
    """A quotation 报价, or the counter-offer 还价 that answers one: the terms of a message.

    Attributes:
        price: yuan per `price_unit`; quantity: in `unit`.
        basis: where the price holds: at the farm, or at the buyer's door.
        valid_until: the last local day on which it can be accepted.
        answers_id: the quotation of the other side that it counters.
        answered_by_id, answered_at: who accepted, declined or countered it, and when.
        deal_id: the proposal that accepting it made.
    """

    __tablename__ = "quotations"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("enquiry_threads.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("enquiry_messages.id"), unique=True)
    from_asker: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="from_asker"))
    price: Mapped[Decimal] = mapped_column(UnitPrice)
    price_unit: Mapped[str] = mapped_column(String(12))
    quantity: Mapped[Decimal] = mapped_column(Quantity)
    unit: Mapped[str] = mapped_column(String(12))
    basis: Mapped[PriceBasis] = mapped_column(choice(PriceBasis, "basis"))
    valid_until: Mapped[date]
    state: Mapped[QuotationState] = mapped_column(
        choice(QuotationState, "state"), default=QuotationState.OPEN
    )
    answers_id: Mapped[int | None] = mapped_column(ForeignKey("quotations.id"))
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    answered_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id"), unique=True)

    thread: Mapped[EnquiryThread] = relationship(back_populates="quotations")
    message: Mapped[EnquiryMessage] = relationship(back_populates="quotation")
    answers: Mapped[Quotation | None] = relationship(remote_side=[id])
    deal: Mapped[Deal | None] = relationship()

    __table_args__ = (
        CheckConstraint("price > 0", name="price_positive"),
        CheckConstraint("quantity > 0", name="quantity_positive"),
        CheckConstraint("(state = 'accepted') = (deal_id IS NOT NULL)", name="accepted_as_deal"),
        CheckConstraint("(state = 'open') = (answered_at IS NULL)", name="answered_at_a_time"),
        Index(
            "uq_quotations_open",
            "thread_id",
            unique=True,
            sqlite_where=text("state = 'open'"),
            postgresql_where=text("state = 'open'"),
        ),
    )


class EnquiryReport(Base):
    """A thread that one of its sides reported to the county: only then do officials read it.

    Attributes:
        from_asker: whether the asking side reported it.
        region_code: the county whose office decides.
        at: messages written later stay between the two sides.
        decision_reason: what the office says about it, to who reported.
    """

    __tablename__ = "enquiry_reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    thread_id: Mapped[int] = mapped_column(ForeignKey("enquiry_threads.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    from_asker: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="from_asker"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    reason: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    decision: Mapped[ReportDecision | None] = mapped_column(choice(ReportDecision, "decision"))
    decision_reason: Mapped[str] = mapped_column(String(200), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    thread: Mapped[EnquiryThread] = relationship()
    by: Mapped[Account] = relationship(foreign_keys=[by_id])
    region: Mapped[Region] = relationship()

    __table_args__ = (
        CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)"
            " AND (decision IS NULL) = (decided_by_id IS NULL)",
            name="decided_by_somebody",
        ),
        Index(
            "uq_enquiry_reports_waiting",
            *("thread_id", "from_asker"),
            unique=True,
            sqlite_where=text("decision IS NULL"),
            postgresql_where=text("decision IS NULL"),
        ),
        Index("ix_enquiry_reports_region_code_at", "region_code", "at"),
    )
