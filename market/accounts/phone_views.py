"""Proving a phone number by a code: a forgotten password, and another number."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from market.accounts import authentication, bp, phone_codes, recovery, sms_recovery
from market.accounts.attempts import confirm_attempt, spend_message
from market.accounts.devices import this_device
from market.accounts.forms import ForgottenForm, OwnPhoneForm, PhoneCodesForm, ResetForm
from market.accounts.login import acting_as, actor
from market.accounts.login_views import OpenedSession, welcome
from market.accounts.models import CodePurpose
from market.accounts.password_strength import password_problem
from market.accounts.passwords import hash_password
from market.accounts.phone_codes import CODE_LIFETIME, gets_messages
from market.accounts.views import refused
from market.database import transaction
from market.outgoing.services import can_send_sms
from market.permissions import requires
from market.web.errors import DomainError, Invalid

# In the browser's session: the handle of the code asked for, and the number.
FORGOTTEN = "forgotten_password"
# The handles of the two codes of another number, and that number.
NEW_PHONE = "new_phone"
MINUTES = int(CODE_LIFETIME.total_seconds() // 60)


@bp.route("/forgotten-password", methods=["GET", "POST"])
@requires("anyone")
def forgotten() -> ResponseReturnValue:
    form = ForgottenForm()
    if form.validate_on_submit():
        phone = form.phone.data or ""
        try:
            spend_message(phone)
            with transaction():
                handle = sms_recovery.request_password_code(phone)
        except DomainError as error:
            return refused(error, form, "accounts/forgotten.html", sends=can_send_sms())
        session[FORGOTTEN] = [handle, phone]
        return redirect(url_for("accounts.reset"), 303)
    return render_template("accounts/forgotten.html", form=form, sends=can_send_sms())


@bp.route("/forgotten-password/code", methods=["GET", "POST"])
@requires("anyone")
def reset() -> ResponseReturnValue:
    """The code, and the password to be: the same page whether the number is known."""
    if FORGOTTEN not in session:
        return redirect(url_for("accounts.forgotten"))
    handle, phone = session[FORGOTTEN]
    form, shown = ResetForm(phone=phone), {"phone": phone, "minutes": MINUTES}
    if form.validate_on_submit():
        try:
            entered = _reset(handle, form.code.data or "", form.password.data or "")
        except DomainError as error:
            return refused(error, form, "accounts/reset.html", **shown)
        session.pop(FORGOTTEN)
        flash(_("Password changed. Your other devices are logged out."), "success")
        if entered is None:
            return redirect(url_for("accounts.login"), 303)
        return welcome(entered, remember=False, next_page=None)
    return render_template("accounts/reset.html", form=form, **shown)


def _reset(handle: str, typed: str, password: str) -> OpenedSession | None:
    """Set the password if the code is right; None where logging in takes more than that."""
    with transaction():
        code = phone_codes.count_try(handle, CodePurpose.NEW_PASSWORD)
    phone_codes.check_code(code, typed, "code")
    account, device = sms_recovery.owner_of(code), this_device()
    if problem := password_problem(password, account.phone, account.name):
        raise Invalid(problem, "password")
    new = hash_password(password)
    with acting_as(account), transaction():
        token = sms_recovery.reset_password(code, new, device.id, request.user_agent.string)
    return OpenedSession(account, device, token, must_change=False) if token else None


@bp.route("/me/phone", methods=["GET", "POST"])
@requires("member")
def phone() -> ResponseReturnValue:
    """Another number: by codes where both numbers get messages, else by logging in with it."""
    form, by_codes = OwnPhoneForm(), gets_messages(actor().phone or "")
    if form.validate_on_submit():
        wanted, given = form.phone.data or "", form.password.data or ""
        try:
            with confirm_attempt(actor()):
                known = authentication.check_password(actor(), given, "password")
            if by_codes and gets_messages(wanted):
                return _send_phone_codes(wanted)
            with transaction():
                authentication.same_password(actor(), known)
                recovery.request_phone_change(actor(), wanted)
            flash(_("Log in with the new number once: from then on it is yours."), "success")
            return redirect(url_for("accounts.me"), 303)
        except DomainError as error:
            return refused(error, form, "accounts/phone.html", by_codes=by_codes)
    return render_template("accounts/phone.html", form=form, by_codes=by_codes)


def _send_phone_codes(wanted: str) -> ResponseReturnValue:
    spend_message(str(actor().phone), wanted)
    with transaction():
        handles = sms_recovery.request_phone_codes(actor(), wanted)
    session[NEW_PHONE] = [*handles, wanted]
    return redirect(url_for("accounts.prove_phone"), 303)


@bp.route("/me/phone/codes", methods=["GET", "POST"])
@requires("member")
def prove_phone() -> ResponseReturnValue:
    if NEW_PHONE not in session:
        return redirect(url_for("accounts.phone"))
    *handles, wanted = session[NEW_PHONE]
    form, shown = PhoneCodesForm(), {"wanted": wanted, "minutes": MINUTES}
    if form.validate_on_submit():
        try:
            _change_phone(handles, form)
        except DomainError as error:
            return refused(error, form, "accounts/phone_codes.html", **shown)
        session.pop(NEW_PHONE)
        flash(_("Number changed. You log in with the new one from now on."), "success")
        return redirect(url_for("accounts.me"), 303)
    return render_template("accounts/phone_codes.html", form=form, **shown)


def _change_phone(handles: list[str], form: PhoneCodesForm) -> None:
    """Change the number if both codes are right."""
    with transaction():
        old = phone_codes.count_try(handles[0], CodePurpose.OLD_PHONE)
        new = phone_codes.count_try(handles[1], CodePurpose.NEW_PHONE)
    phone_codes.check_code(old, form.code.data or "", "code")
    phone_codes.check_code(new, form.new_code.data or "", "new_code")
    with transaction():
        sms_recovery.change_proven_phone(actor(), old, new)
