"""Spreadsheets that a station imports, and what becomes of each row."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
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
from market.database import Base, UTCDateTime, choice, utcnow
from market.imports.reading.heads import ImportKind
from market.offers.models import Side
from market.regions.models import Region

MAX_FILENAME_LENGTH = 120
MAX_WITNESS_LENGTH = 120
# What is there already and can be made once more, by `ImportRow.duplicate_of`.
ADDABLE = frozenset(("offer", "row", "deal"))
# How often the worker begins with an import anew that it did not bring to an end.
MAX_TRIES = 3


class ImportState(enum.StrEnum):
    """Where an import is: what the person and the worker do in turns."""

    COLUMNS = "columns"  # the person says what each column holds
    CHECKING = "checking"  # the worker makes the dry run
    CHECKED = "checked"  # the person looks at it
    QUEUED = "queued"  # the worker imports
    DONE = "done"
    UNDOING = "undoing"  # the worker undoes it
    UNDONE = "undone"
    FAILED = "failed"
    DISCARDED = "discarded"


# The one table of allowed transitions.
IMPORT_TRANSITIONS: dict[ImportState, frozenset[ImportState]] = {
    ImportState.COLUMNS: frozenset({ImportState.CHECKING, ImportState.DISCARDED}),
    ImportState.CHECKING: frozenset(
        {ImportState.CHECKED, ImportState.FAILED, ImportState.DISCARDED}
    ),
    ImportState.CHECKED: frozenset(
        {*(ImportState.CHECKING, ImportState.QUEUED), ImportState.DISCARDED}
    ),
    # Back to the dry run: something it was made from is no longer so.
    ImportState.QUEUED: frozenset({ImportState.DONE, ImportState.CHECKING, ImportState.FAILED}),
    ImportState.DONE: frozenset({ImportState.UNDOING}),
    ImportState.UNDOING: frozenset({ImportState.UNDONE, ImportState.DONE}),
    ImportState.UNDONE: frozenset(),
    ImportState.FAILED: frozenset({ImportState.CHECKING, ImportState.DISCARDED}),
    ImportState.DISCARDED: frozenset(),
}
# What the worker has to do.
WAITING = (ImportState.CHECKING, ImportState.QUEUED, ImportState.UNDOING)
OPEN = (ImportState.COLUMNS, ImportState.CHECKED, ImportState.FAILED)


class DuplicatePolicy(enum.StrEnum):
    """What is done with rows that say what is there already."""

    SKIP = "skip"
    ADD = "add"


class RowState(enum.StrEnum):
    """What a row is, before the import and after."""

    READY = "ready"
    QUESTION = "question"  # seldom meant: imported once somebody says that it is so
    DUPLICATE = "duplicate"
    WRONG = "wrong"
    SKIPPED = "skipped"  # a title, a sum, a note: nothing to import
    MADE = "made"
    UNDONE = "undone"
    RETAINED = "retained"  # made, and used since: undoing left it


class Import(Base):
    """A sheet of a file that an assistant imports for the region of their station.

    Attributes:
        township_code: of the rows that say none; that of the station, where it serves one alone.
        file_sha256: of the file in instance/imports; empty once it had to go before the rest.
        file_deleted_at: when it was deleted, and what the rows say of it.
        sheet: its place in the file, from 0; None until one is chosen.
        columns: what each column holds: a field of the kind, or None, by its place from 0 as text.
        side: of the offers whose row says none.
        way, witness: how the farmers whose row says nothing agreed, a key of stations.labels.WAYS,
            and who witnessed it; empty: rows without a consent of their own are refused.
        keeps_questioned: what is seldom meant was looked at, and is so.
        progress: 0 to 100 of what the worker does now; tries: how often it began with it.
        error: a key of market.imports.labels.ERROR_LABELS.
        ready, questioned, duplicates, wrong, skipped: rows of the dry run by RowState.
        changes: of an import that was tried anew because something had changed: how many rows are
            now in another state, by RowState, or have a farmer by now ("farmer"); else None.
        made, retained: rows that made something, and those of them that undoing left.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    township_code: Mapped[str | None] = mapped_column(ForeignKey("townships.code"))
    assistant_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    kind: Mapped[ImportKind] = mapped_column(choice(ImportKind, "kind"))
    filename: Mapped[str] = mapped_column(String(MAX_FILENAME_LENGTH))
    file_sha256: Mapped[str] = mapped_column(String(64))
    file_deleted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    sheet: Mapped[int | None] = mapped_column(Integer)
    columns: Mapped[dict[str, str | None]] = mapped_column(JSON, default=dict)
    side: Mapped[Side] = mapped_column(choice(Side, "side"), default=Side.SELL)
    way: Mapped[str] = mapped_column(String(24), default="")
    witness: Mapped[str] = mapped_column(String(MAX_WITNESS_LENGTH), default="")
    duplicate_policy: Mapped[DuplicatePolicy] = mapped_column(
        choice(DuplicatePolicy, "duplicate_policy"), default=DuplicatePolicy.SKIP
    )
    keeps_questioned: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="keeps_questioned"), default=False
    )
    state: Mapped[ImportState] = mapped_column(
        choice(ImportState, "state"), default=ImportState.COLUMNS
    )
    progress: Mapped[int] = mapped_column(Integer, default=0)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    error: Mapped[str] = mapped_column(String(24), default="")
    ready: Mapped[int] = mapped_column(Integer, default=0)
    questioned: Mapped[int] = mapped_column(Integer, default=0)
    duplicates: Mapped[int] = mapped_column(Integer, default=0)
    wrong: Mapped[int] = mapped_column(Integer, default=0)
    skipped: Mapped[int] = mapped_column(Integer, default=0)
    changes: Mapped[dict[str, int] | None] = mapped_column(JSON(none_as_null=True))
    made: Mapped[int] = mapped_column(Integer, default=0)
    retained: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    done_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    key: Mapped[str] = mapped_column(String(32), unique=True)

    region: Mapped[Region] = relationship()
    assistant: Mapped[Account] = relationship()

    @property
    def has_file(self) -> bool:
        """Whether the file is still there."""
        return self.file_deleted_at is None and bool(self.file_sha256)

    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        CheckConstraint(f"tries BETWEEN 0 AND {MAX_TRIES}", name="tries"),
        CheckConstraint("(state = 'failed') = (error <> '')", name="failed_says_why"),
        CheckConstraint(
            "(state IN ('done', 'undoing', 'undone')) = (done_at IS NOT NULL)",
            name="done_at_a_time",
        ),
        CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name="undone_at_a_time"),
        CheckConstraint("(way = '') = (witness = '')", name="consent_with_witness"),
        Index("ix_imports_region_code_id", "region_code", "id"),
        Index("ix_imports_state_id", "state", "id"),
    )


