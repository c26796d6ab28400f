"""What validation found in a statement that went up all the same, and overrides of its stops.

All of it is appended only (triggers); what people wrote in it may be starred.
"""

from __future__ import annotations

import json
from datetime import datetime

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Integer, String, Text
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, UTCDateTime, choice, utcnow
from market.regions.models import Region
from market.statements.models import MAX_REMARK_LENGTH, Statement
from market.statements.validation import ValidationFinding, ValidationRule, ValidationSeverity

MAX_SUBJECT_LENGTH = 60


class OverrideRequest(Base):
    """A unit asks the next level to let its statement be submitted in spite of what stops it.

    Attributes:
        number: 1, 2 … of its statement.
        findings: what stops it, as canonical JSON of format_findings().
    """

    __tablename__ = "override_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[int] = mapped_column(ForeignKey("statements.id"))
    number: Mapped[int] = mapped_column(Integer)
    findings: Mapped[str] = mapped_column(Text)
    explanation: Mapped[str] = mapped_column(String(MAX_REMARK_LENGTH))
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    statement: Mapped[Statement] = relationship()
    by: Mapped[Account] = relationship()
    decision: Mapped[OverrideDecision | None] = relationship()

    __table_args__ = (
        Unique("statement_id", "number"),
        CheckConstraint("explanation <> ''", name="explanation"),
        CheckConstraint("number > 0", name="number"),
    )

    @property
    def region(self) -> Region:
        """As permissions ask of a statement; so is `parent`."""
        return self.statement.region

    @property
    def parent(self) -> Region | None:
        return self.statement.parent

    @property
    def found(self) -> list[ValidationFinding]:
        """What stops the statement."""
        return read_findings(self.findings)


class OverrideDecision(Base):
    """The next level allows what a unit asked for, or refuses it; once, with its reason."""

    __tablename__ = "override_decisions"

    request_id: Mapped[int] = mapped_column(ForeignKey("override_requests.id"), primary_key=True)
    allowed: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="allowed"))
    reason: Mapped[str] = mapped_column(String(MAX_REMARK_LENGTH))
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    by: Mapped[Account] = relationship()

    __table_args__ = (CheckConstraint("reason <> ''", name="reason"),)


class StatementFinding(Base):
    """What a rule found in a version of a statement, and how the unit explains it.

    Attributes:
        subject, numbers: of market.statements.validation.ValidationFinding, the latter as JSON.
        request_id: the request that lets a stop pass; warnings need none.
    """

    __tablename__ = "statement_findings"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("statement_versions.id"))
    rule: Mapped[ValidationRule] = mapped_column(choice(ValidationRule, "rule"))
    subject: Mapped[str] = mapped_column(String(MAX_SUBJECT_LENGTH))
    severity: Mapped[ValidationSeverity] = mapped_column(choice(ValidationSeverity, "severity"))
    numbers: Mapped[str] = mapped_column(Text)
    explanation: Mapped[str] = mapped_column(String(MAX_REMARK_LENGTH))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("override_requests.id"), index=True)

    request: Mapped[OverrideRequest | None] = relationship()

    __table_args__ = (
        Unique("version_id", "rule", "subject"),
        CheckConstraint("explanation <> ''", name="explanation"),
        CheckConstraint("(severity = 'stop') = (request_id IS NOT NULL)", name="stop_overridden"),
    )


def format_findings(findings: list[ValidationFinding]) -> str:
    """The canonical JSON of findings."""
    rows = [{**vars(f), "numbers": dict(f.numbers)} for f in findings]
    return json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def read_findings(text: str) -> list[ValidationFinding]:
    """The findings of format_findings()."""
    return [read_finding(**row) for row in json.loads(text)]


def read_finding(
    rule: str, subject: str, severity: str, numbers: dict[str, object]
) -> ValidationFinding:
    """A finding of its stored parts."""
    return ValidationFinding(ValidationRule(rule), subject, ValidationSeverity(severity), numbers)
