"""Making the stacks that wait, after the documents of market.papers and in the same process."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

from flask import current_app

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
    data, named, digest = _content(stack)
    with transaction():
        stack.sheets, stack.named_ids = len(data["sheets"]) * stack.copies, named
        stacks.save_progress(stack.id, 20, "setting")
        known = stacks.same_content(stack, digest)
        if known is not None and file_of(known).is_file():
            sha256, size = known.file_sha256 or "", known.file_size or 0
            stacks.finish(stack, digest, sha256, size, utcnow())
            return
    content = set_pdf("sheet", data, pdf_tags=False)
    with document_jobs.new_file("pdf") as (path, store):
        path.write_bytes(content)
        stored = store()
    with transaction():
        stacks.finish(stack, digest, stored.stem, len(content), utcnow())


def _content(stack: SheetStack) -> tuple[dict[str, Any], list[int], str]:
    """What the stack prints, who is named there, and its fingerprint; in a reading transaction,
    with a number of statements that does not grow with the villages."""
    office = load_sheet_place(stack.region_code, stack.township_code or "")
    places = villages_of(office) if stack.by_village else [office]
    week = parse_week(stack.week)
    assert week is not None
    county = CountySheets(office.county, week)
    sheets = [sheet_data(content, stack.site, stack.paper) for content in county.of(places)]
    data = stack_data(sheets, stack.paper, stack.copies)
    db.session.rollback()
    return data, county.named_ids, content_digest("sheet", data)


document_jobs.queues.append(DocumentQueue(stacks.is_any_waiting, make_queued))