class ImportRow(Base):
    """A row of the sheet, or one of the goods in it: as it was read, and what came of it.

    Attributes:
        row: from 0, as the sheet counts; part: from 0 among the goods of one row.
        values: as market.imports.values packs them; emptied with the file.
        problems: what is wrong or asked, each with its column, field and text by language.
        duplicate_of: what is there already: its kind (market.imports.labels.DUPLICATE_LABELS) and
            number.
        row_key: of what the row says and at which station; one row that says it makes something.
        account_id: the farmer; is_registered: the import registered them.
        retained_because: why undoing left it, a key of RETAINED_LABELS.
    """

    __tablename__ = "import_rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id"))
    row: Mapped[int] = mapped_column(Integer)
    part: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[RowState] = mapped_column(choice(RowState, "state"))
    values: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    problems: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    duplicate_of: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    row_key: Mapped[str] = mapped_column(String(32), default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"), index=True)
    is_registered: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="is_registered"), default=False
    )
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"), index=True)
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id"), index=True)
    retained_because: Mapped[str] = mapped_column(String(24), default="")

    __table_args__ = (
        UniqueConstraint("import_id", "row", "part"),
        CheckConstraint(
            "state NOT IN ('made', 'retained') OR account_id IS NOT NULL", name="made_for_somebody"
        ),
        CheckConstraint(
            "(state = 'retained') = (retained_because <> '')", name="retained_says_why"
        ),
        Index("ix_import_rows_import_id_state", "import_id", "state"),
        # Whatever is imported twice, by whom and from which file: it is made once.
        Index(
            "uq_import_rows_made",
            "row_key",
            unique=True,
            sqlite_where=text("state IN ('made', 'retained')"),
            postgresql_where=text("state IN ('made', 'retained')"),
        ),
    )
