"""Adding, changing and removing the sessions of a fair. Their public pages show figures and
are in market.tallies."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from market.database import transaction
from market.fairs import bp, session_services
from market.fairs.checks import check_action
from market.fairs.lifecycle_forms import SessionForm
from market.fairs.models import Fair, FairAction, FairSession
from market.fairs.queries import load_fair, load_session, theme_names
from market.fairs.timeline import put_on_fair_form
from market.permissions import requires
from market.web.converters import row_id
from market.web.errors import DomainError, Repeated


@bp.route("/desk/fairs/<slug>/sessions/new", methods=["GET", "POST"])
@requires("fair.manage", load=load_fair)
def new_session(fair: Fair) -> ResponseReturnValue:
    check_action(fair, FairAction.SESSIONS)
    form = SessionForm(fair)
    if form.validate_on_submit():
        values = form.values()
        try:
            with transaction():
                session_services.add_session(current_user, fair, values, form.seen.data)
            return _done(fair, _("The session is added."))
        except Repeated:
            return redirect(url_for("fairs.manage", slug=fair.slug), 303)
        except DomainError as error:
            put_on_fair_form(error, form)
    themes = theme_names(fair)
    return render_template("fairs/session.html", fair=fair, form=form, session=None, themes=themes)


@bp.route("/desk/fairs/<slug>/sessions/<session_slug>", methods=["GET", "POST"])
@requires("session.manage", load=load_session)
def edit_session(session: FairSession) -> ResponseReturnValue:
    fair = session.fair
    check_action(fair, FairAction.SESSIONS)
    form = SessionForm(fair, session)
    if form.validate_on_submit():
        values = form.values()
        try:
            with transaction():
                session_services.edit_session(current_user, session, values, form.seen.data)
            return _done(fair, _("The session is changed."))
        except DomainError as error:
            put_on_fair_form(error, form, SessionForm(fair, session, formdata=None))
    themes = theme_names(fair)
    return render_template(
        "fairs/session.html", fair=fair, form=form, session=session, themes=themes
    )


@bp.post("/desk/fairs/<slug>/sessions/<session_slug>/remove")
@requires("session.manage", load=load_session)
def remove_session(session: FairSession) -> Response:
    fair, seen = session.fair, request.form.get("seen", 0, type=row_id)
    try:
        with transaction():
            session_services.remove_session(current_user, session, seen)
    except DomainError as error:
        flash(error.message, "warning")
        return redirect(url_for("fairs.manage", slug=fair.slug), 303)
    return _done(fair, _("The session is taken out; the fair counts what it counted."))


def _done(fair: Fair, message: str) -> Response:
    flash(message, "success")
    return redirect(url_for("fairs.manage", slug=fair.slug), 303)
