"""What pages of lower rooms show of this room: links and parts."""

from __future__ import annotations

from flask import current_app, url_for
from flask_babel import ngettext

from market.accounts.my_pages import MyPage, my_pages
from market.accounts.today import TodayEntry, add_today
from market.notify.queries import unread_notices
from market.outgoing.services import keeps_texts
from market.outgoing.templates import SmsTemplate, add_sms_template
from market.web.language import lazy_gettext as _l
from market.web.slots import add_link


def _sent_messages() -> str:
    """The page of the console, where that is how text messages are read; else ""."""
    on_console = current_app.config["SMS_GATEWAY"] == "console" and keeps_texts()
    return url_for("notify.console") if on_console else ""


add_link("sent_messages", _sent_messages)
add_sms_template(
    SmsTemplate(
        "notice", _l("%(what)s. %(site)s/notices Stop: %(site)s/stop/%(stop)s"), ("what", "stop")
    )
)
add_today(
    TodayEntry(
        60,
        "notices",
        unread_notices(),
        lambda number: ngettext("%(num)s unread notice", "%(num)s unread notices", number),
        lambda: url_for("notify.index"),
        is_news=True,
    )
)
my_pages += [
    MyPage(45, "notify.index", _l("Notices"), _l("What happened while you were away.")),
    MyPage(
        46,
        "notify.settings",
        _l("How you are told"),
        _l("Text message, e-mail, quiet hours; what could not be sent."),
    ),
    MyPage(
        71,
        "notify.outgoing",
        _l("Outgoing messages"),
        _l("What was sent, what was not, and why."),
        is_shown=lambda account: account.is_administrator,
    ),
    MyPage(
        72,
        "notify.webhooks",
        _l("Robots of offices"),
        _l("Groups in WeCom or DingTalk that hear what is overdue."),
        is_shown=lambda account: account.is_administrator,
    ),
]
