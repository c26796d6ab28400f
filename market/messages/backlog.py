"""What of this room waits for an official, for the desk's first page."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from market.accounts.models import Account
from market.desk.queries import scope
from market.messages.queries import queue_of
from market.web.desk_registry import Backlog, DeskTab, add_backlog, tabs
from market.web.language import lazy_gettext as _l


def question_backlog(account: Account) -> Backlog | None:
    """The questions nobody has answered in the account's regions; None for no official."""
    if not (paths := scope(account)):
        return None
    queue = queue_of(paths)
    label, address = _("Questions to answer"), url_for("messages.desk")
    return Backlog(label, queue.count, address, queue.late, queue.oldest)


add_backlog(50, question_backlog)
tabs.append(DeskTab(50, _l("Questions"), "messages.desk"))
