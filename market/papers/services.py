"""Requesting documents, the queue of those to make, and how far each is."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import exists, select, update

from market.accounts.models import Account
from market.database import AdvisoryLock, advisory_lock, db, lock, utcnow
from market.fairs.models import Fair
from market.papers.document_figures import DocumentFigures, Issue, fingerprint
from market.papers.models import DOCUMENT_TRANSITIONS, Document, DocumentKind, DocumentStatus
from market.papers.official_figures import (
    find_official,
    of_count,
    of_statement,
    with_comparisons,
)
from market.papers.queries import is_number_published
from market.permissions import may
from market.regions.models import Region
from market.statements.models import Statement
from market.statements.rules import IN
from market.tallies.services import update_counts
from market.tallies.trees import fair_tree
from market.web.errors import Invalid, InvalidTransition, Refused

# Without the letters and digits that look alike on paper.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 10
MAX_TRIES = 3


def new_code() -> str:
    """A code nobody can guess: one of 30 to the power of 10."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def request_document(
    actor: Account,
    kind: DocumentKind,
    fair: Fair,
    region: Region,
    language: str,
    address_of: Callable[[str], str],
    statement: Statement | None = None,
    issue: Issue | None = None,
) -> Document:
    """Ask for a document; the one that has the same figures already, if any.

    A workbook has the figures of now. A paper has what is submitted or published, and the
    figures of now only where nothing is. One that failed is asked for again. Call it inside
    transaction().

    Args:
        language: the locale to write it in.
        address_of: the address at which a document of that code is checked.
        statement: the one to print; the one that counts of the region when None.
        issue: of a bulletin, who issues it under which number.

    Raises:
        Refused: these figures are not the actor's to state.
        Invalid: the fair has no figures of that region, or the statement is not submitted.
    """
    if fair.totals_only or fair_tree(fair).get(region.code) is None:
        raise Invalid(_("This fair has no figures of that region."), "region")
    if kind is DocumentKind.BULLETIN and region.code != fair.region_code:
        raise Invalid(_("A bulletin is about the whole fair."), "region")
    if not may_request(actor, kind, fair, region):
        raise Refused(_("These figures are not yours to state."), "region")
    printed = figures_of(kind, fair, region, statement)
    if kind is DocumentKind.BULLETIN:
        printed = replace(printed, issue=issue)
    figures = printed.to_json()
    known = _with_figures(kind, language, fingerprint(figures))
    if known is not None:
        if known.status is DocumentStatus.FAILED:
            retry_document(actor, known)
        return known
    code = new_code()
    document = Document(
        code=code,
        address=address_of(code),
        kind=kind,
        fair=fair,
        region=region,
        language=language,
        requested_by=actor,
    )
    _freeze(document, figures)
    db.session.add(document)
    db.session.flush()
    return document


def figures_of(
    kind: DocumentKind, fair: Fair, region: Region, statement: Statement | None = None
) -> DocumentFigures:
    """What a document of that kind prints; papers say where their figures come from.

    Raises:
        Invalid: the statement is not submitted.
    """
    if kind is DocumentKind.WORKBOOK:
        return figures_now(fair, region)
    # Nobody submits, corrects or publishes between the parts of what is read.
    advisory_lock(AdvisoryLock.STATEMENTS)
    if statement is not None:
        if statement.status not in IN:
            raise Invalid(_("This statement is not submitted."))
        return of_statement(statement)
    return find_official(kind, fair, region) or figures_now(fair, region)


def figures_now(fair: Fair, region: Region) -> DocumentFigures:
    """The figures with everything in them that the ledger has. Inside transaction()."""
    # Nobody counts a deal between the counting and the freezing.
    advisory_lock(AdvisoryLock.LEDGER)
    update_counts()
    return with_comparisons(of_count(fair, region), fair)


def freeze_again(document: Document) -> bool:
    """Freeze the figures of now in a document being made; False where another has them.

    For a workbook, which has every deal: what was counted while it waited belongs in it.
    """
    figures = figures_now(document.fair, document.region).to_json()
    known = _with_figures(document.kind, document.language, fingerprint(figures))
    if known is not None and known is not document:
        return False
    _freeze(document, figures)
    db.session.flush()
    return True


def _with_figures(kind: DocumentKind, language: str, sha256: str) -> Document | None:
    return db.session.scalar(
        select(Document).where(
            Document.kind == kind,
            Document.language == language,
            Document.figures_sha256 == sha256,
        )
    )


def _freeze(document: Document, figures: dict[str, Any]) -> None:
    document.figures, document.figures_sha256 = figures, fingerprint(figures)
    ledger = figures["figures"]["ledger"]
    document.ledger_entry, document.ledger_hash = ledger["id"], ledger["hash"]


