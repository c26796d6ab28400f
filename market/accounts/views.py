"""Registering, logging in and out, and one's own account."""

from __future__ import annotations

from typing import Any

from flask import current_app, flash, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import login_user, logout_user
from limits import parse

from market.accounts import bp, labels, services
from market.accounts.exports import export_account
from market.accounts.forms import EraseForm, LoginForm, PasswordForm, ProfileForm, RegisterForm
from market.accounts.login import acting
from market.accounts.models import Account
from market.accounts.passwords import hash_password
from market.accounts.rules import local_path
from market.database import transaction
from market.errors import DomainError, put_on_form
from market.extensions import limiter
from market.language import COOKIE, select
from market.limits import forgive, spend
from market.permissions import requires

LOGINS_PER_PHONE = parse("10/10 minutes")
LOGINS_PER_ADDRESS = "60/10 minutes"
REGISTRATIONS_PER_ADDRESS = "20/hour"


def _welcome(account: Account, remember: bool, goal: str | None) -> Any:
    """Open a session and go on to `goal`."""
    login_user(account, remember=remember)
    session.permanent = remember
    return redirect(local_path(goal) or url_for("pages.home"), 303)


@bp.route("/register", methods=["GET", "POST"])
@requires("anyone")
@limiter.limit(REGISTRATIONS_PER_ADDRESS, methods=["POST"])
def register() -> Any:
    form = RegisterForm()
    if form.validate_on_submit():
        chosen = {n: form[n].data for n in ("name", "phone", "trader_type", "region")}
        chosen |= {"password_hash": hash_password(form.password.data or ""), "language": select()}
        try:
            with transaction():
                account = services.register(**chosen)
            flash(_("Welcome! Post your first offer whenever you like."), "good")
            return _welcome(account, remember=True, goal=request.args.get("next"))
        except DomainError as error:
            put_on_form(error, form)
    return render_template("accounts/register.html", form=form)


@bp.route("/login", methods=["GET", "POST"])
@requires("anyone")
@limiter.limit(LOGINS_PER_ADDRESS, methods=["POST"])
def login() -> Any:
    form = LoginForm(next=request.args.get("next", ""))
    if form.validate_on_submit():
        phone, password = form.phone.data or "", form.password.data or ""
        spend(LOGINS_PER_PHONE, "log-in", phone)
        try:
            account = services.authenticate(phone, password)
        except DomainError as error:
            put_on_form(error, form)
        else:
            forgive(LOGINS_PER_PHONE, "log-in", phone)
            _keep_hash_current(account, password)
            return _welcome(account, form.remember.data, form.next.data)
    return render_template("accounts/login.html", form=form, why=_why_log_in(form))


def _why_log_in(form: LoginForm) -> list[Any]:
    """What the log-in is for, and what becomes of what was typed before."""
    asking = current_app.view_functions.get(request.args.get("why", ""))
    told = getattr(asking, "purpose", None)
    if told is None and form.next.data:
        told = _("What you asked for is for those who are logged in.")
    kept = _("What you typed is kept: it comes back once you are logged in.")
    return [text for text in (told, kept if "kept_form" in session else None) if text]


def _keep_hash_current(account: Account, password: str) -> None:
    """Hash the password again when the settings for hashing have been raised."""
    if services.needs_rehash(account):
        known, new = account.password_hash or "", hash_password(password)
        with transaction():
            services.store_rehash(account, known, new)


@bp.post("/logout")
@requires("anyone")
def logout() -> Any:
    logout_user()
    session.permanent = False
    flash(_("You are logged out."), "good")
    return redirect(url_for("pages.home"), 303)


@bp.get("/me")
@requires("member")
def me() -> Any:
    return render_template("accounts/me.html", account=acting(), labels=labels)


@bp.route("/me/edit", methods=["GET", "POST"])
@requires("member")
def edit() -> Any:
    form = ProfileForm(obj=acting())
    if form.validate_on_submit():
        chosen = {n: form[n].data for n in ("name", "trader_type", "region", "language")}
        try:
            with transaction():
                services.edit_profile(acting(), **chosen)
            response = redirect(url_for("accounts.me"), 303)
            # The account's language holds from now on, not an earlier choice of the visitor.
            response.delete_cookie(COOKIE)
            return response
        except DomainError as error:
            put_on_form(error, form)
    return render_template("accounts/edit.html", form=form)


@bp.route("/me/password", methods=["GET", "POST"])
@requires("member")
@limiter.limit(LOGINS_PER_ADDRESS, methods=["POST"])
def password() -> Any:
    form = PasswordForm(known_phone=acting().phone)
    if form.validate_on_submit():
        given, wanted = form.current.data or "", form.password.data or ""
        try:
            known = _confirmed(given, "current")
            new = hash_password(wanted)
            with transaction():
                services.change_password(acting(), known, new)
            login_user(acting(), remember="remember_token" in request.cookies)
            flash(_("Password changed. Your other devices are logged out."), "good")
            return redirect(url_for("accounts.me"), 303)
        except DomainError as error:
            put_on_form(error, form)
    return render_template("accounts/password.html", form=form)


def _confirmed(given: str, field: str) -> str:
    """The hash of one's own password, typed again: as limited as a log-in."""
    account = acting()
    spend(LOGINS_PER_PHONE, "log-in", account.phone or "")
    known = services.check_password(account, given, field)
    forgive(LOGINS_PER_PHONE, "log-in", account.phone or "")
    return known


@bp.get("/me/export.json")
@requires("member")
def export() -> Any:
    response = jsonify(export_account(acting()))
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


@bp.route("/me/erase", methods=["GET", "POST"])
@requires("member")
@limiter.limit(LOGINS_PER_ADDRESS, methods=["POST"])
def erase() -> Any:
    form = EraseForm()
    if form.validate_on_submit():
        given = form.password.data or ""
        try:
            known = _confirmed(given, "password")
            with transaction():
                services.erase(acting(), known)
            logout_user()
            flash(_("Your account is erased."), "good")
            return redirect(url_for("pages.home"), 303)
        except DomainError as error:
            put_on_form(error, form)
    return render_template("accounts/erase.html", form=form)
