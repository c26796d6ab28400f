"""Asking for stacks of sheets, the queue of those to make, and those that are made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import exists, select, update
from sqlalchemy.orm import joinedload

from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.papers.models import DOCUMENT_TRANSITIONS, DocumentStatus
from market.permissions import may
from market.sheets.models import PaperSize, SheetStack
from market.sheets.places import SheetPlace
from market.sheets.villages import villages_of
from market.sheets.weeks import SheetWeek
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.idempotency import add_once, bound_key, refuse_repeated

# Pages of one stack, and how often its making is begun.
MAX_SHEETS, MAX_TRIES = 1_200, 3
# Of a week that is long over nobody prints any more.
MAX_AGE = timedelta(days=45)
MAX_LISTED = 12
WAITING = (DocumentStatus.QUEUED, DocumentStatus.RUNNING)


def request_stack(
    actor: Account,
    office: SheetPlace,
    week: SheetWeek,
    paper: PaperSize,
    copies: int,
    by_village: bool,
    language: str,
    site: str,
    key: str | None = None,
) -> SheetStack:
    """Ask for the sheets of a township or county; the stack that waits already, if there is one
    of the same kind. Call it inside transaction().

    Args:
        by_village: one sheet for each village; otherwise one of the place itself.
        site: what addresses in the QR codes begin with.

    Raises:
        Refused: the place is not the actor's.
        Invalid: no village is known, or there would be too many pages.
        Repeated: the form was sent before.
    """
    key = bound_key(actor, SheetStack, key)
    refuse_repeated(SheetStack, key)
    if not may(actor, "sheet.manage", office):
        raise Refused(_("Your station doesn't serve that place."))
    villages = len(villages_of(office)) if by_village else 1
    if not villages:
        raise Invalid(_("No village is known here yet: write the list first."), "by_village")
    if villages * copies > MAX_SHEETS:
        raise Invalid(_("At most %(most)s sheets in one file.", most=MAX_SHEETS), "copies")
    asked = {
        "region_code": office.county.code,
        "township_code": office.township_code,
        "week": str(week),
        "paper": paper,
        "language": language,
        "copies": copies,
        "by_village": by_village,
        "site": site,
    }
    waiting = select(SheetStack).filter_by(**asked).where(SheetStack.status.in_(WAITING))
    if known := db.session.scalar(waiting.limit(1)):
        return known
    stack = SheetStack(**asked, requested_by=actor, key=key)
    add_once(stack)
    return stack


def retry_stack(actor: Account, stack: SheetStack) -> None:
    """Put a stack that failed back into the queue.

    Raises:
        Refused: the place is not the actor's.
        InvalidTransition: it has not failed.
    """
    lock(stack)
    if not may(actor, "sheet.manage", stack):
        raise Refused()
    _move(stack, DocumentStatus.QUEUED)
    stack.tries, stack.sheets_set, stack.error = 0, 0, ""


def stacks_of(office: SheetPlace) -> Sequence[SheetStack]:
    """The last stacks of a place, the latest first; of a county those of its townships too."""
    found = select(SheetStack).options(
        joinedload(SheetStack.requested_by), joinedload(SheetStack.township)
    )
    found = found.where(SheetStack.region_code == office.county.code)
    if office.township_code:
        found = found.where(SheetStack.township_code == office.township_code)
    return db.session.scalars(found.order_by(SheetStack.id.desc()).limit(MAX_LISTED)).all()


def is_any_waiting() -> bool:
    """Whether a stack waits to be made, or was left half made."""
    return bool(db.session.scalar(select(exists().where(SheetStack.status.in_(WAITING)))))


def requeue_interrupted() -> None:
    """Put what a maker that died was at back into the queue; thrice dead, it failed."""
    running = select(SheetStack).where(SheetStack.status == DocumentStatus.RUNNING)
    for stack in db.session.scalars(running):
        if stack.tries < MAX_TRIES:
            _move(stack, DocumentStatus.QUEUED)
        else:
            fail(stack, "stopped")


def start_next() -> SheetStack | None:
    """Take the stack that waits longest, now being made; None when none waits."""
    stack = db.session.scalar(
        select(SheetStack)
        .where(SheetStack.status == DocumentStatus.QUEUED)
        .order_by(SheetStack.id)
        .limit(1)
        .with_for_update()
    )
    if stack is not None:
        _move(stack, DocumentStatus.RUNNING)
        stack.tries, stack.sheets_set = stack.tries + 1, 0
        db.session.flush()
    return stack


def save_progress(stack_id: int, sheets_set: int) -> None:
    """Say how many sheets of a stack are set; inside transaction()."""
    db.session.execute(
        update(SheetStack)
        .where(SheetStack.id == stack_id)
        .values(sheets_set=sheets_set)
        .execution_options(synchronize_session="fetch")
    )


def finish(stack: SheetStack, content_sha256: str, sha256: str, size: int, at: datetime) -> None:
    """The file is made."""
    _move(stack, DocumentStatus.DONE)
    stack.content_sha256, stack.file_sha256, stack.file_size = content_sha256, sha256, size
    stack.made_at, stack.sheets_set, stack.error = at, stack.sheets, ""
    db.session.flush()


def fail(stack: SheetStack, error: str) -> None:
    """It could not be made, or its file is gone: a key of labels.ERROR_LABELS."""
    _move(stack, DocumentStatus.FAILED)
    stack.error = error
    stack.content_sha256 = stack.file_sha256 = stack.file_size = stack.made_at = None
    db.session.flush()


def same_content(stack: SheetStack, content_sha256: str) -> SheetStack | None:
    """Another stack whose file has this content."""
    made = select(SheetStack).where(
        SheetStack.content_sha256 == content_sha256,
        SheetStack.status == DocumentStatus.DONE,
        SheetStack.id != stack.id,
    )
    return db.session.scalar(made.limit(1))


def delete_old() -> list[str]:
    """Delete the stacks of weeks long over; the hashes of files that no stack has any more."""
    old = select(SheetStack).where(
        SheetStack.requested_at < utcnow() - MAX_AGE, SheetStack.status.not_in(WAITING)
    )
    hashes = set()
    for stack in db.session.scalars(old).all():
        hashes.add(stack.file_sha256)
        db.session.delete(stack)
    db.session.flush()
    return unused(hashes)


def unused(hashes: set[str | None]) -> list[str]:
    """Those of the files' hashes that no stack has."""
    wanted = [sha256 for sha256 in hashes if sha256]
    used = set(
        db.session.scalars(select(SheetStack.file_sha256).where(SheetStack.file_sha256.in_(wanted)))
    )
    return [sha256 for sha256 in wanted if sha256 not in used]


def _move(stack: SheetStack, to: DocumentStatus) -> None:
    if to not in DOCUMENT_TRANSITIONS[stack.status]:
        raise InvalidTransition
    stack.status = to
