"""The station's and the county's page of sheets: stacks, villages, what is printed, what hangs."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.database import db, transaction
from market.papers.fonts import is_there_a_font
from market.papers.models import DocumentStatus
from market.permissions import may, requires
from market.regions.queries import region_lexicon
from market.sheets import bp, labels, postings, stacks, station_cards, villages
from market.sheets.content import printed_stations
from market.sheets.forms import BY_VILLAGE, CardForm, StackForm, VillagesForm
from market.sheets.models import PaperSize, SheetStack
from market.sheets.places import SheetPlace, load_sheet_place
from market.sheets.stack_jobs import file_of
from market.sheets.views import issued_weeks
from market.sheets.weeks import SheetWeek, parse_week
from market.sheets.wording import site_start
from market.web.actions import perform
from market.web.converters import page_number
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.language import select as page_language
from market.web.pagination import Pagination

# Sheets of earlier weeks were never issued.
EARLIEST = SheetWeek(2020, 1)
POSTINGS_PER_PAGE = 20


def load_office(county: str, township: str = "") -> SheetPlace:
    """A county, or a township of it, or 404."""
    return load_sheet_place(county, township)


def load_stack(stack_id: int) -> SheetStack:
    """The stack of that number, or 404."""
    return db.session.get(SheetStack, stack_id) or abort(404)


def work_address(office: SheetPlace, **more: Any) -> str:
    """The page of a place's sheets."""
    return url_for("sheets.work", **office.address, **more)


def asked_week() -> SheetWeek:
    """The week whose postings are asked for: this one where none is."""
    week, this = parse_week(request.args.get("week", "")), issued_weeks()[0]
    return week if week and EARLIEST <= week <= this else this


@bp.route("/sheets/<county>/work", methods=["GET", "POST"])
@bp.route("/sheets/<county>/<township>/work", methods=["GET", "POST"])
@requires("sheet.manage", load=load_office)
def work(office: SheetPlace) -> ResponseReturnValue:
    form = StackForm(issued_weeks())
    if form.validate_on_submit():
        try:
            with transaction():
                stacks.request_stack(actor(), office, **_asked(form))
        except Repeated:
            pass
        except DomainError as error:
            add_form_error(error, form)
            return _page(office, form)
        return redirect(work_address(office, _anchor="documents"), 303)
    return _page(office, form)


def _asked(form: StackForm) -> dict[str, Any]:
    return {
        "week": parse_week(form.week.data),
        "paper": PaperSize(form.paper.data),
        "copies": form.copies.data,
        "by_village": form.by_village.data == BY_VILLAGE,
        "language": page_language(),
        "site": site_start(),
        "key": form.key.data,
    }


def _page(office: SheetPlace, form: StackForm) -> str:
    week, made = asked_week(), stacks.stacks_of(office)
    posted = postings.postings_of(office, week)
    pagination = Pagination(
        request.args.get("page", 1, page_number), POSTINGS_PER_PAGE, len(posted)
    )
    return render_template(
        "sheets/work.html",
        office=office,
        form=form,
        week=week,
        this_week=issued_weeks()[0],
        stacks=made,
        is_waiting=any(stack.status in stacks.WAITING for stack in made),
        has_font=is_there_a_font(),
        townships=() if office.township else region_lexicon().townships.of(office.county.code),
        villages=villages.villages_of(office),
        coverage=postings.coverage_of(office, week),
        postings=pagination.rows_of(posted),
        pagination=pagination,
        cards=printed_stations(office),
        labels=labels,
        may=may,
    )


@bp.get("/sheet-stacks/<int:stack_id>/file")
@requires("sheet.manage", load=load_stack)
def stack_file(stack: SheetStack) -> Response:
    if stack.status is not DocumentStatus.DONE:
        abort(404)
    path = file_of(stack)
    if not path.is_file():
        abort(404)
    name = f"sheets-{stack.township_code or stack.region_code}-{stack.week}-{stack.paper}.pdf"
    response = send_file(
        path, mimetype="application/pdf", as_attachment=True, download_name=name, etag=path.stem
    )
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.post("/sheet-stacks/<int:stack_id>/retry")
@requires("sheet.manage", load=load_stack)
def retry_stack(stack: SheetStack) -> Response:
    back = work_address(load_office(stack.region_code, stack.township_code or ""))
    done = _("It is waiting its turn again.")
    return perform(lambda: stacks.retry_stack(actor(), stack), back, done)


@bp.route("/sheets/<county>/villages", methods=["GET", "POST"])
@bp.route(
    "/sheets/<county>/<township>/villages",
    methods=["GET", "POST"],
)
@requires("sheet.manage", load=load_office)
def village_list(office: SheetPlace) -> ResponseReturnValue:
    listed = villages.listed_villages(office)
    form = VillagesForm(villages="\n".join(listed))
    if form.validate_on_submit():
        try:
            with transaction():
                names = (form.villages.data or "").splitlines()
                villages.save_villages(actor(), office, names)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("The list is saved."), "success")
            return redirect(work_address(office), 303)
    known = [place for place in villages.villages_of(office) if place.village not in listed]
    return render_template("sheets/villages.html", office=office, form=form, known=known)


@bp.route("/sheets/<county>/card", methods=["GET", "POST"])
@bp.route("/sheets/<county>/<township>/card", methods=["GET", "POST"])
@requires("sheet.issue", load=load_office)
def card(office: SheetPlace) -> ResponseReturnValue:
    form = CardForm(obj=station_cards.card_of(actor()))
    if form.validate_on_submit():
        try:
            with transaction():
                station_cards.save_card(
                    actor(), office, form.station.data or "", form.phone.data or ""
                )
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Saved: the next sheets have it."), "success")
            return redirect(work_address(office), 303)
    is_printed = station_cards.card_of(actor()) is not None
    return render_template("sheets/card.html", office=office, form=form, is_printed=is_printed)


@bp.post("/sheets/<county>/card/remove")
@bp.post("/sheets/<county>/<township>/card/remove")
@requires("sheet.issue", load=load_office)
def remove_card(office: SheetPlace) -> Response:
    step = lambda: station_cards.remove_card(actor())  # noqa: E731
    return perform(
        step, work_address(office), _("Taken off: the next sheets have no phone of yours.")
    )
