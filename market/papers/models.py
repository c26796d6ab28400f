"""Documents asked for, being made, and made: the table is the queue."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, UTCDateTime, choice, utcnow
from market.fairs.models import Fair
from market.papers.document_figures import DocumentFigures, read_document
from market.regions.models import Region


class DocumentKind(enum.StrEnum):
    STATEMENT = "statement"  # a region's figures, to stamp and sign
    BULLETIN = "bulletin"  # 公报: the whole fair
    WORKBOOK = "workbook"  # every table, every deal and listing


class DocumentStatus(enum.StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


# A failed one may be asked for again; one whose maker died goes back into the queue; one that
# names somebody who was erased loses its file.
DOCUMENT_TRANSITIONS: dict[DocumentStatus, frozenset[DocumentStatus]] = {
    DocumentStatus.QUEUED: frozenset({DocumentStatus.RUNNING}),
    DocumentStatus.RUNNING: frozenset(
        {DocumentStatus.DONE, DocumentStatus.FAILED, DocumentStatus.QUEUED}
    ),
    DocumentStatus.DONE: frozenset({DocumentStatus.FAILED}),
    DocumentStatus.FAILED: frozenset({DocumentStatus.QUEUED}),
}


class Document(Base):
    """A document and the figures it prints, frozen when it was asked for.

    Attributes:
        code: random and public: whoever has the paper can check it.
        address: of the page that checks it, as the QR code on it says.
        language: the locale it is written in.
        figures: JSON of market.papers.document_figures; figures_sha256: its fingerprint, of
            before somebody was starred in it where `starred` is in it.
        ledger_entry, ledger_hash: the last entry of the ledger that is in the figures.
        status: where in the queue it is; tries counts how often its making was begun.
        progress: 0 to 100; doing: the word for what is being done now, and error for why it
            failed, both keys of market.papers.labels.
        file_sha256, file_size: the made file in instance/documents, by its content; bytes.
        published_at: since when anyone may have it.
    """

    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    address: Mapped[str] = mapped_column(String(200))
    kind: Mapped[DocumentKind] = mapped_column(choice(DocumentKind, "kind"))
    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    language: Mapped[str] = mapped_column(String(8))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
    figures_sha256: Mapped[str] = mapped_column(String(64))
    ledger_entry: Mapped[int] = mapped_column(Integer)
    ledger_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[DocumentStatus] = mapped_column(
        choice(DocumentStatus, "status"), default=DocumentStatus.QUEUED
    )
    tries: Mapped[int] = mapped_column(Integer, default=0)
    progress: Mapped[int] = mapped_column(Integer, default=0)
    doing: Mapped[str] = mapped_column(String(24), default="")
    error: Mapped[str] = mapped_column(String(24), default="")
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    file_size: Mapped[int | None] = mapped_column(Integer)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    published_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    fair: Mapped[Fair] = relationship()
    region: Mapped[Region] = relationship()
    requested_by: Mapped[Account] = relationship()

    __table_args__ = (
        UniqueConstraint("kind", "language", "figures_sha256"),
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        CheckConstraint("tries >= 0", name="tries"),
        CheckConstraint(
            "(status = 'done') = (file_sha256 IS NOT NULL)"
            " AND (status = 'done') = (file_size IS NOT NULL)"
            " AND (status = 'done') = (made_at IS NOT NULL)",
            name="done_has_a_file",
        ),
        CheckConstraint("published_at IS NULL OR status = 'done'", name="published_when_done"),
        CheckConstraint("(status = 'failed') = (error <> '')", name="failed_says_why"),
        Index("ix_documents_status_id", "status", "id"),
        Index("ix_documents_fair_id_region_code", "fair_id", "region_code"),
    )

    @property
    def printed(self) -> DocumentFigures:
        """What it prints."""
        return read_document(self.figures)
