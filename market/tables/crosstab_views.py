"""Custom statistics 自定义统计: any cut of the counts as table, chart and file, and saved ones."""

from __future__ import annotations

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from limits import parse
from wtforms import BooleanField, StringField
from wtforms.validators import InputRequired

from market.accounts.login import actor
from market.database import transaction
from market.permissions import requires
from market.tables import bp, saved_crosstabs
from market.tables.crosstab_chart import make_chart
from market.tables.crosstab_files import crosstab_table, tidy_chunks
from market.tables.crosstab_page import CrosstabPage
from market.tables.crosstab_request import MAX_CELLS, MAX_FILE_CELLS, read_request
from market.tables.models import MAX_NAME_LENGTH, SavedCrosstab
from market.tables.views import attachment, table_response
from market.tallies.county_map import colours
from market.web.errors import DomainError, Invalid, add_form_error
from market.web.forms import Form, Length
from market.web.language import lazy_gettext as _l
from market.web.limits import spend

FILE_LIMIT = parse("60 per 10 minutes")


class SaveCrosstabForm(Form):
    """A name for a cross-tabulation, and who finds it."""

    name = StringField(
        _l("Name"),
        [InputRequired(_l("Still missing: a name.")), Length(max=MAX_NAME_LENGTH)],
    )
    is_shared = BooleanField(_l("Colleagues of my office find it too"))


@bp.route("/desk/crosstab", methods=["GET", "POST"])
@requires("official")
def crosstab() -> ResponseReturnValue:
    asked = read_request(actor(), request.args)
    page, form = CrosstabPage(asked), SaveCrosstabForm()
    if form.validate_on_submit():
        try:
            with transaction():
                saved_crosstabs.save_crosstab(
                    actor(), form.name.data or "", page.query, bool(form.is_shared.data)
                )
            flash(_("Saved."), "success")
            return redirect(page.address(), 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template(
        "tables/crosstab.html",
        page=page,
        request_form=asked.form,
        chart=make_chart(asked),
        form=form,
        saved=saved_crosstabs.saved_for(actor()),
        max_cells=MAX_CELLS,
        colours=colours(),
    )


@bp.get("/desk/crosstab.<any(xlsx,csv):form>")
@requires("official")
def crosstab_file(form: str) -> Response:
    """The table as a workbook, or in the long form as CSV."""
    spend(FILE_LIMIT, "crosstab", f"account {actor().id}")
    asked = read_request(actor(), request.args)
    if form == "csv":
        body = stream_with_context(tidy_chunks(asked))
        return attachment(body, "text/csv; charset=utf-8", "crosstab.csv")
    if asked.grid.size > MAX_FILE_CELLS:
        raise Invalid(
            _l("A sheet has no room for %(cells)s cells: take the CSV.", cells=asked.grid.size)
        )
    return table_response(crosstab_table(asked), form, "crosstab.xlsx")


@bp.route("/desk/crosstab/saved/<int:saved_id>", methods=["GET", "POST"])
@requires("crosstab.own", load=saved_crosstabs.load_saved)
def saved_crosstab(saved: SavedCrosstab) -> ResponseReturnValue:
    """Rename one, share it or no longer."""
    form = SaveCrosstabForm(obj=saved)
    if form.validate_on_submit():
        try:
            with transaction():
                saved_crosstabs.change_crosstab(
                    actor(), saved, form.name.data or "", bool(form.is_shared.data)
                )
            flash(_("Saved."), "success")
            return redirect(f"{url_for('tables.crosstab')}?{saved.query}", 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template("tables/saved_crosstab.html", form=form, saved=saved)


@bp.post("/desk/crosstab/saved/<int:saved_id>/delete")
@requires("crosstab.own", load=saved_crosstabs.load_saved)
def delete_crosstab(saved: SavedCrosstab) -> ResponseReturnValue:
    address = f"{url_for('tables.crosstab')}?{saved.query}"
    with transaction():
        saved_crosstabs.delete_crosstab(saved)
    flash(_("Deleted."), "success")
    return redirect(address, 303)
