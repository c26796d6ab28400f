"""Making the documents that wait, one after the other, in a process of its own."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import current_app
from flask_babel import force_locale

from market.database import db, transaction
from market.papers import services
from market.papers.models import Document, DocumentKind
from market.papers.pdf import NoFont, pdf_of
from market.tables import queries
from market.tables.fair_tables import TABLES, Source
from market.tables.figures import entry_of
from market.tables.table import Table
from market.tables.workbooks import write_workbook
from market.web.file_lock import Locked, file_lock

log = logging.getLogger("market.documents")
ENDINGS = {DocumentKind.WORKBOOK: "xlsx"}
# How often a workbook begins anew because something was counted meanwhile.
MOST_BEGINNINGS = 5

Report = Callable[[int, str], None]


class Overtaken(Exception):
    """The figures of now are another document's."""


def folder() -> Path:
    """Where the made files are."""
    return Path(current_app.config["INSTANCE"]) / "documents"


def file_of(document: Document) -> Path:
    """The file of a made document: by its content, like everything that is kept."""
    sha256 = document.file_sha256 or ""
    return folder() / sha256[:2] / f"{sha256}.{ENDINGS.get(document.kind, 'pdf')}"


def make_waiting() -> int:
    """Make every document that waits; how many. Nothing where another process is at it.

    Killed at any moment it loses nothing: what it was at is taken up again by the next.
    """
    made = 0
    with alone() as is_alone:
        if not is_alone:
            return 0
        with transaction():
            services.take_up_again()
        while True:
            with transaction():
                document = services.begin_next()
            if document is None:
                return made
            _make(document)
            made += 1


def _make(document: Document) -> None:
    """Make the one; a failure is written on it and in the log."""
    number, code = document.id, document.code
    try:
        with force_locale(document.language):
            path = _written(document)
        with transaction():
            services.finish(document, path.stem, path.stat().st_size)
        return
    except NoFont:
        error = "no_font"
    except Overtaken:
        error = "overtaken"
    except Exception:
        log.exception("document %s was not made", code)
        error = "broken"
    db.session.rollback()
    with transaction():
        services.fail(db.session.get_one(Document, number), error)


def write_again(document: Document) -> Path:
    """Write the file of a made paper once more, from the figures it has; where it is."""
    with force_locale(document.language):
        path = _written(document)
    with transaction():
        services.replace_file(document, path.stem, path.stat().st_size)
    return path


def _written(document: Document) -> Path:
    """Write the document's file; where it is."""
    number = document.id

    def report(progress: int, doing: str) -> None:
        services.note_progress(number, progress, doing)

    if document.kind is DocumentKind.WORKBOOK:
        return _workbook(document, report)
    report(10, "setting")
    content = pdf_of(document)
    report(90, "keeping")
    with _new_file("pdf") as (path, keep):
        path.write_bytes(content)
        return keep()


def _workbook(document: Document, report: Report) -> Path:
    source = _steady(document)
    with _new_file("xlsx") as (path, keep):
        write_workbook(path, source.fair.name, _told(source, report))
        db.session.rollback()
        report(95, "keeping")
        return keep()


def _steady(document: Document) -> Source:
    """The source of the workbook, in a reading transaction whose count is the document's.

    Raises:
        Overtaken: another document has the figures of now.
    """
    for _again in range(MOST_BEGINNINGS):
        with transaction():
            if not services.freeze_again(document):
                raise Overtaken
        queries.snapshot()
        source = Source.now(document.fair, document.region_code, full=True)
        if entry_of(source.count) == document.ledger_entry:
            break
    return source


def _told(source: Source, report: Report) -> Iterator[Table]:
    for place, (name, make) in enumerate(TABLES.items()):
        report(5 + 15 * place, name)
        yield make(source)


@contextlib.contextmanager
def _new_file(ending: str) -> Iterator[tuple[Path, Callable[[], Path]]]:
    """A file to write, and what keeps it under its content's hash: all of it or nothing."""
    folder().mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder(), suffix=".part")
    os.close(handle)
    path = Path(name)

    def keep() -> Path:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            os.fsync(file.fileno())
        kept = folder() / sha256[:2] / f"{sha256}.{ending}"
        kept.parent.mkdir(exist_ok=True)
        path.chmod(0o644)
        path.replace(kept)
        return kept

    try:
        yield path, keep
    finally:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def alone() -> Iterator[bool]:
    """Whether this is the only maker of the instance; one that died holds nothing."""
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(file_lock(folder() / "lock"))
        except Locked:
            yield False
            return
        for part in folder().glob("*.part"):  # of a maker that was killed
            part.unlink(missing_ok=True)
        yield True
