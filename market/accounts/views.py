"""Registering, logging in and out, and one's own account."""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import (
    current_app,
    flash,
    g,
    jsonify,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from market.accounts import authentication, bp, labels, services, sessions
from market.accounts.attempts import confirm_attempt, login_attempt, spend_registration
from market.accounts.contact import readable_phone
from market.accounts.devices import Device, remember_device, this_device
from market.accounts.forms import EraseForm, LoginForm, ProfileForm, RegisterForm
from market.accounts.login import actor, log_in_browser, log_out_browser
from market.accounts.models import Account
from market.accounts.my_pages import pages_of
from market.accounts.passwords import hash_password
from market.accounts.privacy.exports import export_account
from market.accounts.recovery import PhoneInUse, pending_phone
from market.accounts.rules import device_name
from market.database import transaction
from market.permissions import requires
from market.web.errors import DomainError, add_form_error
from market.web.language import COOKIE, select
from market.web.network import local_path
from market.web.slots import link

# The number just registered, for the log-in page to show.
REGISTERED = "registered_phone"


@bp.route("/register", methods=["GET", "POST"])
@requires("anyone")
def register() -> ResponseReturnValue:
    form = RegisterForm()
    if form.validate_on_submit():
        chosen = {n: form[n].data for n in ("name", "phone", "trader_type", "region")}
        try:
            spend_registration(form.phone.data or "")
            password_hash = hash_password(form.password.data or "")
            _register(**chosen, password_hash=password_hash, language=select())
        except DomainError as error:
            return refused(error, form, "accounts/register.html")
        session[REGISTERED] = form.phone.data
        goal = local_path(request.args.get("next"))
        return redirect(url_for("accounts.login", next=goal), 303)
    return render_template("accounts/register.html", form=form)


def _register(**chosen: Any) -> None:
    """Make the account; whoever has the number already logs in with their own password, and
    nobody else learns that they have one."""
    try:
        with transaction():
            services.register(**chosen)
    except PhoneInUse:
        pass


@bp.route("/login", methods=["GET", "POST"])
@requires("anyone")
def login() -> ResponseReturnValue:
    form = LoginForm(
        next=request.args.get("next", ""), phone=readable_phone(session.get(REGISTERED))
    )
    if form.validate_on_submit():
        try:
            return _welcome(_logged_in(form), form)
        except DomainError as error:
            return refused(error, form, "accounts/login.html", **_shown(form))
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
    return [text for text in (purpose, pending if "pending_form" in session else None) if text]


class OpenedSession(NamedTuple):
    account: Account
    device: Device
    token: str
    must_change: bool


def _logged_in(form: LoginForm) -> OpenedSession:
    """Check the password and open a session."""
    phone, password, device = form.phone.data or "", form.password.data or "", this_device()
    account = authentication.find_login(phone)
    with login_attempt(phone, account, device):
        proof = authentication.authenticate(account, password)
        new = hash_password(password) if proof.is_outdated else None
        with transaction():
            agent = request.user_agent.string
            token = authentication.start_session(proof, phone, device.id, agent, new)
        return OpenedSession(proof.account, device, token, proof.one_time_id is not None)


def _welcome(entered: OpenedSession, form: LoginForm) -> Response:
    """Hand the session to the browser and go on."""
    account, device, token, must_change = entered
    session.pop(REGISTERED, None)
    g.keeps_pending_form = True  # logging in sends no form of the page that asked for it
    log_in_browser(account, token, form.remember.data and not must_change, must_change)
    goal = url_for("accounts.new_password") if must_change else local_path(form.next.data)
    response = redirect(goal or landing(account), 303)
    remember_device(response, device, account.id)
    return response


def landing(account: Account) -> str:
    """The page after logging in where none was asked for: the desk for officials."""
    return link("desk" if account.is_official else "home")


def refused(error: DomainError, form: Any, template: str, **shown: Any) -> ResponseReturnValue:
    """The form again with what is wrong; a used-up limit also tells programs so."""
    add_form_error(error, form)
    page = render_template(template, form=form, **shown)
    wait = getattr(error, "retry_after", None)
    return (page, error.status, {"Retry-After": str(wait)}) if wait else page


@bp.post("/logout")
@requires("anyone")
def logout() -> Response:
    if current_user.is_authenticated:
        with transaction():
            sessions.end_sessions(actor(), only=actor().session_id)
    log_out_browser()
    flash(_("You are logged out."), "success")
    return redirect(link("home"), 303)


@bp.get("/me")
@requires("member")
def me() -> str:
    return render_template(
        "accounts/me.html",
        account=actor(),
        labels=labels,
        sessions=sessions.sessions_of(actor()),
        device_name=device_name,
        pending=pending_phone(actor()),
        my_pages=pages_of(actor()),
    )


@bp.route("/me/edit", methods=["GET", "POST"])
@requires("member")
def edit() -> ResponseReturnValue:
    form = ProfileForm(obj=actor())
    if form.validate_on_submit():
        chosen = {n: form[n].data for n in ("name", "trader_type", "region", "language")}
        try:
            with transaction():
                services.edit_profile(actor(), **chosen)
            response = redirect(url_for("accounts.me"), 303)
            # The account's language holds from now on, not an earlier choice of the visitor.
            response.delete_cookie(COOKIE)
            return response
        except DomainError as error:
            add_form_error(error, form)
    return render_template("accounts/edit.html", form=form)


@bp.get("/me/export.json")
@requires("member")
def export() -> Response:
    response = jsonify(export_account(actor()))
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@bp.route("/me/erase", methods=["GET", "POST"])
@requires("member")
def erase() -> ResponseReturnValue:
    form = EraseForm()
    if form.validate_on_submit():
        given = form.password.data or ""
        try:
            with confirm_attempt(actor()):
                known = authentication.check_password(actor(), given, "password")
            with transaction():
                services.erase(actor(), known)
            log_out_browser()
            flash(_("Your account is erased."), "success")
            return redirect(link("home"), 303)
        except DomainError as error:
            return refused(error, form, "accounts/erase.html")
    return render_template("accounts/erase.html", form=form)
