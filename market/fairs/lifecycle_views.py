"""The desk's pages of fairs: the list, each fair's history, and the actions on it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from market.database import transaction, utcnow
from market.fairs import bp, lifecycle, merging, queries, suggestions
from market.fairs.cancellation import cancel_fair
from market.fairs.checks import check_action
from market.fairs.labels import ACTION_LABELS, SEASONS, STATUSES
from market.fairs.lifecycle_forms import (
    CloneForm,
    CloseForm,
    EmergencyForm,
    ExtendForm,
    MergeForm,
    PostponeForm,
)
from market.fairs.models import Fair, FairAction, FairStatus
from market.fairs.postponing import postpone_fair
from market.fairs.queries import load_fair
from market.fairs.rules import allowed_actions
from market.fairs.timeline import put_on_fair_form, timeline
from market.permissions import may, requires
from market.products.queries import named_products
from market.regions.queries import home_region
from market.web.desk_registry import DeskTab, tabs
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.filters import day, local_name
from market.web.home_time import home_today
from market.web.language import lazy_gettext as _l

tabs.append(
    DeskTab(60, _l("Fairs"), "fairs.desk", also=["fairs.new", "fairs.edit", "fairs.new_totals"])
)


@bp.get("/desk/fairs")
@requires("official")
def desk() -> str:
    fairs = queries.fairs_near(current_user)
    return render_template(
        "fairs/desk.html",
        groups=queries.group_by_state(fairs),
        sessions=queries.session_counts(),
        arranges=may(current_user, "fair.create"),
        actions_of=_action_links,
        labels=ACTION_LABELS,
        statuses=STATUSES,
        today=home_today(),
    )


@bp.get("/desk/fairs/<slug>")
@requires("fair.follow", load=load_fair)
def manage(fair: Fair) -> str:
    sessions = queries.sessions_of(fair)
    return render_template(
        "fairs/manage.html",
        fair=fair,
        actions=_action_links(fair),
        labels=ACTION_LABELS,
        sessions=sessions,
        products={s.id: list(named_products(s.prefixes).values()) for s in sessions},
        themes=queries.theme_names(fair),
        seen=queries.last_event(fair),
        history=timeline(fair),
        statuses=STATUSES,
        seasons=SEASONS,
        today=home_today(),
    )


@bp.route("/desk/fairs/<slug>/postpone", methods=["GET", "POST"])
@requires("fair.manage", load=load_fair)
def postpone(fair: Fair) -> ResponseReturnValue:
    check_action(fair, FairAction.POSTPONE)
    form = PostponeForm(fair)
    if form.validate_on_submit():
        given = (form.starts_on.data, form.reason.data, form.seen.data)
        try:
            with transaction():
                postpone_fair(current_user, fair, *given)
            return redirect_to_desk(
                fair, _("The fair now begins on %(day)s.", day=day(fair.starts_on))
            )
        except DomainError as error:
            put_on_fair_form(error, form)
    return render_template(
        "fairs/postpone.html", fair=fair, form=form, sessions=queries.sessions_of(fair)
    )


@bp.route("/desk/fairs/<slug>/merge", methods=["GET", "POST"])
@requires("fair.manage", load=load_fair)
def merge(fair: Fair) -> ResponseReturnValue:
    check_action(fair, FairAction.MERGE)
    targets = [
        t for t in merging.merge_targets(fair, utcnow()) if may(current_user, "fair.manage", t)
    ]
    form = MergeForm(fair, targets)
    if form.validate_on_submit():
        given = (form.target(), form.reason.data, form.seen.data)
        try:
            with transaction():
                into = merging.merge_fair(current_user, fair, *given)
            return redirect_to_desk(into, _("The fair is merged; its address leads to this one."))
        except DomainError as error:
            put_on_fair_form(error, form)
    return render_template(
        "fairs/merge.html",
        fair=fair,
        form=form,
        goes_along={target: merging.count_left_behind(fair, target) for target in targets},
        movable=merging.movable_sessions,
        sessions=queries.sessions_of(fair),
    )


@bp.route("/desk/fairs/<slug>/extend", methods=["GET", "POST"])
@requires("fair.manage", load=load_fair)
def extend(fair: Fair) -> ResponseReturnValue:
    check_action(fair, FairAction.EXTEND)
    form = ExtendForm(fair)
    if form.validate_on_submit():
        given = (form.ends_on.data, form.reason.data, form.seen.data)
        try:
            with transaction():
                lifecycle.extend_fair(current_user, fair, *given)
            return redirect_to_desk(
                fair, _("The fair now lasts until %(day)s.", day=day(fair.ends_on))
            )
        except DomainError as error:
            put_on_fair_form(error, form)
    return render_template("fairs/extend.html", fair=fair, form=form)


@bp.route("/desk/fairs/<slug>/close", methods=["GET", "POST"])
@requires("fair.manage", load=load_fair)
def close(fair: Fair) -> ResponseReturnValue:
    check_action(fair, FairAction.CLOSE_EARLY)
    form = CloseForm(fair)
    if form.validate_on_submit():
        given = (form.reason.data, form.seen.data)
        try:
            with transaction():
                lifecycle.close_early(current_user, fair, *given)
            return redirect_to_desk(
                fair, _("Today is the last day of the fair; it closes at midnight.")
            )
        except DomainError as error:
            put_on_fair_form(error, form)
    today = home_today()
    cut = [session for session in queries.sessions_of(fair) if session.ends_on > today]
    return render_template("fairs/close.html", fair=fair, form=form, cut=cut, today=today)


@bp.route("/desk/fairs/<slug>/cancel", methods=["GET", "POST"])
@requires("fair.manage", load=load_fair)
def cancel(fair: Fair) -> ResponseReturnValue:
    check_action(fair, FairAction.CANCEL)
    form = CloseForm(fair)
    if form.validate_on_submit():
        given = (form.reason.data, form.seen.data)
        try:
            with transaction():
                cancel_fair(current_user, fair, *given)
            return redirect_to_desk(fair, _("The fair is cancelled."))
        except DomainError as error:
            put_on_fair_form(error, form)
    return render_template("fairs/cancel.html", fair=fair, form=form)


@bp.route("/desk/fairs/<slug>/clone", methods=["GET", "POST"])
@requires("fair.manage", load=load_fair)
def clone(fair: Fair) -> ResponseReturnValue:
    check_action(fair, FairAction.CLONE)
    form = CloneForm(suggestions.suggest_next_edition(fair))
    if form.validate_on_submit():
        values, sessions = form.values(), form.chosen()
        try:
            with transaction():
                made = lifecycle.clone_fair(current_user, fair, values, sessions)
            return redirect_to_desk(made, _("The fair is announced."))
        except Repeated as error:
            return redirect(url_for("fairs.manage", slug=error.existing.slug), 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template("fairs/form.html", form=form, fair=None, source=fair)


@bp.route("/desk/fairs/emergency", methods=["GET", "POST"])
@requires("fair.create")
def emergency() -> ResponseReturnValue:
    form = EmergencyForm(region=home_region(), days=7)
    form.region.within = [home_region()]
    if form.validate_on_submit():
        values, days, reason = form.values(), form.days.data or 0, form.reason.data or ""
        try:
            with transaction():
                fair = lifecycle.open_emergency_fair(current_user, values, days, reason)
            return redirect_to_desk(
                fair, _("The fair is open; what was posted today is listed already.")
            )
        except Repeated as error:
            return redirect(url_for("fairs.manage", slug=error.existing.slug), 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template(
        "fairs/emergency.html", form=form, running=queries.fairs_under(home_region().path)
    )


def redirect_to_desk(fair: Fair, message: str) -> Response:
    """Redirect to the fair's page of the desk, with a warning about overlapping fairs."""
    flash(message, "success")
    for other in queries.overlapping(fair) if fair.status in ACTIVE_STATUSES else ():
        flash(
            _(
                "It overlaps with %(name)s: a deal counts in one fair only, that of the smaller "
                "region; in the same region that of the narrower theme; or else the older one.",
                name=local_name(other),
            ),
            "warning",
        )
    return redirect(url_for("fairs.manage", slug=fair.slug), 303)


def _action_links(fair: Fair) -> list[tuple[FairAction, str]]:
    """The actions open to this official and their addresses; none for one who may only look."""
    if not may(current_user, "fair.manage", fair):
        return []
    possible = allowed_actions(fair.status, fair.totals_only)
    return [
        (action, url_for(page, slug=fair.slug))
        for action, page in ACTION_PAGES.items()
        if action in possible
    ]


ACTIVE_STATUSES = (FairStatus.ANNOUNCED, FairStatus.OPEN)
ACTION_PAGES = {
    FairAction.EDIT: "fairs.edit",
    FairAction.POSTPONE: "fairs.postpone",
    FairAction.EXTEND: "fairs.extend",
    FairAction.CLOSE_EARLY: "fairs.close",
    FairAction.SESSIONS: "fairs.new_session",
    FairAction.CLONE: "fairs.clone",
    FairAction.MERGE: "fairs.merge",
    FairAction.CANCEL: "fairs.cancel",
}
