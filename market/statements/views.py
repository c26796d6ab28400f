"""Statements at the desk: submit, review, remind, correct."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from market.database import db, transaction, utcnow
from market.fairs.models import Fair
from market.fairs.queries import load_fair
from market.monitoring.queries import official_paths
from market.permissions import may, requires
from market.regions.models import Region
from market.statements import (
    bp,
    corrections,
    overrides,
    overview,
    own_statements,
    queries,
    review_table,
    services,
    units,
)
from market.statements.drift import cut_offs, find_drift
from market.statements.explanations import STOPPED, Unexplained
from market.statements.forms import (
    CorrectionForm,
    DecisionForm,
    StatementFilter,
    SubmitForm,
    period_name,
    submit_form,
)
from market.statements.history import history
from market.statements.labels import STATEMENT_STATUSES
from market.statements.models import Statement, StatementStatus
from market.statements.reversals import find_reversals
from market.statements.rules import IN, Period, parse_period
from market.statements.snapshots import preview_county, sum_figures
from market.statements.units import ReportingUnit, UnitStatement
from market.statements.validation import ValidationFinding
from market.statements.validation_models import OverrideRequest
from market.statements.validation_queries import (
    check_figures,
    last_request,
    stops_of,
    warnings_of,
)
from market.statements.withdrawal import can_be_withdrawn
from market.tallies import figures
from market.tallies.end_of_day import is_reported_daily
from market.tallies.frozen_figures import FrozenFigures
from market.web.actions import perform
from market.web.errors import DomainError, InvalidTransition, add_form_error
from market.web.form_recovery import flash_refusal

MAX_PRODUCTS_SHOWN = 20
# Of what was submitted, before the whole list.
OWN_SHOWN = 5


@bp.record_once
def _name_words(state: BlueprintSetupState) -> None:
    words = (period_name, figures.format_figure_pair, format_difference)
    state.app.jinja_env.globals.update({word.__name__: word for word in words})


def format_difference(name: str, was: Any, now: Any) -> str:
    """By how much a figure differs: +3, −1,000.00, ±0; exact where it is less than pages show."""
    by = now - was
    sign = "+" if by > 0 else "−" if by < 0 else "±"
    return sign + (figures.format_figure_pair(name, abs(by), 0)[0] if by else "0")


def load_reported(slug: str) -> Fair:
    """The fair of that slug; 404 for one nobody reports of."""
    fair = load_fair(slug)
    return fair if is_reported_daily(fair) else abort(404)


def load_draft(slug: str, period: str, code: str) -> DraftRequest:
    """The unit's statement of a period, there or not, or 404."""
    fair, parsed = load_reported(slug), parse_period(period)
    known = units.units(fair)
    if parsed is None or code not in known:
        abort(404)
    return DraftRequest(fair, parsed, known[code], known)


class DraftRequest:
    """A statement that is due of a unit; permissions ask what they ask of the unit."""

    def __init__(
        self, fair: Fair, period: Period, unit: ReportingUnit, known: Mapping[str, ReportingUnit]
    ) -> None:
        self.fair, self.period, self.unit, self.known = fair, period, unit, known
        self.is_leaf, self.path = unit.is_leaf, unit.path

    @cached_property
    def every_line(self) -> Mapping[str, UnitStatement]:
        """The statements of the period by unit."""
        return units.unit_statements(self.fair, self.period, utcnow(), self.known)

    @property
    def line(self) -> UnitStatement:
        """Its own statement."""
        return self.every_line[self.unit.code]

    @cached_property
    def preview(self) -> FrozenFigures | None:
        """What a county would submit now; None for a prefecture, which gathers."""
        region = db.session.get_one(Region, self.unit.code)
        return preview_county(self.fair, region, self.period) if self.is_leaf else None

    @cached_property
    def findings(self) -> Sequence[ValidationFinding]:
        """What validation finds in what a county would submit now."""
        if self.preview is None or self.line.status in IN:
            return []
        return check_figures(self.fair, self.unit, self.period, self.preview)

    @cached_property
    def request(self) -> OverrideRequest | None:
        """The last request to let what stops it pass."""
        id_ = self.line.statement_id
        return last_request(db.session.get(Statement, id_)) if id_ else None

    @property
    def lines(self) -> Sequence[UnitStatement]:
        """Those that a prefecture's gathers."""
        return [] if self.is_leaf else units.statements_below(self.every_line, self.unit.code)


