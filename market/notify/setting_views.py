"""How and where an account is told, and what could not be sent to it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.database import transaction
from market.notify import bp, email_addresses, queries, services
from market.notify.forms import ChoicesForm, EmailCodeForm, EmailForm
from market.notify.labels import CHANNELS, KINDS, STATES, format_error
from market.outgoing.services import can_send_email, can_send_sms
from market.permissions import requires
from market.web.actions import perform
from market.web.errors import DomainError, add_form_error


@bp.route("/me/notifications", methods=["GET", "POST"])
@requires("member")
def settings() -> ResponseReturnValue:
    form = _choices()
    if form.validate_on_submit():
        with transaction():
            services.choose(
                actor(), form.chosen(), int(form.quiet_from.data), int(form.quiet_to.data)
            )
        flash(_("Saved."), "success")
        return redirect(url_for("notify.settings"), 303)
    return _page(form=form)


def _choices() -> ChoicesForm:
    return ChoicesForm.showing(services.choices_of(actor().id), services.settings_of(actor().id))


def _page(**forms: Any) -> str:
    current = services.settings_of(actor().id)
    shown = {
        "form": _choices,
        "email_form": lambda: EmailForm(formdata=None),
        "code_form": lambda: EmailCodeForm(formdata=None),
    }
    return render_template(
        "notify/settings.html",
        **{name: forms.get(name) or make() for name, make in shown.items()},
        current=current,
        pending=email_addresses.pending(actor()),
        unsent=queries.unsent_to(actor(), current),
        sends_sms=can_send_sms() and actor().phone is not None,
        sends_email=can_send_email(),
        KINDS=KINDS,
        STATES=STATES,
        CHANNELS=CHANNELS,
        format_error=format_error,
    )


@bp.route("/me/notifications/email", methods=["GET", "POST"])
@requires("member")
def email() -> ResponseReturnValue:
    """Send a code to an address that is to be used."""
    form = EmailForm()
    if form.validate_on_submit():
        address = form.email.data or ""
        try:
            email_addresses.spend_code(actor(), address)
            with transaction():
                email_addresses.send_code(actor(), address)
            return redirect(url_for("notify.code"), 303)
        except DomainError as error:
            add_form_error(error, form)
    return render_template("notify/email.html", form=form)


@bp.route("/me/notifications/code", methods=["GET", "POST"])
@requires("member")
def code() -> ResponseReturnValue:
    """Type in the code that was sent."""
    form, waiting = EmailCodeForm(), email_addresses.pending(actor())
    if waiting is None:
        return redirect(url_for("notify.email"))
    if form.validate_on_submit():
        try:
            with transaction():
                is_right = email_addresses.confirm(actor(), form.code.data or "")
        except DomainError as error:
            add_form_error(error, form)
        else:
            if is_right:
                flash(_("From now on we write to this address."), "success")
                return redirect(url_for("notify.settings"), 303)
            form.code.errors = [_("That is not the code we sent.")]
    return render_template("notify/code.html", form=form, address=waiting.address)


@bp.post("/me/notifications/email/remove")
@requires("member")
def remove_email() -> Response:
    done = _("We write to this address no more.")
    back = url_for("notify.settings")
    return perform(lambda: email_addresses.remove_address(actor()), back, done)
