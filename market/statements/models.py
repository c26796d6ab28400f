"""Statements 上报, their frozen versions, what became of them, and the published table.

What was frozen stays: versions, events, corrections, decisions and publications are
appended only, and triggers refuse everything else.
"""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, Timestamped, UTCDateTime, choice, utcnow
from market.fairs.models import Fair
from market.regions.models import Region

MAX_REMARK_LENGTH = 200


class StatementKind(enum.StrEnum):
    DAILY = "daily"
    FINAL = "final"


class StatementStatus(enum.StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    PUBLISHED = "published"


# The one table of allowed transitions. What is published is locked: it is only corrected.
STATEMENT_TRANSITIONS: dict[StatementStatus, frozenset[StatementStatus]] = {
    StatementStatus.DRAFT: frozenset({StatementStatus.SUBMITTED}),
    StatementStatus.SUBMITTED: frozenset(
        {StatementStatus.ACCEPTED, StatementStatus.RETURNED, StatementStatus.WITHDRAWN}
    ),
    StatementStatus.WITHDRAWN: frozenset({StatementStatus.SUBMITTED}),
    StatementStatus.RETURNED: frozenset({StatementStatus.SUBMITTED}),
    StatementStatus.ACCEPTED: frozenset({StatementStatus.PUBLISHED, StatementStatus.RETURNED}),
    StatementStatus.PUBLISHED: frozenset(),
}


class StatementAct(enum.StrEnum):
    """What somebody did to a statement."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    ACCEPTED = "accepted"
    RETURNED = "returned"
    PUBLISHED = "published"
    REMINDED = "reminded"
    CORRECTED = "corrected"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class SnapshotColumns:
    """Figures as they were at one moment, by one person's act.

    Attributes:
        snapshot: canonical JSON (market.tallies.frozen_figures); sha256: of its UTF-8, in hex.
        ledger_id, ledger_hash: the ledger's last entry then; 0 and 64 zeros when empty.
    """

    snapshot: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    ledger_id: Mapped[int] = mapped_column(Integer)
    ledger_hash: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    @declared_attr
    def by(cls) -> Mapped[Account]:
        return relationship(Account)


class Statement(Base, Timestamped):
    """What a unit reports of a fair for a day, or finally.

    A unit is a reporting leaf, or a prefecture, whose statement gathers its counties'. A
    statement nobody has submitted yet needs no row; a reminder makes it one.

    Attributes:
        parent_code: the prefecture it is submitted to; None: straight to the province. It
            stays what it was when the county moves to another prefecture later.
        day: of a daily statement; of a final one the fair's last day, so that a fair that
            is extended asks for another.
        due_at: when it was due, by the settings of the time.
        version: the number of the version that counts; 0: none submitted yet.
        first_submitted_at: when what was reviewed, or waits for it, was first submitted;
            punctuality goes by it. A submission that its unit withdrew before anybody had
            reviewed one gives way to the next, so that nobody is in time by submitting anything.
    """

    __tablename__ = "statements"

    id: Mapped[int] = mapped_column(primary_key=True)
    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    kind: Mapped[StatementKind] = mapped_column(choice(StatementKind, "kind"))
    day: Mapped[date]
    due_at: Mapped[datetime] = mapped_column(UTCDateTime)
    status: Mapped[StatementStatus] = mapped_column(
        choice(StatementStatus, "status"), default=StatementStatus.DRAFT
    )
    version: Mapped[int] = mapped_column(Integer, default=0)
    first_submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    fair: Mapped[Fair] = relationship()
    region: Mapped[Region] = relationship(foreign_keys=[region_code])
    parent: Mapped[Region | None] = relationship(foreign_keys=[parent_code])
    versions: Mapped[list[StatementVersion]] = relationship(order_by="StatementVersion.number")
    events: Mapped[list[StatementEvent]] = relationship(order_by="StatementEvent.id")
    corrections: Mapped[list[Correction]] = relationship(order_by="Correction.number")

    __table_args__ = (
        Unique("fair_id", "region_code", "kind", "day"),
        CheckConstraint("version >= 0 AND (version = 0) = (status = 'draft')", name="version"),
        CheckConstraint("(version = 0) = (first_submitted_at IS NULL)", name="first_submitted"),
        CheckConstraint("parent_code <> region_code", name="parent_not_self"),
        Index("ix_statements_fair_id_kind_day", "fair_id", "kind", "day"),
    )

    @property
    def current(self) -> StatementVersion:
        """The version that counts. Raises IndexError for a draft."""
        return self.versions[self.version - 1]


class StatementVersion(SnapshotColumns, Base):
    """One submission: the figures as they were then. A new one follows a return or a withdrawal."""

    __tablename__ = "statement_versions"

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    number: Mapped[int] = mapped_column(Integer)
    remark: Mapped[str] = mapped_column(String(MAX_REMARK_LENGTH), default="")

    __table_args__ = (
        Unique("statement_id", "number"),
        CheckConstraint("number > 0", name="number"),
    )


class StatementEvent(Base):
    """A step of a statement: who did what, when and why, to which version."""

    __tablename__ = "statement_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"), index=True)
    act: Mapped[StatementAct] = mapped_column(choice(StatementAct, "act"))
    version: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(String(MAX_REMARK_LENGTH), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    by: Mapped[Account] = relationship()

    __table_args__ = (
        CheckConstraint("act <> 'returned' OR reason <> ''", name="returned_with_reason"),
    )


class Correction(SnapshotColumns, Base):
    """A change to figures already accepted: both figures stay, with the reason.

    Attributes:
        before: the snapshot that counted until then; `snapshot` is what it becomes.
        number: 1, 2 … of its statement; it counts once its decision confirms it.
    """

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    number: Mapped[int] = mapped_column(Integer)
    before: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(String(MAX_REMARK_LENGTH))

    statement: Mapped[Statement] = relationship(back_populates="corrections")
    decision: Mapped[CorrectionDecision | None] = relationship()

    __table_args__ = (
        Unique("statement_id", "number"),
        CheckConstraint("reason <> ''", name="reason"),
        CheckConstraint("number > 0", name="number"),
    )


class CorrectionDecision(Base):
    """The next level confirms a correction or refuses it; once."""

    __tablename__ = "correction_decisions"

    correction_id: Mapped[int] = mapped_column(ForeignKey("corrections.id"), primary_key=True)
    confirmed: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="confirmed"))
    reason: Mapped[str] = mapped_column(String(MAX_REMARK_LENGTH), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    by: Mapped[Account] = relationship()

    __table_args__ = (CheckConstraint("confirmed OR reason <> ''", name="refused_with_reason"),)


class Publication(SnapshotColumns, Base):
    """The province publishes a fair's statements of a day, or the final ones; once.

    Attributes:
        reason: why it did not wait for those the snapshot names as missing.
    """

    __tablename__ = "publications"

    id: Mapped[int] = mapped_column(primary_key=True)
    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"))
    kind: Mapped[StatementKind] = mapped_column(choice(StatementKind, "kind"))
    day: Mapped[date]
    reason: Mapped[str] = mapped_column(String(MAX_REMARK_LENGTH), default="")

    fair: Mapped[Fair] = relationship()

    __table_args__ = (Unique("fair_id", "kind", "day"),)
