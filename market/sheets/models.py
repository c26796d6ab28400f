"""What a station prints on its sheets, which villages it serves, the stacks it has had made, and
where sheets were posted."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, UTCDateTime, choice, utcnow
from market.papers.models import DocumentStatus
from market.regions.models import Region, Township

MAX_VILLAGE_LENGTH, MAX_SPOT_LENGTH, MAX_NOTE_LENGTH = 40, 60, 200
MAX_STATION_LENGTH = 40
MAX_COPIES = 50


class PaperSize(enum.StrEnum):
    """Sizes of paper (ISO 216); posters of a fair alone are as large as A2."""

    A4 = "a4"
    A3 = "a3"
    A2 = "a2"


class StationCard(Base):
    """What an assistant has printed on the sheets of their place: their name and a phone, which is
    public from then on.

    Attributes:
        township_code: None: the station serves the whole county.
        phone: E.164; chosen for the sheets, it need not be the number of the log-in.
    """

    __tablename__ = "station_cards"

    assistant_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id"), primary_key=True, autoincrement=False
    )
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), index=True)
    township_code: Mapped[str | None] = mapped_column(ForeignKey("townships.code"))
    station: Mapped[str] = mapped_column(String(MAX_STATION_LENGTH))
    phone: Mapped[str] = mapped_column(String(20))

    assistant: Mapped[Account] = relationship()

    __table_args__ = (CheckConstraint("station <> ''", name="named"),)


class SheetVillage(Base):
    """A village that a station posts sheets in, whether or not anybody of it is known here.

    Attributes:
        township_code: "" where it was not told; no null, so that each village is there once.
    """

    __tablename__ = "sheet_villages"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    township_code: Mapped[str] = mapped_column(String(9), default="")
    village: Mapped[str] = mapped_column(String(MAX_VILLAGE_LENGTH))

    __table_args__ = (
        UniqueConstraint("region_code", "township_code", "village"),
        CheckConstraint("village <> ''", name="named"),
    )


class SheetStack(Base):
    """Sheets of a place and a week in one PDF, asked for, being made or made: the table is the
    queue.

    Attributes:
        township_code: None: the whole county.
        week: weeks.SheetWeek as text.
        copies: of each sheet.
        by_village: a sheet for each village; otherwise one of the place itself.
        site: what addresses in its QR codes begin with.
        sheets, sheets_set: pages of the file, and those of them that are set so far.
        named_ids: accounts whose names are in the file.
        content_sha256: of what is printed; the same content is set once.
        status, tries, error, file_sha256, file_size, made_at: as of papers.models.Document.
    """

    __tablename__ = "sheet_stacks"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    township_code: Mapped[str | None] = mapped_column(ForeignKey("townships.code"))
    week: Mapped[str] = mapped_column(String(7))
    paper: Mapped[PaperSize] = mapped_column(choice(PaperSize, "paper"))
    language: Mapped[str] = mapped_column(String(8))
    copies: Mapped[int] = mapped_column(Integer)
    by_village: Mapped[bool]
    site: Mapped[str] = mapped_column(String(200))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    requested_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    key: Mapped[str | None] = mapped_column(String(32), unique=True)
    status: Mapped[DocumentStatus] = mapped_column(
        choice(DocumentStatus, "status"), default=DocumentStatus.QUEUED
    )
    tries: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str] = mapped_column(String(24), default="")
    sheets: Mapped[int] = mapped_column(Integer, default=0)
    sheets_set: Mapped[int] = mapped_column(Integer, default=0)
    named_ids: Mapped[list[Any]] = mapped_column(JSON, default=list)
    content_sha256: Mapped[str | None] = mapped_column(String(64), index=True)
    file_sha256: Mapped[str | None] = mapped_column(String(64))
    file_size: Mapped[int | None] = mapped_column(Integer)
    made_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    region: Mapped[Region] = relationship()
    township: Mapped[Township | None] = relationship()
    requested_by: Mapped[Account] = relationship()

    __table_args__ = (
        CheckConstraint(f"copies BETWEEN 1 AND {MAX_COPIES}", name="copies"),
        CheckConstraint("sheets_set BETWEEN 0 AND sheets", name="sheets_set"),
        CheckConstraint(
            "(status = 'done') = (file_sha256 IS NOT NULL)"
            " AND (status = 'done') = (file_size IS NOT NULL)"
            " AND (status = 'done') = (made_at IS NOT NULL)",
            name="done_has_a_file",
        ),
        CheckConstraint("(status = 'failed') = (error <> '')", name="failed_says_why"),
        Index("ix_sheet_stacks_status_id", "status", "id"),
        Index("ix_sheet_stacks_region_code_week", "region_code", "week"),
    )

    @property
    def path(self) -> str:
        """Of its county, for permissions."""
        return self.region.path


class SheetPrint(Base):
    """Somebody of a station or an office had a sheet set to print it: once for all of these.

    Attributes:
        township_code, village: "" for the sheet of what is above.
        week: weeks.SheetWeek as text.
    """

    __tablename__ = "sheet_prints"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    township_code: Mapped[str] = mapped_column(String(9), default="")
    village: Mapped[str] = mapped_column(String(MAX_VILLAGE_LENGTH), default="")
    week: Mapped[str] = mapped_column(String(7))
    paper: Mapped[PaperSize] = mapped_column(choice(PaperSize, "paper"))
    printed_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    printed_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    printed_by: Mapped[Account] = relationship()

    __table_args__ = (
        UniqueConstraint(
            *("printed_by_id", "region_code", "township_code", "village", "week", "paper"),
            name="uq_sheet_prints_once",
        ),
    )


class SheetPosting(Base):
    """Sheets of a week put up at a place, with a picture of them there.

    Attributes:
        township_code: "" where it was not told, as of SheetVillage.
        spot: where in the village they hang.
        sha256, width, height: the picture, in pixels.
        withdrawn_at: when it was taken back; it counts no more.
    """

    __tablename__ = "sheet_postings"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    township_code: Mapped[str] = mapped_column(String(9), default="")
    village: Mapped[str] = mapped_column(String(MAX_VILLAGE_LENGTH))
    spot: Mapped[str] = mapped_column(String(MAX_SPOT_LENGTH))
    week: Mapped[str] = mapped_column(String(7))
    posted_on: Mapped[date]
    copies: Mapped[int] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(String(MAX_NOTE_LENGTH), default="")
    sha256: Mapped[str | None] = mapped_column(String(64))
    width: Mapped[int] = mapped_column(Integer)
    height: Mapped[int] = mapped_column(Integer)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    key: Mapped[str | None] = mapped_column(String(32), unique=True)

    region: Mapped[Region] = relationship()
    recorded_by: Mapped[Account] = relationship()

    __table_args__ = (
        CheckConstraint(f"copies BETWEEN 1 AND {MAX_COPIES}", name="copies"),
        CheckConstraint("village <> '' AND spot <> ''", name="somewhere"),
        Index("ix_sheet_postings_region_code_week", "region_code", "week"),
    )

    @property
    def path(self) -> str:
        """Of its county, for permissions."""
        return self.region.path
