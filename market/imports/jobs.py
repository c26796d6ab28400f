"""What the worker does with imports: in a process of its own, one after the other.

Reading five thousand rows takes seconds of processor time, and offers must be found meanwhile.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, delete, event, exists, insert, or_, select, update

from market.database import Base, chunks, db, lock, transaction, utcnow
from market.imports import files
from market.imports.checking import CheckedRow, NoHead, check_sheet
from market.imports.making import make
from market.imports.models import (
    MAX_TRIES,
    OPEN,
    WAITING,
    Import,
    ImportRow,
    ImportState,
    RowState,
)
from market.imports.priority import at_low_priority
from market.imports.reading.sheets import UnreadableFile
from market.imports.services import OPEN_FOR, UNDO_WITHIN, discard, forget_rows, move
from market.imports.undoing import delete_leftovers, has_leftovers, undo
from market.products.models import Product
from market.regions.models import Region, Township
from market.web.child_process import ChildProcess
from market.web.file_lock import Locked, file_lock

log = logging.getLogger("market.imports")
COMMAND = (sys.executable, "-m", "flask", "--app", "wsgi", "imports", "work")
# Rows in one transaction of the dry run, which nobody waits for; seconds between two progresses.
ROWS_AT_ONCE = 500
# To start the process takes seconds, so it stays while somebody is at a file, and looks as often
# for what waits; a file is gone on with for so long.
IDLE_SECONDS, POLL_SECONDS = 60.0, 0.25
AT_A_FILE = timedelta(minutes=5)
REPORT_EVERY = 1.0
COUNTED = {
    RowState.READY: "ready",
    RowState.QUESTION: "questioned",
    RowState.DUPLICATE: "duplicates",
    RowState.WRONG: "wrong",
    RowState.SKIPPED: "skipped",
}


def is_anything_to_do() -> bool:
    """Whether an import waits for the worker, or a file's time is over."""
    waits = select(exists().where(or_(Import.state.in_(WAITING), _is_over())))
    return bool(db.session.scalar(waits)) or has_leftovers()


def is_wanted() -> bool:
    """Whether the process is to be there: something waits, or will as soon as somebody has looked
    at the columns of their file or at its dry run."""
    since = utcnow() - AT_A_FILE
    at_one = Import.state.in_((ImportState.COLUMNS, ImportState.CHECKED))
    return is_anything_to_do() or bool(
        db.session.scalar(select(exists().where(at_one, Import.created_at > since)))
    )


def _is_over() -> ColumnElement[bool]:
    """SQL: the file is needed no more."""
    now = utcnow()
    return and_(
        Import.file_deleted_at.is_(None),
        or_(
            Import.state.in_((ImportState.DISCARDED, ImportState.UNDONE)),
            and_(Import.state == ImportState.DONE, Import.done_at < now - UNDO_WITHIN),
            and_(Import.state.in_(OPEN), Import.created_at < now - OPEN_FOR),
        ),
    )


def work() -> int:
    """Do what waits; how many imports were worked on. Nothing where another process is at it.

    Killed at any moment, the next one does again what it had begun.
    """
    try:
        with file_lock(files.folder() / "lock"):
            return _work()
    except Locked:
        return 0


def work_until_idle(idle_seconds: float = IDLE_SECONDS) -> int:
    """The same, and then what comes while the process is wanted, until so many seconds have passed
    without, or whoever started it is gone; how many imports were worked on."""
    parent, done, leave_at = os.getppid(), 0, time.monotonic() + idle_seconds
    try:
        with file_lock(files.folder() / "lock"):
            while time.monotonic() < leave_at and os.getppid() == parent:
                # As with a request: what one piece of work has read, the next reads afresh.
                with current_app.app_context():
                    if is_anything_to_do():
                        done += _work()
                    if is_wanted():
                        leave_at = time.monotonic() + idle_seconds
                time.sleep(POLL_SECONDS)
    except Locked:
        pass
    return done


def _work() -> int:
    done = 0
    while (number := _take_next()) is not None:
        try:
            with _held_in_memory(Product, Region, Township):
                _work_on(db.session.get_one(Import, number))
        except Exception:
            log.exception("import %s failed", number)
            db.session.rollback()
            _fail(number, "broken")
        done += 1
    _delete_files()
    delete_leftovers()
    return done


