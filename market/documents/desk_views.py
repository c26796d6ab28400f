"""The desk's page of documents: what can be made, how far it is, what was made."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from market.database import transaction
from market.documents import bp, desk_queries, making, services
from market.documents.fonts import is_there_a_font
from market.documents.forms import RequestForm
from market.documents.labels import DOING, ERRORS, KINDS, MAKING
from market.documents.models import Document, DocumentKind, Making
from market.documents.paper import paper_of
from market.documents.setting import check_rows
from market.documents.tables import shown_row
from market.errors import DomainError, put_on_form
from market.extensions import db
from market.language import select as page_language
from market.permissions import may, requires
from market.reports.filing_queries import get_statement
from market.reports.models import Statement


def load_document(code: str) -> Document:
    """The document of that code, or 404."""
    return db.session.scalar(db.select(Document).where(Document.code == code)) or abort(404)


def _form() -> RequestForm:
    """What the account may ask for: bulletins where a fair is of its province."""
    paths = desk_queries.paths_of(current_user)
    fairs = desk_queries.counted_fairs(paths)
    kinds = [
        kind
        for kind in DocumentKind
        if kind is not DocumentKind.BULLETIN
        or any(may(current_user, "fair.manage", fair) for fair in fairs)
    ]
    return RequestForm(fairs, desk_queries.regions_inside(paths), kinds)


@bp.route("/desk/documents", methods=["GET", "POST"])
@requires("official")
def desk() -> Any:
    form = _form()
    if form.validate_on_submit():
        try:
            with transaction():
                document = services.request_document(current_user, **form.values(), **_as_asked())
        except DomainError as error:
            put_on_form(error, form)
        else:
            return redirect(url_for("documents.desk", _anchor=document.code), 303)
    found = desk_queries.documents_of(desk_queries.paths_of(current_user))
    return render_template(
        "documents/desk.html",
        form=form,
        documents=found,
        waiting=any(d.status in (Making.QUEUED, Making.RUNNING) for d in found),
        font=is_there_a_font(),
        **_words(),
    )


def _as_asked() -> dict[str, Any]:
    """The language of the page, and where the paper will be checked."""
    return {
        "language": page_language(),
        "address_of": lambda code: url_for("documents.verify", code=code, _external=True),
    }


@bp.post("/desk/documents/statements/<int:statement_id>")
@requires("statement.read", load=get_statement)
def print_statement(statement: Statement) -> Any:
    """The paper of one statement, as it was submitted and corrected."""
    try:
        with transaction():
            document = services.request_document(
                current_user,
                DocumentKind.STATEMENT,
                statement.fair,
                statement.region,
                statement=statement,
                **_as_asked(),
            )
    except DomainError as error:
        flash(str(error.message), "error")
        return redirect(url_for("reports.statement", statement_id=statement.id), 303)
    return redirect(url_for("documents.desk", _anchor=document.code), 303)


def _words() -> dict[str, Any]:
    return {"KINDS": KINDS, "MAKING": MAKING, "DOING": DOING, "ERRORS": ERRORS, "may": may}


@bp.post("/desk/documents/<code>/retry")
@requires("document.manage", load=load_document)
def retry(document: Document) -> Any:
    return _act(document, services.retry_document, _("It is waiting its turn again."))


@bp.post("/desk/documents/<code>/publish")
@requires("document.manage", load=load_document)
def publish(document: Document) -> Any:
    return _act(document, services.publish_document, _("Published: anyone can have it now."))


def _act(document: Document, act: Any, done: str) -> Any:
    """Do one thing to a document in one transaction, and go back to the list."""
    code = document.code
    try:
        with transaction():
            act(current_user, document)
    except DomainError as error:
        flash(str(error.message), "error")
    else:
        flash(done, "success")
    return redirect(url_for("documents.desk", _anchor=code), 303)


@bp.get("/documents/<code>")
@requires("document.read", load=load_document)
def show(document: Document) -> str:
    """The paper as a page, to print: it needs no font but the reader's."""
    if document.kind is DocumentKind.WORKBOOK:
        abort(404)
    paper = paper_of(document)
    return render_template(
        "documents/paper.html",
        document=document,
        paper=paper,
        check=check_rows(paper),
        shown_row=shown_row,
    )


@bp.get("/documents/<code>/file")
@requires("document.read", load=load_document)
def file(document: Document) -> Response:
    if document.status is not Making.DONE:
        abort(404)
    path = making.file_of(document)
    if not path.is_file():
        abort(404)
    name = f"{document.fair.slug}-{document.region_code}-{document.code}{path.suffix}"
    response = send_file(
        path, as_attachment=True, download_name=name, conditional=True, etag=path.stem
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response
