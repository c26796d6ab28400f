"""Complaining, the page of a complaint for both sides and the county, and the desk's list."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.database import transaction
from market.desk.cases import CASES_PER_PAGE
from market.desk.queries import scope
from market.offers.photos import send_photo
from market.permissions import may, requires
from market.traders import bp, complaints
from market.traders.complaint_forms import ComplaintForm, DecideComplaintForm, StatementForm
from market.traders.complaint_models import Complaint, ComplaintDecision, ComplaintKind
from market.traders.complaint_queries import (
    complaints_page,
    count_complaints,
    find_subject,
    get_complaint,
    is_late,
    own_complaints,
)
from market.traders.labels import COMPLAINT_DECISIONS, COMPLAINT_KINDS
from market.web.actions import perform
from market.web.converters import page_number
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.language import lazy_gettext as _l
from market.web.pagination import Pagination

SUBJECTS = ("deal", "thread", "offer", "trader")


@bp.app_context_processor
def _words() -> dict[str, object]:
    return {"complaint_is_late": is_late}


@bp.route("/complaints/new", methods=["GET", "POST"])
@requires("member", purpose=_l("Log in to complain."))
def complain() -> ResponseReturnValue:
    given = {n: v for n in SUBJECTS if (v := request.args.get(n, type=page_number)) is not None}
    if not given:
        return redirect(url_for("traders.complaints_of_mine"))
    subject, form = find_subject(actor(), given), ComplaintForm()
    if form.validate_on_submit():
        kind, text = ComplaintKind(form.kind.data), form.text.data or ""
        try:
            with transaction():
                row = complaints.complain(
                    actor(), subject, kind, text, form.photos.data, form.key.data
                )
        except Repeated as error:
            return redirect(url_for("traders.complaint", complaint_id=error.existing.id), 303)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Sent to the county office, and to the other side to be heard."), "success")
            return redirect(url_for("traders.complaint", complaint_id=row.id), 303)
    return render_template("traders/complain.html", subject=subject, form=form)


@bp.get("/me/complaints")
@requires("member")
def complaints_of_mine() -> str:
    rows = own_complaints(actor())
    return render_template("traders/complaints.html", rows=rows, KINDS=COMPLAINT_KINDS)


@bp.get("/complaints/<int:complaint_id>")
@requires("complaint.read", load=get_complaint)
def complaint(row: Complaint) -> str:
    return _show(row)


def _show(row: Complaint, form: StatementForm | DecideComplaintForm | None = None) -> str:
    hears = row.is_open and not row.statement and may(actor(), "complaint.answer", row)
    decides = row.is_open and may(actor(), "trader_case.decide", row)
    return render_template(
        "traders/complaint.html",
        row=row,
        statement_form=(form if isinstance(form, StatementForm) else None)
        or (StatementForm(formdata=None) if hears else None),
        decision_form=(form if isinstance(form, DecideComplaintForm) else None)
        or (DecideComplaintForm(formdata=None) if decides else None),
        withdraws=row.is_open and may(actor(), "complaint.withdraw", row),
        KINDS=COMPLAINT_KINDS,
        DECISIONS=COMPLAINT_DECISIONS,
    )


def _step(
    row: Complaint, form: StatementForm | DecideComplaintForm, step: Callable[[], None], done: str
) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return _show(row, form)
    try:
        with transaction():
            step()
    except DomainError as error:
        add_form_error(error, form)
        return _show(row, form)
    flash(done, "success")
    return redirect(url_for("traders.complaint", complaint_id=row.id), 303)


@bp.post("/complaints/<int:complaint_id>/statement")
@requires("complaint.answer", load=get_complaint)
def state(row: Complaint) -> ResponseReturnValue:
    form = StatementForm()
    done = _("Sent: the county office and the other side read it.")
    return _step(row, form, lambda: complaints.state(actor(), row, form.text.data or ""), done)


@bp.post("/complaints/<int:complaint_id>/withdraw")
@requires("complaint.withdraw", load=get_complaint)
def withdraw_complaint(row: Complaint) -> Response:
    back = url_for("traders.complaint", complaint_id=row.id)
    return perform(lambda: complaints.withdraw(actor(), row), back, _("Withdrawn."))


@bp.post("/complaints/<int:complaint_id>/decision")
@requires("trader_case.decide", load=get_complaint)
def decide_complaint(row: Complaint) -> ResponseReturnValue:
    form = DecideComplaintForm()

    def step() -> None:
        decision, reason = ComplaintDecision(form.decision.data), form.reason.data or ""
        complaints.decide_complaint(actor(), row, decision, reason)

    return _step(row, form, step, _("Decided: both read why."))


@bp.get("/complaints/<int:complaint_id>/pictures/<sha256>")
@requires("complaint.read", load=get_complaint)
def complaint_picture(row: Complaint) -> Response:
    sha256 = (request.view_args or {})["sha256"]
    if sha256 not in {photo.sha256 for photo in row.photos}:
        abort(404)
    return send_photo(complaints.FOLDER, sha256)


@bp.get("/desk/complaints")
@requires("official")
def complaint_queue() -> str:
    paths = scope(actor())
    count, late = count_complaints(paths)
    page = request.args.get("page", 1, type=page_number)
    pagination = Pagination(page, CASES_PER_PAGE, count)
    return render_template(
        "traders/desk_complaints.html",
        rows=complaints_page(paths, pagination),
        late=late,
        pagination=pagination,
        KINDS=COMPLAINT_KINDS,
    )
