"""What of documents awaits an official: those that failed and want another try."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _

from market.accounts.models import Account
from market.documents.desk_queries import count_failed


@dataclass(frozen=True)
class Awaits:
    """A queue on the desk's first page."""

    label: str
    count: int
    url: str
    late: int = 0


def awaiting(account: Account) -> Awaits:
    """The documents the account asked for that could not be made."""
    failed = count_failed(account)
    return Awaits(_("Documents that could not be made"), failed, url_for("documents.desk"), failed)
