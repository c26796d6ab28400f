"""The desk's page of documents: what can be made, how far it is, what was made."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from market.database import db, transaction, utcnow
from market.monitoring.queries import official_paths
from market.papers import bp, document_jobs, queries, services
from market.papers.fonts import is_there_a_font
from market.papers.forms import RequestForm
from market.papers.labels import ERROR_LABELS, KIND_LABELS, STATUS_LABELS, STEP_LABELS
from market.papers.models import Document, DocumentKind, DocumentStatus
from market.papers.paper import paper_of
from market.papers.pdf import check_rows
from market.permissions import may, requires
from market.statements.models import Statement
from market.statements.queries import get_statement
from market.tables.table import format_row
from market.text.days import local_day
from market.web.actions import perform
from market.web.errors import DomainError, add_form_error
from market.web.home_time import home_zone
from market.web.language import select as page_language


def load_document(code: str) -> Document:
    """The document of that code, or 404."""
    return db.session.scalar(db.select(Document).where(Document.code == code)) or abort(404)


def _form() -> RequestForm:
    """What the account may ask for: bulletins where a fair is of its province."""
    paths = official_paths(current_user)
    fairs = queries.counted_fairs(paths)
    kinds = [
        kind
        for kind in DocumentKind
        if kind is not DocumentKind.BULLETIN
        or any(may(current_user, "fair.manage", fair) for fair in fairs)
    ]
    proposal = None
    if DocumentKind.BULLETIN in kinds:
        today = local_day(utcnow(), home_zone())
        proposal = queries.proposed_issue(current_user, page_language(), today)
    return RequestForm(fairs, queries.regions_inside(paths), kinds, proposal)


@bp.route("/desk/documents", methods=["GET", "POST"])
@requires("official")
def desk() -> ResponseReturnValue:
    form = _form()
    if form.validate_on_submit():
        try:
            with transaction():
                document = services.request_document(
                    current_user, **form.values(), **_language_and_address()
                )
        except DomainError as error:
            add_form_error(error, form)
        else:
            return redirect(url_for("papers.desk", _anchor=document.code), 303)
    found = queries.documents_of(official_paths(current_user))
    return render_template(
        "papers/desk.html",
        form=form,
        documents=found,
        waiting=any(d.status in (DocumentStatus.QUEUED, DocumentStatus.RUNNING) for d in found),
        font=is_there_a_font(),
        **_labels(),
    )


def _language_and_address() -> dict[str, Any]:
    """The language of the page, and where the paper will be checked."""
    return {
        "language": page_language(),
        "address_of": lambda code: url_for("papers.verify", code=code, _external=True),
    }


@bp.post("/desk/documents/statements/<int:statement_id>")
@requires("statement.read", load=get_statement)
def print_statement(statement: Statement) -> ResponseReturnValue:
    """The paper of one statement, as it was submitted and corrected."""
    try:
        with transaction():
            document = services.request_document(
                current_user,
                DocumentKind.STATEMENT,
                statement.fair,
                statement.region,
                statement=statement,
                **_language_and_address(),
            )
    except DomainError as error:
        flash(str(error.message), "error")
        return redirect(url_for("statements.show", statement_id=statement.id), 303)
    return redirect(url_for("papers.desk", _anchor=document.code), 303)


def _labels() -> dict[str, Any]:
    return {
        "KINDS": KIND_LABELS,
        "STATUSES": STATUS_LABELS,
        "STEPS": STEP_LABELS,
        "ERRORS": ERROR_LABELS,
        "may": may,
    }


@bp.post("/desk/documents/<code>/retry")
@requires("document.manage", load=load_document)
def retry(document: Document) -> ResponseReturnValue:
    return _act(document, services.retry_document, _("It is waiting its turn again."))


@bp.post("/desk/documents/<code>/publish")
@requires("document.manage", load=load_document)
def publish(document: Document) -> ResponseReturnValue:
    return _act(document, services.publish_document, _("Published: anyone can have it now."))


def _act(document: Document, act: Any, done: str) -> ResponseReturnValue:
    """Do one thing to a document, and go back to the list."""
    back = url_for("papers.desk", _anchor=document.code)
    return perform(lambda: act(current_user, document), back, done)


@bp.get("/documents/<code>")
@requires("document.read", load=load_document)
def show(document: Document) -> str:
    """The paper as a page, to print: it needs no font but the reader's."""
    if document.kind is DocumentKind.WORKBOOK:
        abort(404)
    paper = paper_of(document)
    return render_template(
        "papers/paper.html",
        document=document,
        paper=paper,
        check=check_rows(paper),
        format_row=format_row,
    )


@bp.get("/documents/<code>/file")
@requires("document.read", load=load_document)
def file(document: Document) -> Response:
    if document.status is not DocumentStatus.DONE:
        abort(404)
    path = document_jobs.file_of(document)
    if not path.is_file():
        abort(404)
    name = f"{document.fair.slug}-{document.region_code}-{document.code}{path.suffix}"
    response = send_file(
        path, as_attachment=True, download_name=name, conditional=True, etag=path.stem
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.app_context_processor
def _for_other_rooms() -> dict[str, Any]:
    return {
        "published_bulletins": queries.published_of,
        "latest_bulletin": queries.latest_bulletin,
    }