def may_request(actor: Any, kind: DocumentKind, fair: Fair, region: Region) -> bool:
    """Whether the actor may have a document of that kind made."""
    if kind is DocumentKind.BULLETIN:
        return may(actor, "fair.manage", fair)
    return may(actor, "region.oversee", region)


def retry_document(actor: Account, document: Document) -> None:
    """Put a failed document back into the queue.

    Raises:
        Refused: it is not the actor's to ask for.
        InvalidTransition: it has not failed.
    """
    lock(document)
    if not may_request(actor, document.kind, document.fair, document.region):
        raise Refused(_("These figures are not yours to state."))
    _move(document, DocumentStatus.QUEUED)
    document.tries, document.error = 0, ""


def publish_document(actor: Account, document: Document) -> None:
    """Let anyone have a bulletin that is made.

    Raises:
        Refused: the actor is not of the fair's province.
        InvalidTransition: it is not made, published already, or no bulletin.
        Invalid: another one is published under its number.
    """
    # Of two under one number that are published at once, the second is refused.
    advisory_lock(AdvisoryLock.STATEMENTS)
    lock(document)
    if not may(actor, "fair.manage", document.fair):
        raise Refused(_("These figures are not yours to state."))
    bulletin = document.kind is DocumentKind.BULLETIN
    if not bulletin or document.status is not DocumentStatus.DONE or document.published_at:
        raise InvalidTransition()
    issue = document.printed.issue
    if issue and is_number_published(issue.number, document.language):
        raise Invalid(
            _(
                "Another bulletin is published as %(number)s: make this one anew.",
                number=issue.number,
            )
        )
    document.published_at = utcnow()
    db.session.flush()


def is_anything_to_make() -> bool:
    """Whether a document waits to be made, or was left half made."""
    waits = Document.status.in_((DocumentStatus.QUEUED, DocumentStatus.RUNNING))
    return bool(db.session.scalar(select(exists().where(waits))))


def requeue_interrupted() -> None:
    """Put what a maker that died was at back into the queue; thrice dead, it failed.

    Only for the one maker at work, before it begins.
    """
    for document in db.session.scalars(
        select(Document).where(Document.status == DocumentStatus.RUNNING)
    ):
        if document.tries < MAX_TRIES:
            _move(document, DocumentStatus.QUEUED)
        else:
            fail(document, "stopped")


def start_next() -> Document | None:
    """Take the document that waits longest, now being made; None when none waits."""
    document = db.session.scalar(
        select(Document)
        .where(Document.status == DocumentStatus.QUEUED)
        .order_by(Document.id)
        .limit(1)
        .with_for_update()
    )
    if document is not None:
        _move(document, DocumentStatus.RUNNING)
        document.tries += 1
        db.session.flush()
    return document


def save_progress(document_id: int, progress: int, doing: str) -> None:
    """Say how far a document is: 0 to 100, and a key of labels.DOING. Committed at once, by a
    connection of its own: the session may be reading what the document is made of."""
    statement = update(Document).values(progress=progress, doing=doing)
    statement = statement.where(
        Document.id == document_id, Document.status == DocumentStatus.RUNNING
    )
    with db.engine.connect() as connection:
        writing = connection.execution_options(sqlite_begin="IMMEDIATE")
        with writing.begin():
            writing.execute(statement)


def finish(document: Document, sha256: str, size: int) -> None:
    """The document is made; its file is stored under its hash."""
    _move(document, DocumentStatus.DONE)
    document.progress = 100
    document.file_sha256, document.file_size, document.made_at = sha256, size, utcnow()
    db.session.flush()


def replace_file(document: Document, sha256: str, size: int) -> None:
    """A made document has another file."""
    lock(document)
    document.file_sha256, document.file_size, document.made_at = sha256, size, utcnow()


def withdraw_file(document: Document) -> None:
    """The file of a made workbook goes, because it names somebody who was erased."""
    lock(document)
    _move(document, DocumentStatus.FAILED)
    document.file_sha256 = document.file_size = document.made_at = None
    document.error = "erased"


def fail(document: Document, error: str) -> None:
    """The document could not be made; `error` is a key of labels.ERRORS."""
    _move(document, DocumentStatus.FAILED)
    document.error = error
    db.session.flush()


def _move(document: Document, status: DocumentStatus) -> None:
    if status not in DOCUMENT_TRANSITIONS[document.status]:
        raise InvalidTransition()
    document.status = status
    document.progress, document.doing = 0, ""
