"""Complaints 投诉 about traders, which the county decides by a day."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, UTCDateTime, choice, utcnow
from market.deals.models import Deal
from market.messages.models import MAX_TEXT_LENGTH, EnquiryThread
from market.offers.models import Offer
from market.regions.models import Region
from market.web.reasons import MAX_REASON_LENGTH

MAX_COMPLAINT_PHOTOS = 3


class ComplaintKind(enum.StrEnum):
    NOT_DELIVERED = "not_delivered"
    NOT_PAID = "not_paid"
    NOT_AS_DESCRIBED = "not_as_described"
    FALSE_OFFER = "false_offer"
    HARASSMENT = "harassment"
    OTHER = "other"


class ComplaintDecision(enum.StrEnum):
    UPHELD = "upheld"
    DISMISSED = "dismissed"
    SETTLED = "settled"


class Complaint(Base):
    """What one party says another did; the county of the accused decides.

    Attributes:
        complainant_id, accused_id: the parties; by_id: who wrote it, the complainant or the
            assistant who represents them.
        deal_id, thread_id, offer_id: what it came from; none: the accused's page.
        due_on: the last local day on which it should be decided.
        statement: what the accused say, once; "" before.
        withdrawn_at: since when the complainant no longer wants it decided.
        key: of the form; a form sent twice makes one complaint.
    """

    __tablename__ = "complaints"

    id: Mapped[int] = mapped_column(primary_key=True)
    complainant_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    accused_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id"))
    thread_id: Mapped[int | None] = mapped_column(
        ForeignKey("enquiry_threads.id", ondelete="SET NULL")
    )
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"))
    kind: Mapped[ComplaintKind] = mapped_column(choice(ComplaintKind, "kind"))
    text: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    due_on: Mapped[date]
    statement: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH), default="")
    stated_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decision: Mapped[ComplaintDecision | None] = mapped_column(
        choice(ComplaintDecision, "decision")
    )
    decision_reason: Mapped[str] = mapped_column(String(MAX_REASON_LENGTH), default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    key: Mapped[str] = mapped_column(String(32), unique=True)

    complainant: Mapped[Account] = relationship(foreign_keys=[complainant_id])
    accused: Mapped[Account] = relationship(foreign_keys=[accused_id])
    region: Mapped[Region] = relationship()
    deal: Mapped[Deal | None] = relationship()
    thread: Mapped[EnquiryThread | None] = relationship()
    offer: Mapped[Offer | None] = relationship()
    photos: Mapped[list[ComplaintPhoto]] = relationship(
        order_by="ComplaintPhoto.id", cascade="all, delete-orphan"
    )

    __table_args__ = (
        CheckConstraint("complainant_id <> accused_id", name="two_parties"),
        CheckConstraint("(statement = '') = (stated_at IS NULL)", name="stated_at_a_time"),
        CheckConstraint(
            "(decision IS NULL) = (decided_at IS NULL)"
            " AND (decision IS NULL) = (decided_by_id IS NULL)",
            name="decided_by_somebody",
        ),
        CheckConstraint("decision IS NULL OR withdrawn_at IS NULL", name="decided_or_withdrawn"),
        Index("ix_complaints_region_code_due_on", "region_code", "due_on"),
    )

    @property
    def is_open(self) -> bool:
        """Whether it waits for a decision."""
        return self.decision is None and self.withdrawn_at is None

    @property
    def parties(self) -> list[Account]:
        """Whose case it is: they don't decide it."""
        return [self.complainant, self.accused]


class ComplaintPhoto(Base):
    """A picture that goes with a complaint, in pixels; both sides and the office see it."""

    __tablename__ = "complaint_photos"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
