"""The administrator's pages: what leaves the site, and the robots of offices."""

from __future__ import annotations

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.database import transaction
from market.notify import bp, offices, queries
from market.notify.forms import WebhookForm
from market.notify.labels import CHANNELS, STATES, format_error
from market.notify.models import OfficeWebhook
from market.outgoing.models import OutgoingChannel, OutgoingMessage, OutgoingState
from market.outgoing.robots import short_address
from market.permissions import requires
from market.text.phones import mask_phones
from market.web.actions import perform
from market.web.converters import page_number
from market.web.errors import DomainError, add_form_error


@bp.get("/admin/outgoing")
@requires("administrator")
def outgoing() -> str:
    chosen = request.args.get("state", "")
    state = OutgoingState(chosen) if chosen in set(OutgoingState) else None
    messages, pagination = queries.messages_page(request.args.get("page", 1, page_number), state)
    settings = current_app.config
    return render_template(
        "notify/outgoing.html",
        messages=messages,
        pagination=pagination,
        state=state,
        counts=queries.counts_by_channel(),
        errors=queries.counts_by_error(),
        gateway=settings["SMS_GATEWAY"],
        mail_server=settings["SMTP_HOST"],
        masked=masked_recipient,
        CHANNELS=CHANNELS,
        STATES=STATES,
        format_error=format_error,
    )


def masked_recipient(message: OutgoingMessage) -> str:
    """Whom a message is for, without what somebody else could use."""
    if message.channel is OutgoingChannel.WEBHOOK:
        return short_address(message.recipient)
    if message.channel is OutgoingChannel.SMS:
        return mask_phones(message.recipient)
    name, _at, domain = message.recipient.rpartition("@")
    return f"{name[:1]}…@{domain}"


@bp.route("/admin/webhooks", methods=["GET", "POST"])
@requires("administrator")
def webhooks() -> ResponseReturnValue:
    form = WebhookForm()
    if form.validate_on_submit():
        try:
            with transaction():
                offices.add_webhook(actor(), form.chosen_region, form.url.data or "")
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("The robot is told each morning what is overdue."), "success")
            return redirect(url_for("notify.webhooks"), 303)
    return render_template(
        "notify/webhooks.html",
        form=form,
        webhooks=queries.webhooks(),
        short_address=short_address,
        official_of=offices.official_of,
    )


@bp.post("/admin/webhooks/<int:webhook_id>/try")
@requires("administrator", load=queries.get_webhook)
def try_webhook(webhook: OfficeWebhook) -> Response:
    done = _("A greeting is on its way. What becomes of it stands under Outgoing messages.")
    return perform(lambda: offices.send_trial(webhook), url_for("notify.webhooks"), done)


@bp.post("/admin/webhooks/<int:webhook_id>/remove")
@requires("administrator", load=queries.get_webhook)
def remove_webhook(webhook: OfficeWebhook) -> Response:
    done = _("The robot is told nothing more.")
    return perform(lambda: offices.remove_webhook(webhook), url_for("notify.webhooks"), done)


@bp.get("/dev/messages")
@requires("anyone")
def console() -> str:
    """What the console would have sent, to be read; not in production."""
    if current_app.config["ENV_NAME"] == "production":
        abort(404)
    return render_template(
        "notify/console.html",
        messages=queries.readable_messages(),
        masked=masked_recipient,
        STATES=STATES,
        CHANNELS=CHANNELS,
    )