@bp.get("/desk/statements")
@requires("official")
def index() -> str:
    return index_page()


@dataclass(frozen=True)
class RefusedReturn:
    """What was typed to return a statement of the table, and why it was refused."""

    statement_id: int
    reason: str
    message: Any


def index_page(refused: RefusedReturn | None = None) -> str:
    """What the official owes and reviews; the row that `refused` is about stands open."""
    now = utcnow()
    fairs = units.reported_fairs(official_paths(current_user))
    board, form = _board(fairs, now)
    return render_template(
        "statements/index.html",
        dues=overview.due_statements(current_user, now),
        confirm=[
            statement
            for statement in queries.to_confirm(current_user, official_paths(current_user))
            if may(current_user, "statement.review", statement)
        ],
        overrides=overrides.requests_to_decide(current_user, official_paths(current_user)),
        own=own_statements.own_statements(current_user, now, 1, OWN_SHOWN),
        board=board,
        form=form,
        fairs=fairs,
        refused=refused,
        STATUSES=STATEMENT_STATUSES,
    )


def _board(fairs: list[Fair], now: Any) -> tuple[review_table.Board | None, Any]:
    """The statements that come to the official, as the query string chooses; or none."""
    looked = [(f, units.units(f)) for f in fairs]
    mine = [(f, k) for f, k in looked if review_table.parents_of(current_user, f, k)]
    mine = [(fair, known) for fair, known in mine if units.periods_of(fair, now)]
    if not mine:
        return None, None
    slug = request.args.get("fair")
    fair, known = next(((f, k) for f, k in mine if f.slug == slug), mine[0])
    periods = units.periods_of(fair, now)
    parents = review_table.parents_of(current_user, fair, known)
    offered = {code: known[code] if code else None for code in parents}
    form = StatementFilter(request.args, (f for f, _k in mine), periods, offered)
    chosen = form.chosen()
    waiting = review_table.waiting_periods(current_user, fair, known)
    period = parse_period(chosen.get("period", "")) or (waiting or periods[-1:])[0]
    parent = chosen.get("parent") or parents[0]
    form.fair.data, form.period.data, form.parent.data = fair.slug, period.key, parent or ""
    status = StatementStatus(chosen["state"]) if "state" in chosen else None
    sort = chosen.get("sort", "unit")
    return review_table.board(current_user, fair, known, period, parent, now, status, sort), form


@bp.route("/desk/statements/draft/<slug>/<period>/<code>", methods=["GET", "POST"])
@requires("statement.submit", load=load_draft)
def draft(draft: DraftRequest) -> ResponseReturnValue:
    form = submit_form(queries.not_in(draft.lines), draft.findings)
    if form.validate_on_submit():
        given: dict[str, Any] = {"remark": form.remark.data or "", "reason": form.reason.data or ""}
        given["missing"] = form.missing.data or []
        given["explanations"] = {f.key: form[f.key].data for f in draft.findings if f.key in form}
        try:
            with transaction():
                statement = services.submit(
                    current_user, draft.fair, draft.unit.code, draft.period, **given
                )
            flash(_("Submitted: %(what)s", what=period_name(draft.period)), "success")
            return redirect(url_for("statements.show", statement_id=statement.id), 303)
        except DomainError as error:
            add_form_error(error, form)
    elif form.is_submitted() and stops_of(draft.findings, draft.request):
        add_form_error(Unexplained(STOPPED), form)
    return _show_draft(draft, form)


def _show_draft(draft: DraftRequest, form: SubmitForm) -> str:
    ids = [child.statement_id for child in draft.lines if child.is_in and child.statement_id]
    parts = queries.current_figures(ids)
    return render_template(
        "statements/draft.html",
        draft=draft,
        form=form,
        lines=draft.lines,
        line=draft.line,
        reason=queries.return_reasons(draft.fair, draft.unit.code).get(draft.period),
        parts={id_: sum_figures([part], draft.period) for id_, part in parts.items()},
        totals=sum_figures([draft.preview] if draft.preview else parts.values(), draft.period),
        stops=stops_of(draft.findings, draft.request),
        STATUSES=STATEMENT_STATUSES,
    )


