"""What of documents awaits an official: those that failed and want another try."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from market.accounts.models import Account
from market.papers.queries import count_failed
from market.web.desk_registry import Backlog, DeskTab, add_backlog, tabs
from market.web.language import lazy_gettext as _l


def failed_documents(account: Account) -> Backlog:
    """The documents the account asked for that could not be made."""
    failed = count_failed(account)
    return Backlog(_("Documents that could not be made"), failed, url_for("papers.desk"), failed)


add_backlog(40, failed_documents)
tabs.append(DeskTab(40, _l("Documents"), "papers.desk"))
