"""The password one logs in with, and the browsers logged in."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts import authentication, bp, sessions
from market.accounts.attempts import confirm_attempt
from market.accounts.forms import ChoosePasswordForm, PasswordForm
from market.accounts.login import actor, is_remembered, log_in_browser, log_out_browser
from market.accounts.models import AccountSession
from market.accounts.passwords import hash_password
from market.accounts.queries import device_of, get_session
from market.accounts.views import refused
from market.database import transaction
from market.permissions import requires
from market.web.errors import DomainError


@bp.route("/me/password", methods=["GET", "POST"])
@requires("member")
def password() -> ResponseReturnValue:
    form = PasswordForm(owner=actor())
    if form.validate_on_submit():
        given, wanted = form.current.data or "", form.password.data or ""
        try:
            with confirm_attempt(actor()):
                known = authentication.check_password(actor(), given, "current")
            authentication.refuse_unchanged(actor(), wanted)
            new, device = hash_password(wanted), device_of(actor().session_id)
            with transaction():
                token = authentication.change_password(
                    actor(), known, new, device, request.user_agent.string
                )
            log_in_browser(actor(), token, is_remembered())
            flash(_("Password changed. Your other devices are logged out."), "success")
            return redirect(url_for("accounts.me"), 303)
        except DomainError as error:
            return refused(error, form, "accounts/password.html")
    return render_template("accounts/password.html", form=form)


@bp.route("/me/new-password", methods=["GET", "POST"])
@requires("member")
def new_password() -> ResponseReturnValue:
    """After a log-in with a one-time password: nothing else goes before."""
    if not actor().must_change_password:
        return redirect(url_for("accounts.password"))
    form = ChoosePasswordForm(owner=actor())
    if form.validate_on_submit():
        wanted, device = form.password.data or "", device_of(actor().session_id)
        try:
            authentication.refuse_unchanged(actor(), wanted)
            new = hash_password(wanted)
            with transaction():
                token = authentication.choose_password(
                    actor(), new, device, request.user_agent.string
                )
            log_in_browser(actor(), token, remember=False)
            flash(_("Password changed. Your other devices are logged out."), "success")
            return redirect(url_for("accounts.me"), 303)
        except DomainError as error:
            return refused(error, form, "accounts/new_password.html")
    return render_template("accounts/new_password.html", form=form)


@bp.post("/me/sessions/<int:session_id>/end")
@requires("account_session.end", load=get_session)
def end_session(ended: AccountSession) -> Response:
    with transaction():
        sessions.end_sessions(actor(), only=ended.id)
    flash(_("That device is logged out."), "success")
    return redirect(url_for("accounts.me", _anchor="devices"), 303)


@bp.post("/me/sessions/end-others")
@requires("member")
def end_other_sessions() -> Response:
    with transaction():
        sessions.end_sessions(actor(), but=actor().session_id)
    flash(_("All your other devices are logged out."), "success")
    return redirect(url_for("accounts.me", _anchor="devices"), 303)


@bp.post("/me/sessions/end-all")
@requires("member")
def end_all_sessions() -> Response:
    with transaction():
        sessions.end_sessions(actor())
    log_out_browser()
    flash(_("You are logged out everywhere."), "success")
    return redirect(url_for("accounts.login"), 303)