@bp.post("/desk/statements/submit-all")
@requires("official")
def submit_all() -> Response:
    """Every statement of a county that is due and was not returned, the first due first."""

    def step() -> str:
        done = left = 0
        for due in overview.due_statements(current_user, utcnow()):
            if not (due.line.unit.is_leaf and due.ready):
                continue
            try:
                services.submit(current_user, due.fair, due.line.unit.code, due.line.period)
                done += 1
            except Unexplained:
                left += 1
        if left:
            text = ngettext(
                "%(num)s statement needs a look first: explain what is unusual in it.",
                "%(num)s statements need a look first: explain what is unusual in them.",
                left,
            )
            flash(text, "warning")
        return ngettext("%(num)s statement submitted.", "%(num)s statements submitted.", done)

    return act(step)


@bp.get("/desk/statements/<int:statement_id>")
@requires("statement.read", load=queries.get_statement)
def show(statement: Statement) -> ResponseReturnValue:
    if not statement.version:
        return redirect(url_for("statements.index"), 303)
    period = Period(statement.day, statement.kind)
    current = queries.current_figures([statement.id])[statement.id]
    return render_template(
        "statements/show.html",
        statement=statement,
        period=period,
        version=statement.current,
        submitted=queries.submitted_figures([statement.id])[statement.id],
        current=current,
        drift=find_drift(statement.fair, period, current),
        reversed=find_reversals(statement.fair, cut_offs(current)),
        increment=sum_figures([current], period)[1],
        corrections=queries.confirmed_of(statement),
        waiting=queries.pending_correction(statement),
        proposed=corrections.pending_changes(statement),
        may_review=may(current_user, "statement.review", statement)
        and statement.current.by_id != current_user.id,
        may_submit=may(current_user, "statement.submit", statement.region),
        withdrawable=can_be_withdrawn(statement),
        correctable=corrections.can_be_corrected(statement),
        STATUSES=STATEMENT_STATUSES,
        history=history(statement),
        findings=warnings_of([statement.id]).get(statement.id, []),
        max_products=MAX_PRODUCTS_SHOWN,
    )


@bp.route("/desk/statements/<int:statement_id>/correct", methods=["GET", "POST"])
@requires("statement.correct", load=queries.get_statement)
def correct(statement: Statement) -> ResponseReturnValue:
    form = CorrectionForm()
    if form.validate_on_submit():
        try:
            with transaction():
                corrections.file_correction(current_user, statement, form.reason.data or "")
            flash(_("The correction is filed; the next level confirms it."), "success")
            return redirect(url_for("statements.show", statement_id=statement.id), 303)
        except DomainError as error:
            add_form_error(error, form)
    if not corrections.can_be_corrected(statement):
        flash_refusal(InvalidTransition())
        return redirect(url_for("statements.show", statement_id=statement.id), 303)
    current = queries.current_figures([statement.id])[statement.id]
    period = Period(statement.day, statement.kind)
    drift = find_drift(statement.fair, period, current)
    return render_template(
        "statements/correct.html", statement=statement, form=form, drift=drift, period=period
    )


@bp.post("/desk/statements/<int:statement_id>/correction")
@requires("statement.review", load=queries.get_statement)
def decide(statement: Statement) -> Response:
    """Confirm the correction that waits, or refuse it: the button's name says which."""
    form = DecisionForm()
    confirmed = "confirm" in request.form

    def step() -> str:
        number, reason = form.number.data or 0, form.reason.data or ""
        corrections.decide(current_user, statement, number, confirmed, reason)
        return _("The correction is confirmed.") if confirmed else _("The correction is refused.")

    return act(step, statement)


def act(step: Callable[[], str], statement: Statement | None = None) -> Response:
    """Take one step and go back to where it was asked: the statement, or, where the address says
    of which, the table; `step` returns what to say."""
    if statement is not None and "period" not in request.args:
        return perform(step, url_for("statements.show", statement_id=statement.id))
    return perform(step, table_url())


def table_url() -> str:
    """The table of statements that the address names."""
    names = ("fair", "period", "parent", "state", "sort")
    given: dict[str, Any] = {name: v for name in names if (v := request.args.get(name))}
    return url_for("statements.index", **given, _anchor="review")
