"""Setting up the second factor, its recovery codes, and taking it away."""

from __future__ import annotations

import io
from typing import Any

import segno
from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.wrappers import Response

from market.accounts import authentication, bp, second_factor
from market.accounts.attempts import confirm_attempt, second_step_attempt
from market.accounts.forms import SecondFactorForm, SetUpForm
from market.accounts.login import actor, is_remembered, log_in_browser
from market.accounts.models import Account
from market.accounts.queries import device_of, get_account
from market.accounts.views import refused
from market.database import transaction
from market.permissions import requires
from market.web.actions import perform
from market.web.errors import DomainError

# In the browser's session while an app is being set up.
SEED = "second_factor_seed"


@bp.route("/me/second-factor", methods=["GET", "POST"], endpoint="second_factor")
@requires("member")
def second_factor_page() -> ResponseReturnValue:
    if second_factor.has_second_factor(actor()):
        return render_template(
            "accounts/second_factor.html", form=SecondFactorForm(formdata=None), **_state()
        )
    form, seed = SetUpForm(), session.setdefault(SEED, second_factor.new_seed())
    if form.validate_on_submit():
        try:
            codes = _set_up(form, seed)
        except DomainError as error:
            return refused(error, form, "accounts/set_up.html", **_state(**_app(seed)))
        session.pop(SEED)
        flash(_("From now on you log in with a code of the app besides."), "success")
        return render_template("accounts/recovery_codes.html", codes=codes)
    return render_template("accounts/set_up.html", form=form, **_state(**_app(seed)))


def _state(**shown: Any) -> dict[str, Any]:
    """What the pages say of the account's second factor."""
    return {
        "left": second_factor.recovery_codes_left(actor()),
        "is_due": second_factor.is_due(actor()),
        "is_required": second_factor.is_required(actor()),
        **shown,
    }


def _app(seed: str) -> dict[str, Any]:
    """What the page shows of an app that is being set up."""
    secret, picture = second_factor.app_secret(seed), io.BytesIO()
    segno.make(second_factor.app_address(actor(), seed), micro=False, error="m").save(
        picture, kind="svg", xmldecl=False, svgns=False, scale=5, border=3, light="#fff"
    )
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    return {"qr": Markup(picture.getvalue().decode()), "secret": grouped}


def _set_up(form: SetUpForm, seed: str) -> list[str]:
    """Ask for codes of the app from now on; the recovery codes."""
    with confirm_attempt(actor()):
        known = authentication.check_password(actor(), form.password.data or "", "password")
    with second_step_attempt(actor()), transaction():
        authentication.same_password(actor(), known)
        device, agent = device_of(actor().session_id), request.user_agent.string
        token = second_factor.set_up(actor(), seed, form.code.data or "", device, agent)
        codes = second_factor.new_recovery_codes(actor())
    log_in_browser(actor(), token, is_remembered())
    return codes


def _confirm(form: SecondFactorForm) -> None:
    """See that password and code are right; inside no transaction."""
    with confirm_attempt(actor()):
        known = authentication.check_password(actor(), form.password.data or "", "password")
    with second_step_attempt(actor()), transaction():
        authentication.same_password(actor(), known)
        second_factor.use_code(actor(), form.code.data or "")


@bp.post("/me/second-factor/recovery-codes")
@requires("member")
def recovery_codes() -> ResponseReturnValue:
    form = SecondFactorForm()
    if form.validate_on_submit():
        try:
            _confirm(form)
            with transaction():
                codes = second_factor.new_recovery_codes(actor())
            return render_template("accounts/recovery_codes.html", codes=codes)
        except DomainError as error:
            return refused(error, form, "accounts/second_factor.html", **_state())
    return render_template("accounts/second_factor.html", form=form, **_state())


@bp.post("/me/second-factor/remove")
@requires("member")
def remove_second_factor() -> ResponseReturnValue:
    form = SecondFactorForm()
    if form.validate_on_submit():
        try:
            _confirm(form)
            with transaction():
                second_factor.remove(actor())
            flash(_("Logging in takes no code any more."), "success")
            return redirect(url_for("accounts.me"), 303)
        except DomainError as error:
            return refused(error, form, "accounts/second_factor.html", **_state())
    return render_template("accounts/second_factor.html", form=form, **_state())


@bp.post("/admin/accounts/<int:account_id>/second-factor/reset")
@requires("administrator", load=get_account)
def reset_second_factor(account: Account) -> Response:
    return perform(
        lambda: second_factor.reset(actor(), account),
        url_for("accounts.admin_account", account_id=account.id),
        _("Second factor taken away. They set it up anew when they next log in."),
    )
