"""Logging in, with a code where the account has a second factor, and out."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from market.accounts import authentication, bp, second_factor, second_step, sessions
from market.accounts.attempts import login_attempt, second_step_attempt
from market.accounts.devices import Device, remember_device, this_device
from market.accounts.forms import AgreeForm, LoginForm, SecondStepForm
from market.accounts.login import MUST_AGREE, REGISTERED, actor, log_in_browser, log_out_browser
from market.accounts.models import Account
from market.accounts.passwords import hash_password
from market.accounts.second_step import WaitingLogin
from market.accounts.terms import agree_to_terms, must_agree
from market.accounts.views import refused
from market.database import transaction
from market.permissions import requires
from market.web.errors import DomainError
from market.web.filters import readable_phone
from market.web.network import local_path
from market.web.slots import link


@bp.route("/login", methods=["GET", "POST"])
@requires("anyone")
def login() -> ResponseReturnValue:
    form = LoginForm(
        next=request.args.get("next", ""), phone=readable_phone(session.get(REGISTERED))
    )
    if form.validate_on_submit():
        try:
            entered = _logged_in(form)
        except DomainError as error:
            return refused(error, form, "accounts/login.html", **_shown(form))
        if entered is None:
            g.keeps_pending_form = True
            return redirect(url_for("accounts.login_code"), 303)
        return welcome(entered, form.remember.data, form.next.data)
    return render_template("accounts/login.html", form=form, **_shown(form))


def _shown(form: LoginForm) -> dict[str, Any]:
    """What the log-in page says beside its form."""
    return {"why": _why_log_in(form), "registered": session.get(REGISTERED)}


def _why_log_in(form: LoginForm) -> list[Any]:
    """What the log-in is for, and what becomes of what was typed before."""
    view = current_app.view_functions.get(request.args.get("why", ""))
    purpose = getattr(view, "purpose", None)
    if purpose is None and form.next.data:
        purpose = _("What you asked for is for those who are logged in.")
    pending = _("What you typed is kept: it comes back once you are logged in.")
    # Who has just registered knows what for.
    purposes = [] if session.get(REGISTERED) else [purpose]
    return [text for text in (*purposes, pending if "pending_form" in session else None) if text]


class OpenedSession(NamedTuple):
    account: Account
    device: Device
    token: str
    must_change: bool


def _logged_in(form: LoginForm) -> OpenedSession | None:
    """Check the password and open a session; None where a code is still to come."""
    phone, password, device = form.phone.data or "", form.password.data or "", this_device()
    account = authentication.find_login(phone)
    with login_attempt(phone, account, device):
        proof = authentication.authenticate(account, password)
        if proof.is_outdated:
            new = hash_password(password)
            with transaction():
                proof = authentication.rehash(proof, new)
        if second_factor.has_second_factor(proof.account):
            waiting = WaitingLogin(proof, phone, form.remember.data, form.next.data or "")
            second_step.wait_for_code(waiting)
            return None
        with transaction():
            agent = request.user_agent.string
            token = authentication.start_session(proof, phone, device.id, agent)
        return OpenedSession(proof.account, device, token, proof.one_time_id is not None)


@bp.route("/login/code", methods=["GET", "POST"])
@requires("anyone")
def login_code() -> ResponseReturnValue:
    """The second step of logging in: the password was right."""
    waiting, form = second_step.waiting_login(), SecondStepForm()
    if waiting is None:
        flash(_("That took too long. Log in once more."), "warning")
        return redirect(url_for("accounts.login"))
    if form.validate_on_submit():
        account, device = waiting.proof.account, this_device()
        try:
            with second_step_attempt(account), transaction():
                second_factor.use_code(account, form.code.data or "")
                token = authentication.start_session(
                    waiting.proof,
                    waiting.phone,
                    device.id,
                    request.user_agent.string,
                    second_factor=True,
                )
        except DomainError as error:
            return refused(error, form, "accounts/login_code.html")
        second_step.stop_waiting()
        entered = OpenedSession(account, device, token, waiting.proof.one_time_id is not None)
        return welcome(entered, waiting.remember, waiting.next)
    return render_template("accounts/login_code.html", form=form)


def welcome(entered: OpenedSession, remember: bool, next_page: str | None) -> Response:
    """Hand the session to the browser and go on."""
    account, device, token, must_change = entered
    session.pop(REGISTERED, None)
    g.keeps_pending_form = True  # logging in sends no form of the page that asked for it
    log_in_browser(account, token, remember and not must_change, must_change)
    goal = local_path(next_page) or landing(account)
    if must_agree(account):
        session[MUST_AGREE] = True
        goal = url_for("accounts.agree", next=goal)
    if must_change:
        goal = url_for("accounts.new_password")
    response = redirect(goal, 303)
    remember_device(response, device, account.id)
    return response


def landing(account: Account) -> str:
    """The page after logging in where none was asked for: the desk for officials."""
    return link("desk" if account.is_official else "home")


@bp.route("/me/terms", methods=["GET", "POST"])
@requires("member")
def agree() -> ResponseReturnValue:
    """Before all else where the terms have changed since the account agreed."""
    form = AgreeForm()
    g.keeps_pending_form = True
    if form.validate_on_submit():
        with transaction():
            agree_to_terms(actor())
        session.pop(MUST_AGREE, None)
        return redirect(local_path(request.args.get("next")) or landing(actor()), 303)
    return render_template("accounts/agree.html", form=form)


@bp.post("/logout")
@requires("anyone")
def logout() -> Response:
    if current_user.is_authenticated:
        with transaction():
            sessions.end_sessions(actor(), only=actor().session_id)
    log_out_browser()
    flash(_("You are logged out."), "success")
    return redirect(link("home"), 303)
