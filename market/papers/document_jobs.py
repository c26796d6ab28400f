"""The job that makes documents: one after the other, in a process that the worker starts."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import current_app

from market.database import db, transaction
from market.papers import services
from market.papers.models import Document, DocumentKind
from market.papers.pdf import MissingFont, pdf_of
from market.tables import queries
from market.tables.fair_tables import TABLES, TableSource
from market.tables.figures import last_entry_of
from market.tables.table import Table
from market.tables.workbooks import write_workbook
from market.web.child_process import ChildProcess
from market.web.file_lock import Locked, file_lock
from market.web.language import in_language

log = logging.getLogger("market.papers")
COMMAND = ("nice", "-n", "15", sys.executable, "-m", "flask", "--app", "wsgi", "papers", "make")
FILE_EXTENSIONS = {DocumentKind.WORKBOOK: "xlsx"}
# How often a workbook begins anew because something was counted meanwhile.
MAX_RESTARTS = 5

ProgressReport = Callable[[int, str], None]


@dataclass(frozen=True)
class DocumentQueue:
    """Another queue of files that the same process makes.

    Attributes:
        is_any_waiting: whether there is something to make.
        make_queued: makes all of it and says how many; called where no other maker is at work.
    """

    is_any_waiting: Callable[[], bool]
    make_queued: Callable[[], int]


# Those of rooms above; documents come first.
queues: list[DocumentQueue] = []


class Superseded(Exception):
    """Another document has the figures of now."""


def folder() -> Path:
    """Where the made files are."""
    return Path(current_app.config["INSTANCE"]) / "documents"


def file_of(document: Document) -> Path:
    """The file of a made document, named by its content."""
    sha256 = document.file_sha256 or ""
    return folder() / sha256[:2] / f"{sha256}.{FILE_EXTENSIONS.get(document.kind, 'pdf')}"


def make_queued() -> int:
    """Make every document that waits; how many. Nothing where another process is at it.

    Killed at any moment it loses nothing: the next one makes what it had begun.
    """
    made = 0
    with exclusive_maker() as is_exclusive:
        if not is_exclusive:
            return 0
        with transaction():
            services.requeue_interrupted()
        while True:
            with transaction():
                document = services.start_next()
            if document is None:
                return made + sum(queue.make_queued() for queue in queues)
            _make(document)
            made += 1


def _make(document: Document) -> None:
    """Make the one; a failure is written on it and in the log."""
    number, code = document.id, document.code
    try:
        with in_language(document.language):
            path = _written(document)
        with transaction():
            services.finish(document, path.stem, path.stat().st_size)
        return
    except MissingFont:
        error = "no_font"
    except Superseded:
        error = "overtaken"
    except Exception:
        log.exception("document %s was not made", code)
        error = "broken"
    db.session.rollback()
    with transaction():
        services.fail(db.session.get_one(Document, number), error)


def rewrite_file(document: Document) -> Path:
    """Write the file of a made paper once more, from the figures it has; where it is."""
    with in_language(document.language):
        path = _written(document)
    with transaction():
        services.replace_file(document, path.stem, path.stat().st_size)
    return path


def _written(document: Document) -> Path:
    """Write the document's file; where it is."""
    number = document.id

    def report(progress: int, doing: str) -> None:
        services.save_progress(number, progress, doing)

    if document.kind is DocumentKind.WORKBOOK:
        return _workbook(document, report)
    report(10, "setting")
    content = pdf_of(document)
    report(90, "keeping")
    with new_file("pdf") as (path, store):
        path.write_bytes(content)
        return store()


def _workbook(document: Document, report: ProgressReport) -> Path:
    source = _consistent_source(document)
    with new_file("xlsx") as (path, store):
        write_workbook(path, source.fair.name, _tables(source, report))
        db.session.rollback()
        report(95, "keeping")
        return store()


def _consistent_source(document: Document) -> TableSource:
    """The source of the workbook, in a reading transaction whose count is the document's.

    Raises:
        Superseded: another document has the figures of now.
    """
    for _again in range(MAX_RESTARTS):
        with transaction():
            if not services.freeze_again(document):
                raise Superseded
        queries.begin_snapshot()
        source = TableSource.now(document.fair, document.region_code, full=True)
        if last_entry_of(source.count) == document.ledger_entry:
            break
    return source


def _tables(source: TableSource, report: ProgressReport) -> Iterator[Table]:
    for place, (name, make) in enumerate(TABLES.items()):
        report(5 + 15 * place, name)
        yield make(source)


@contextlib.contextmanager
def new_file(ending: str) -> Iterator[tuple[Path, Callable[[], Path]]]:
    """A file to write, and the function that stores it under its content's hash: all of it or
    nothing."""
    folder().mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder(), suffix=".part")
    os.close(handle)
    path = Path(name)

    def store() -> Path:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        stored = folder() / sha256[:2] / f"{sha256}.{ending}"
        stored.parent.mkdir(exist_ok=True)
        path.chmod(0o644)
        path.replace(stored)
        return stored

    try:
        yield path, store
    finally:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def exclusive_maker() -> Iterator[bool]:
    """Whether this is the only maker of the instance; one that died holds no lock."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(file_lock(folder() / "lock"))
        except Locked:
            yield False
            return
        for part in folder().glob("*.part"):  # of a maker that was killed
            part.unlink(missing_ok=True)
        yield True


def is_any_waiting() -> bool:
    """Whether a document waits to be made, or something in another queue."""
    return services.is_anything_to_make() or any(queue.is_any_waiting() for queue in queues)


class MakerProcess(ChildProcess):
    """At most one process that makes documents, started by this worker.

    Setting a page or writing a hundred thousand rows takes seconds of processor time; the worker,
    which has an index to bring up to date within one, leaves it to a process of low priority.
    """

    def __init__(self) -> None:
        super().__init__(COMMAND, is_any_waiting)
