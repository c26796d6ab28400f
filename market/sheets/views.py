"""The public page of a sheet, and the same on paper."""

from __future__ import annotations

from flask import Response, abort, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_login import current_user

from market.accounts.login import actor
from market.database import transaction
from market.papers.fonts import is_there_a_font
from market.permissions import may, requires
from market.sheets import bp, wording
from market.sheets.content import sheet_of
from market.sheets.labels import SHEET_PAPERS
from market.sheets.models import PaperSize
from market.sheets.places import SheetPlace
from market.sheets.printing import pdf_once
from market.sheets.prints import is_recorded, record_print
from market.sheets.villages import load_known_place
from market.sheets.weeks import SheetWeek, parse_week, week_of
from market.web.home_time import home_today

# Rows of a list on the page.
SHOWN = 15


@bp.record_once
def _add_words(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(sheet_words=wording)


def issued_weeks() -> list[SheetWeek]:
    """The weeks that sheets are issued for: this one, and the next."""
    this = week_of(home_today())
    return [this, this.next]


def asked_week() -> tuple[SheetWeek, SheetWeek | None]:
    """(the week to show, the earlier one that was asked for, if it was).

    A sheet that hangs there still leads to what is so now. A week that none was issued for yet is
    not found.
    """
    text = request.args.get("week", "")
    this, upcoming = issued_weeks()
    week = parse_week(text) if text else this
    if week is None or week > upcoming:
        abort(404)
    return (week, None) if week >= this else (this, week)


@bp.get("/sheets/<county>")
@bp.get("/sheets/<county>/<township>")
@bp.get("/sheets/<county>/<township>/<village>")
@requires("anyone", load=load_known_place)
def show(place: SheetPlace) -> ResponseReturnValue:
    week, earlier = asked_week()
    if place.village != (request.view_args or {}).get("village", ""):
        return redirect(url_for("sheets.show", **place.address, week=request.args.get("week")))
    return render_template(
        "sheets/show.html",
        place=place,
        week=week,
        earlier=earlier,
        content=sheet_of(place, week),
        papers=SHEET_PAPERS if is_there_a_font() else (),
        manages=may(current_user, "sheet.manage", place.office),
        is_recorded=may(current_user, "sheet.print", place),
        pdf_address=pdf_address,
        shown=SHOWN,
    )


def load_asked(county: str) -> SheetPlace:
    """The place of a county that the address names further, or 404."""
    asked = request.args
    return load_known_place(county, asked.get("township", ""), asked.get("village", ""))


def asked_paper() -> PaperSize:
    """The size of a sheet that is asked for, or 404."""
    text = request.args.get("paper", PaperSize.A4)
    return PaperSize(text) if text in SHEET_PAPERS else abort(404)


def pdf_address(place: SheetPlace, week: SheetWeek, paper: PaperSize, endpoint: str) -> str:
    """Where a sheet is fetched, or printed on record."""
    return url_for(
        f"sheets.{endpoint}",
        county=place.county.code,
        township=place.township_code,
        village=place.village or None,
        week=week,
        paper=paper,
    )


@bp.get("/sheets/<county>/sheet.pdf")
@requires("anyone", load=load_asked)
def pdf(place: SheetPlace) -> ResponseReturnValue:
    paper, (week, _earlier) = asked_paper(), asked_week()
    if may(current_user, "sheet.print", place) and not is_recorded(actor(), place, week, paper):
        # Reading requests record nothing: its page has the button that does.
        return redirect(url_for("sheets.show", **place.address, week=week))
    sheet = wording.sheet_data(sheet_of(place, week), wording.site_start(), paper)
    made = pdf_once("sheet", wording.stack_data([sheet], paper, 1))
    return pdf_response(made, f"sheet-{place.office.county.code}-{week}-{paper}.pdf")


@bp.post("/sheets/<county>/print")
@requires("sheet.print", load=load_asked)
def print_sheet(place: SheetPlace) -> ResponseReturnValue:
    paper, (week, _earlier) = asked_paper(), asked_week()
    with transaction():
        record_print(actor(), place, week, paper)
    return redirect(pdf_address(place, week, paper, "pdf"), 303)


def pdf_response(content: bytes, name: str) -> Response:
    """A PDF to look at or print."""
    response = Response(content, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response
