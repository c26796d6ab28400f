"""Reviewing statements: accepted, returned, reminded of, and withdrawn before that."""

from __future__ import annotations

from flask import flash, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from market.database import db, transaction
from market.deals.step_forms import ReasonForm
from market.fairs.models import Fair
from market.permissions import requires
from market.statements import bp, queries, services, withdrawal
from market.statements.list_views import completeness_url
from market.statements.models import Statement
from market.statements.rules import Period, parse_period
from market.statements.views import RefusedReturn, act, index_page, load_reported, table_url
from market.web.actions import perform
from market.web.converters import row_id
from market.web.errors import Invalid
from market.web.form_recovery import flash_refusal
from market.web.language import lazy_gettext as _l


@bp.post("/desk/statements/accept")
@requires("official")
def accept_all() -> Response:
    """Those ticked; with the button `clear` also those nothing has to be looked at in."""
    ids = request.form.getlist("id", type=row_id)
    if "all" in request.form:
        ids += request.form.getlist("clear", type=row_id)

    def step() -> str:
        chosen = [statement for id_ in set(ids) if (statement := db.session.get(Statement, id_))]
        if not chosen:
            raise Invalid(_l("Nothing is ticked: choose the statements first."))
        done, refused = services.accept_all(current_user, chosen)
        for why in refused:
            flash(str(why), "error")
        return ngettext("%(num)s statement accepted.", "%(num)s statements accepted.", done)

    return act(step)


@bp.post("/desk/statements/<int:statement_id>/accept")
@requires("statement.review", load=queries.get_statement)
def accept(statement: Statement) -> Response:
    def step() -> str:
        services.accept(current_user, statement)
        return _("Accepted.")

    return act(step, statement)


@bp.post("/desk/statements/<int:statement_id>/return")
@requires("statement.review", load=queries.get_statement)
def return_(statement: Statement) -> ResponseReturnValue:
    """From the table a reason that is refused stays in its row."""
    reason = ReasonForm().reason.data or ""

    def step() -> str:
        services.send_back(current_user, statement, reason)
        return _("Returned.")

    if "period" not in request.args:
        return act(step, statement)
    try:
        with transaction():
            done = step()
    except Invalid as error:
        if error.field == "reason":
            return index_page(RefusedReturn(statement.id, reason, error.message)), error.status
        flash_refusal(error)
        return redirect(table_url(), 303)
    flash(done, "success")
    return redirect(table_url(), 303)


@bp.post("/desk/statements/remind/<slug>")
@requires("official", load=load_reported)
def remind(fair: Fair) -> Response:
    """Of the statements named by unit and period; from the matrix back to its page."""
    owed = [key for text in request.form.getlist("owed") if (key := _statement_key(text))]

    def step() -> str:
        if not owed:
            raise Invalid(_l("Nothing is ticked: choose the statements first."))
        done = services.remind(current_user, fair, owed)
        if not done:
            return _("They were reminded within the hour, or owe nothing any more.")
        return ngettext("%(num)s reminder sent.", "%(num)s reminders sent.", done)

    if "page" not in request.args:
        return act(step)
    codes = {code for code, _period in owed}
    given = {"unit": codes.pop()} if len(codes) == 1 else {}
    return perform(step, completeness_url(fair, request.args["page"], **given))


def _statement_key(text: str) -> tuple[str, Period] | None:
    """Unit and period of `430726.daily-2026-09-16`; None for anything else."""
    code, _dot, key = text.partition(".")
    period = parse_period(key)
    return (code, period) if period else None


@bp.post("/desk/statements/<int:statement_id>/withdraw")
@requires("statement.withdraw", load=queries.get_statement)
def withdraw(statement: Statement) -> Response:
    reason = ReasonForm().reason.data or ""

    def step() -> str:
        withdrawal.withdraw(current_user, statement, reason)
        return _("Withdrawn: mend what is wrong, then submit it again.")

    return act(step, statement)
