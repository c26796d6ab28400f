"""Making the stacks that wait, after the documents of market.papers and in the same process."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from pypdf import PdfWriter

from market.database import db, transaction, utcnow
from market.papers import document_jobs
from market.papers.document_jobs import DocumentQueue
from market.papers.pdf import MissingFont
from market.sheets import stacks
from market.sheets.content import CountySheets
from market.sheets.models import SheetStack
from market.sheets.places import load_sheet_place
from market.sheets.printing import content_digest, set_pdf
from market.sheets.villages import villages_of
from market.sheets.weeks import parse_week
from market.sheets.wording import sheet_data, stack_data
from market.web.language import in_language

log = logging.getLogger("market.sheets")
# Sheets set at once.
PART = 5


def file_of(stack: SheetStack) -> Path:
    """The file of a made stack, named by its content."""
    return path_of(stack.file_sha256 or "")


def path_of(sha256: str) -> Path:
    """Where the file of that hash is."""
    return document_jobs.folder() / sha256[:2] / f"{sha256}.pdf"


def make_queued() -> int:
    """Make every stack that waits; how many. Only for the one maker at work."""
    with transaction():
        stacks.requeue_interrupted()
        gone = stacks.delete_old()
    for sha256 in gone:
        path_of(sha256).unlink(missing_ok=True)
    made = 0
    while True:
        with transaction():
            stack = stacks.start_next()
        if stack is None:
            return made
        _make(stack)
        made += 1


def _make(stack: SheetStack) -> None:
    """Make the one; a failure is written on it and in the log."""
    number = stack.id
    try:
        # Cards name the addresses of their pictures.
        with current_app.test_request_context(base_url=stack.site), in_language(stack.language):
            _write(stack)
        return
    except MissingFont:
        error = "no_font"
    except Exception:
        log.exception("stack %s was not made", number)
        error = "broken"
    db.session.rollback()
    with transaction():
        stacks.fail(db.session.get_one(SheetStack, number), error)


def _write(stack: SheetStack) -> None:
    sheets, named = _sheets(stack)
    digest = content_digest("sheet", stack_data(sheets, stack.paper, stack.copies))
    with transaction():
        stack.sheets, stack.named_ids = len(sheets) * stack.copies, named
        known = stacks.same_content(stack, digest)
        if known is not None and file_of(known).is_file():
            sha256, size = known.file_sha256 or "", known.file_size or 0
            stacks.finish(stack, digest, sha256, size, utcnow())
            return
    with document_jobs.new_file("pdf") as (path, store):
        with PdfWriter() as writer:
            for part in _set(stack, sheets):
                writer.append(io.BytesIO(part))
            writer.write(path)
        stored = store()
    with transaction():
        stacks.finish(stack, digest, stored.stem, stored.stat().st_size, utcnow())


def _set(stack: SheetStack, sheets: Sequence[dict[str, Any]]) -> Iterator[bytes]:
    """The sheets as PDFs of PART each, and how far that is: what typst keeps of a page is let go
    only after so many files, so that one file of all of them would take as much more memory."""
    number, paper, copies = stack.id, stack.paper, stack.copies
    for start in range(0, len(sheets), PART):
        part = sheets[start : start + PART]
        yield set_pdf("sheet", stack_data(part, paper, copies), pdf_tags=False)
        with transaction():
            stacks.save_progress(number, (start + len(part)) * copies)


def _sheets(stack: SheetStack) -> tuple[list[dict[str, Any]], list[int]]:
    """What the stack prints, and who is named there; in a reading transaction, with a number of
    statements that does not grow with the villages."""
    office = load_sheet_place(stack.region_code, stack.township_code or "")
    places = villages_of(office) if stack.by_village else [office]
    week = parse_week(stack.week)
    assert week is not None
    county = CountySheets(office.county, week)
    sheets = [sheet_data(content, stack.site, stack.paper) for content in county.of(places)]
    db.session.rollback()
    return sheets, county.named_ids


document_jobs.queues.append(DocumentQueue(stacks.is_any_waiting, make_queued))
