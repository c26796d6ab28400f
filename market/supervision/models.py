"""Work targets of the units of a fair, who supervises which county, and what was found there."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, ExactDecimal, UTCDateTime, choice, utcnow
from market.fairs.models import Fair
from market.regions.models import Region
from market.web.reasons import MAX_REASON_LENGTH

MAX_NOTE_LENGTH = 500


class TargetMeasure(enum.StrEnum):
    """The figures that a target can be of; each is named like the one of market.tallies."""

    AMOUNT_FEN = "amount_fen"
    DEALS = "deals"
    LISTINGS = "listings"
    MERCHANTS = "merchants"


class WorkTarget(Base):
    """What a unit aims at in a fair 目标任务; one row for each figure it has a target of.

    Attributes:
        value: fen for the value of deals, else a number.
    """

    __tablename__ = "work_targets"

    id: Mapped[int] = mapped_column(primary_key=True)
    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    measure: Mapped[TargetMeasure] = mapped_column(choice(TargetMeasure, "measure"))
    value: Mapped[int] = mapped_column(BigInteger)
    set_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    set_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    __table_args__ = (
        CheckConstraint("value > 0", name="value"),
        UniqueConstraint("fair_id", "region_code", "measure"),
    )


class CountySupervisor(Base):
    """Who supervises a county 督导, from when to when. Rows that have ended are its history."""

    __tablename__ = "county_supervisors"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    assigned_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    assigned_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)

    region: Mapped[Region] = relationship()
    account: Mapped[Account] = relationship(foreign_keys=[account_id])

    __table_args__ = (
        CheckConstraint("ended_by_id IS NULL OR ended_at IS NOT NULL", name="ended"),
        Index("ix_county_supervisors_region_code", "region_code"),
        Index(
            "uq_county_supervisors_current",
            "region_code",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )


class ContactKind(enum.StrEnum):
    """How a supervisor was in touch with a county."""

    VISIT = "visit"
    CALL = "call"


class SupervisionNote(Base):
    """What a supervisor found in a county on a visit or a call; added, never changed.

    Attributes:
        found_on: the local day of it.
        key: of the form it was written with.
    """

    __tablename__ = "supervision_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), index=True)
    kind: Mapped[ContactKind] = mapped_column(choice(ContactKind, "kind"))
    found_on: Mapped[date]
    finding: Mapped[str] = mapped_column(String(MAX_NOTE_LENGTH))
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    key: Mapped[str] = mapped_column(String(32), unique=True)

    by: Mapped[Account] = relationship()
    region: Mapped[Region] = relationship()

    __table_args__ = (CheckConstraint("finding <> ''", name="finding"),)


class AssessmentPart(enum.StrEnum):
    """A part of the composite table 考核; each is a column of AssessmentWeights."""

    COMPLETENESS = "completeness"
    PUNCTUALITY = "punctuality"
    TARGETS = "targets"
    VERIFICATION = "verification"
    EVIDENCE = "evidence"
    TRAINING = "training"
    QUALITY = "quality"


class AssessmentWeights(Base):
    """What each part counts in a fair's composite table, in percent; the last row holds, those
    before are its history. A fair without a row has market.supervision.assessment_rules' own."""

    __tablename__ = "assessment_weights"

    id: Mapped[int] = mapped_column(primary_key=True)
    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), index=True)
    completeness: Mapped[int]
    punctuality: Mapped[int]
    targets: Mapped[int]
    verification: Mapped[int]
    evidence: Mapped[int]
    training: Mapped[int]
    quality: Mapped[int]
    set_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    set_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    set_by: Mapped[Account] = relationship()

    __table_args__ = (
        CheckConstraint(" + ".join(AssessmentPart) + " = 100", name="sum"),
        CheckConstraint(" AND ".join(f"{part} >= 0" for part in AssessmentPart), name="positive"),
    )

    @property
    def weights(self) -> dict[AssessmentPart, int]:
        """The weight of each part."""
        return {part: getattr(self, part.value) for part in AssessmentPart}


class CountyCommendation(Base):
    """A county that the province commends 表彰 for its work in a fair. One that is withdrawn stays
    as history.

    Attributes:
        score, rank: in the composite table at that moment, of 100 and among `among` counties.
    """

    __tablename__ = "county_commendations"

    id: Mapped[int] = mapped_column(primary_key=True)
    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), index=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), index=True)
    reason: Mapped[str] = mapped_column(String(MAX_REASON_LENGTH))
    score: Mapped[Decimal] = mapped_column(ExactDecimal(1))
    rank: Mapped[int]
    among: Mapped[int]
    commended_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    commended_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    withdrawal_reason: Mapped[str] = mapped_column(String(MAX_REASON_LENGTH), default="")

    fair: Mapped[Fair] = relationship()
    region: Mapped[Region] = relationship()
    commended_by: Mapped[Account] = relationship(foreign_keys=[commended_by_id])

    __table_args__ = (
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("rank BETWEEN 1 AND among", name="rank"),
        CheckConstraint(
            "(withdrawn_at IS NULL AND withdrawn_by_id IS NULL AND withdrawal_reason = '')"
            " OR (withdrawn_at IS NOT NULL AND withdrawn_by_id IS NOT NULL"
            " AND withdrawal_reason <> '')",
            name="withdrawal",
        ),
        Index(
            "uq_county_commendations_current",
            "fair_id",
            "region_code",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )
