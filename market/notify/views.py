"""The list of notices, and links that stop messages."""

from __future__ import annotations

from flask import abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.accounts.models import Account
from market.database import db, transaction
from market.notify import bp, queries, services
from market.notify.forms import StopForm
from market.notify.labels import KINDS, format_notice, notice_address
from market.notify.models import Notice
from market.notify.rules import read_stop_token
from market.outgoing.models import OutgoingChannel
from market.permissions import requires
from market.web.actions import perform
from market.web.converters import page_number


@bp.get("/notices")
@requires("member")
def index() -> str:
    page = request.args.get("page", 1, page_number)
    notices, pagination = queries.notices_of(actor(), page)
    return render_template(
        "notify/index.html",
        notices=notices,
        pagination=pagination,
        unread=queries.count_unread(actor()),
        format_notice=format_notice,
        KINDS=KINDS,
    )


@bp.post("/notices/<int:notice_id>/open")
@requires("notice.own", load=queries.get_notice)
def open_notice(notice: Notice) -> Response:
    """To what it tells of; it is read from here on."""
    with transaction():
        services.mark_read([notice])
    return redirect(notice_address(notice), 303)


@bp.post("/notices/read")
@requires("member")
def read_all() -> Response:
    done = _("All is read.")
    return perform(lambda: services.mark_all_read(actor()), url_for("notify.index"), done)


@bp.route("/stop/<token>", methods=["GET", "POST"])
@requires("anyone")
def stop(token: str) -> ResponseReturnValue:
    """Where the link in every message leads: no log-in, one tap, and nothing more comes."""
    read = read_stop_token(current_app.config["SECRET_KEY"], token)
    account = db.session.get(Account, read[0]) if read else None
    if read is None or account is None:
        abort(404)
    form, done = StopForm(), False
    if form.validate_on_submit():
        with transaction():
            services.stop_channel(account, read[1])
        done = True
    return render_template(
        "notify/stop.html", form=form, done=done, channel=read[1], where=_where(account, read[1])
    )


def _where(account: Account, channel: OutgoingChannel) -> str:
    """What the messages are and where they go, of which the link may show little."""
    if channel is OutgoingChannel.SMS:
        return f"…{(account.phone or '')[-4:]}"
    address = services.settings_of(account.id).email or ""
    return f"{address[:1]}…{address[address.rfind('@') :]}" if "@" in address else ""