@contextmanager
def _held_in_memory(*models: type[Base]) -> Iterator[None]:
    """Inside, the session keeps what it loads of these models: what a long piece of work asks for
    again and again it would otherwise forget, and load again, as soon as nobody holds it."""
    held: list[Any] = []

    def hold(_session: Any, row: Any) -> None:
        if isinstance(row, models):
            held.append(row)

    event.listen(db.session, "loaded_as_persistent", hold)
    try:
        yield
    finally:
        event.remove(db.session, "loaded_as_persistent", hold)


def _take_next() -> int | None:
    """The import that waits longest, its try counted; thrice dead, it failed."""
    with transaction():
        waiting = select(Import).where(Import.state.in_(WAITING)).order_by(Import.id)
        for imported in db.session.scalars(waiting):
            if imported.tries < MAX_TRIES:
                imported.tries += 1
                return imported.id
            _give_up(imported, "stopped")
    return None


def _work_on(imported: Import) -> None:
    match imported.state:
        case ImportState.CHECKING:
            _check(imported)
        case ImportState.QUEUED:
            make(imported)
        case ImportState.UNDOING:
            undo(imported)


def _check(imported: Import) -> None:
    number = imported.id
    try:
        rows = at_low_priority(check_sheet, imported, _Reporter(number))
    except NoHead:
        _fail(number, "no_head")
        return
    except (UnreadableFile, FileNotFoundError, IndexError):
        _fail(number, "unreadable")
        return
    db.session.rollback()
    changes = _changes(imported, rows)
    with transaction():
        imported.changes = changes
        db.session.execute(delete(ImportRow).where(ImportRow.import_id == number))
    for some in chunks(rows, ROWS_AT_ONCE):
        with transaction():
            db.session.execute(insert(ImportRow), [_columns(number, row) for row in some])
    with transaction():
        lock(imported)
        if imported.state is ImportState.CHECKING:
            for state, name in COUNTED.items():
                setattr(imported, name, sum(row.state is state for row in rows))
            move(imported, ImportState.CHECKED)


def _changes(imported: Import, rows: Sequence[CheckedRow]) -> dict[str, int] | None:
    """What has changed since the dry run before, where that is to be said (Import.changes)."""
    if imported.changes != {}:
        return imported.changes
    columns = (ImportRow.row, ImportRow.part, ImportRow.state, ImportRow.account_id)
    found = select(*columns).where(ImportRow.import_id == imported.id)
    before = {(row, part): was for row, part, *was in db.session.execute(found)}
    changes: Counter[str] = Counter()
    for row in rows:
        state, account_id = before.get((row.row, row.part), (row.state, row.account_id))
        if state != row.state:
            changes[row.state.value] += 1
        elif row.account_id is not None and account_id is None:
            changes["farmer"] += 1
    return dict(changes)


def _columns(number: int, row: CheckedRow) -> dict[str, object]:
    return {"import_id": number, **vars(row)}


class _Reporter:
    """Says how far an import is, once a second, by a connection of its own: the session reads."""

    def __init__(self, number: int) -> None:
        self.number, self.due = number, 0.0

    def __call__(self, progress: int) -> None:
        if time.monotonic() < self.due:
            return
        self.due = time.monotonic() + REPORT_EVERY
        with db.engine.connect() as connection:
            writing = connection.execution_options(sqlite_begin="IMMEDIATE")
            with writing.begin():
                writing.execute(
                    update(Import).where(Import.id == self.number).values(progress=progress)
                )


def _fail(number: int, error: str) -> None:
    with transaction():
        imported = lock(db.session.get_one(Import, number))
        if imported.state in WAITING:
            _give_up(imported, error)


def _give_up(imported: Import, error: str) -> None:
    """It failed; what could not be undone stays imported."""
    if imported.state is ImportState.UNDOING:
        move(imported, ImportState.DONE)
    else:
        move(imported, ImportState.FAILED, error)


def _delete_files() -> None:
    """Delete the files whose time is over, and what was read of them."""
    for number in db.session.scalars(select(Import.id).where(_is_over())).all():
        with transaction():
            imported = lock(db.session.get_one(Import, number))
            if imported.state in OPEN:
                discard(imported)
            forget_rows(imported, utcnow())
            sha256 = imported.file_sha256
        files.delete_file(sha256)


class ImportProcess(ChildProcess):
    """At most one process that works on imports, started by this worker."""

    def __init__(self) -> None:
        super().__init__(COMMAND, is_wanted)
