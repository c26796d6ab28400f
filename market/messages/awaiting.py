"""What of this room awaits an official."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from market.accounts.models import Account
from market.messages.queries import queue_of
from market.reports.queries import scope


@dataclass(frozen=True)
class Awaits:
    """A queue of things that wait for somebody; `late`: how many of them too long."""

    label: Any
    count: int
    url: str
    late: int = 0
    oldest: datetime | None = None


def awaiting(account: Account) -> Awaits | None:
    """The questions nobody has answered in the account's regions; None for no official."""
    if not (paths := scope(account)):
        return None
    queue = queue_of(paths)
    label, address = _("Questions to answer"), url_for("messages.desk")
    return Awaits(label, queue.count, address, queue.late, queue.oldest)
