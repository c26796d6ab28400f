"""What of documents awaits an official: those that failed and want another try."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from market.accounts.models import Account
from market.papers.queries import count_failed
from market.web.desk_registry import DeskTab, DeskTask, add_tasks, tabs
from market.web.language import lazy_gettext as _l


def failed_documents(account: Account) -> list[DeskTask]:
    """The documents the account asked for that could not be made."""
    failed, oldest = count_failed(account)
    return [
        DeskTask(
            "documents",
            _l("Documents that could not be made"),
            ngettext(
                "Make %(num)s document again that failed",
                "Make %(num)s documents again that failed",
                failed,
            ),
            failed,
            url_for("papers.desk"),
            _l("Try again"),
            late=failed,
            oldest=oldest,
        )
    ]


add_tasks(40, failed_documents)
tabs.append(DeskTab(40, _l("Documents"), "papers.desk"))
