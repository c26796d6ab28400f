"""Training sessions, who came to them, and the certificates that were issued."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, ExactDecimal, UTCDateTime, choice, utcnow
from market.regions.models import Region

MAX_TEXT_LENGTH = 60
MAX_TOPIC_LENGTH = 80
MAX_NAME_LENGTH = 60
MAX_VILLAGE_LENGTH = 40
# Tenths of an hour.
Hours = ExactDecimal(1)
MAX_HOURS = 100


class Trainee(enum.StrEnum):
    """As what somebody came."""

    ASSISTANT = "assistant"
    FARMER = "farmer"
    OTHER = "other"


class TrainingSession(Base):
    """A training that a county held.

    Attributes:
        held_on: its first local day.
        hours: in all.
        key: of the form it was entered with.
    """

    __tablename__ = "training_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    held_on: Mapped[date]
    place: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH))
    topic: Mapped[str] = mapped_column(String(MAX_TOPIC_LENGTH))
    teacher: Mapped[str] = mapped_column(String(MAX_TEXT_LENGTH))
    hours: Mapped[Decimal] = mapped_column(Hours)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    key: Mapped[str] = mapped_column(String(32), unique=True)

    region: Mapped[Region] = relationship()
    entered_by: Mapped[Account] = relationship()
    participants: Mapped[list[TrainingParticipant]] = relationship(
        order_by="TrainingParticipant.id", back_populates="session"
    )

    __table_args__ = (
        CheckConstraint(f"hours > 0 AND hours <= {MAX_HOURS * 10}", name="hours"),
        CheckConstraint("topic <> '' AND place <> '' AND teacher <> ''", name="described"),
        Index("ix_training_sessions_region_code_held_on", "region_code", "held_on"),
    )


class TrainingParticipant(Base):
    """Somebody who came: an account, or a name and a village.

    Attributes:
        name, village: of who has no account; empty of an account, which has its own.
    """

    __tablename__ = "training_participants"

    id: Mapped[int] = mapped_column(primary_key=True)
    training_id: Mapped[int] = mapped_column(ForeignKey("training_sessions.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    name: Mapped[str] = mapped_column(String(MAX_NAME_LENGTH), default="")
    village: Mapped[str] = mapped_column(String(MAX_VILLAGE_LENGTH), default="")
    trainee: Mapped[Trainee] = mapped_column(choice(Trainee, "trainee"))
    entered_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    session: Mapped[TrainingSession] = relationship(back_populates="participants")
    account: Mapped[Account | None] = relationship()
    certificate: Mapped[TrainingCertificate | None] = relationship(back_populates="participant")

    __table_args__ = (
        CheckConstraint("(account_id IS NULL) = (name <> '')", name="an_account_or_a_name"),
        CheckConstraint("account_id IS NULL OR village = ''", name="village_of_the_name"),
        UniqueConstraint("training_id", "account_id"),
        Index(
            "uq_training_participants_name",
            *("training_id", "name", "village"),
            unique=True,
            sqlite_where=text("account_id IS NULL"),
            postgresql_where=text("account_id IS NULL"),
        ),
    )

    @property
    def full_name(self) -> str:
        return self.account.name if self.account else self.name


class TrainingCertificate(Base):
    """A certificate of a session.

    Attributes:
        serial: counted in the county and the year of issue, without a gap.
    """

    __tablename__ = "training_certificates"

    id: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[int] = mapped_column(ForeignKey("training_participants.id"), unique=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    year: Mapped[int]
    serial: Mapped[int]
    issued_on: Mapped[date]
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))

    participant: Mapped[TrainingParticipant] = relationship(back_populates="certificate")

    __table_args__ = (
        CheckConstraint("serial > 0", name="serial_positive"),
        UniqueConstraint("region_code", "year", "serial"),
    )

    @property
    def number(self) -> str:
        """As it is printed, such as 430726-2026-0007."""
        return f"{self.region_code}-{self.year}-{self.serial:04d}"
