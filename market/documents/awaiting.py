"""What of documents awaits an official: those that failed and want another try."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from market.accounts.models import Account
from market.documents.desk_queries import count_failed
from market.language import lazy_gettext as _l
from market.reports.awaiting import Awaits, providers
from market.reports.tabs import DeskTab, tabs


def awaiting(account: Account) -> Awaits:
    """The documents the account asked for that could not be made."""
    failed = count_failed(account)
    return Awaits(_("Documents that could not be made"), failed, url_for("documents.desk"), failed)


providers.append(awaiting)
tabs.append(DeskTab(40, _l("Documents"), "documents.desk"))
