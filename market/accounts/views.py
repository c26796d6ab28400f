"""Registering, and one's own account."""

from __future__ import annotations

import json
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts import authentication, bp, labels, services, sessions
from market.accounts.attempts import confirm_attempt, spend_registration
from market.accounts.forms import ConfirmForm, ProfileForm, RegisterForm
from market.accounts.login import REGISTERED, actor, log_out_browser
from market.accounts.my_pages import pages_of
from market.accounts.passwords import hash_password
from market.accounts.privacy.exports import export_account
from market.accounts.recovery import PhoneInUse, pending_phone
from market.accounts.rules import device_name
from market.accounts.second_factor import has_second_factor
from market.accounts.terms import agree_to_terms
from market.accounts.today import today_count, today_lines
from market.database import transaction
from market.permissions import requires
from market.web import language, text_size
from market.web.errors import DomainError, add_form_error
from market.web.language import select
from market.web.network import local_path
from market.web.slots import link

bp.add_app_template_global(today_count)
bp.add_app_template_global(today_lines)


@bp.route("/register", methods=["GET", "POST"])
@requires("anyone")
def register() -> ResponseReturnValue:
    form = RegisterForm()
    if form.validate_on_submit():
        fields = ("name", "phone", "trader_type", "region", "township")
        chosen = {name: form[name].data for name in fields}
        try:
            spend_registration(form.phone.data or "")
            password_hash = hash_password(form.password.data or "")
            chosen["village"] = form.village.data or ""
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
            agree_to_terms(services.register(**chosen))
    except PhoneInUse:
        pass


def refused(error: DomainError, form: Any, template: str, **shown: Any) -> ResponseReturnValue:
    """The form again with what is wrong; a used-up limit also tells programs so."""
    add_form_error(error, form)
    page = render_template(template, form=form, **shown)
    wait = getattr(error, "retry_after", None)
    return (page, error.status, {"Retry-After": str(wait)}) if wait else page


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
        second_factor=has_second_factor(actor()),
        my_pages=pages_of(actor()),
    )


@bp.route("/me/edit", methods=["GET", "POST"])
@requires("member")
def edit() -> ResponseReturnValue:
    form = ProfileForm(obj=actor())
    if form.validate_on_submit():
        fields = ("name", "trader_type", "region", "township", "language", "has_large_text")
        chosen = {name: form[name].data for name in fields}
        chosen["village"] = form.village.data or ""
        try:
            with transaction():
                services.edit_profile(actor(), **chosen)
            response = redirect(url_for("accounts.me"), 303)
            # What the account says holds from now on, not an earlier choice of the visitor.
            for cookie in (language.COOKIE, text_size.COOKIE):
                response.delete_cookie(cookie)
            return response
        except DomainError as error:
            add_form_error(error, form)
    return render_template("accounts/edit.html", form=form)


@bp.get("/me/export.json")
@requires("member")
def export() -> Response:
    # For people to read, too.
    content = json.dumps(export_account(actor()), ensure_ascii=False, indent=2)
    response = Response(content, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@bp.route("/me/erase", methods=["GET", "POST"])
@requires("member")
def erase() -> ResponseReturnValue:
    form = ConfirmForm()
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
