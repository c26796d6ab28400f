"""What awaits an official: each room adds what it knows of, the desk's first page shows all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from market.accounts.models import Account


@dataclass(frozen=True)
class Awaits:
    """A queue of things that wait for somebody.

    Attributes:
        late: how many of them have waited too long.
        oldest: since when the longest waiting one has waited; None where nothing waits, or
            where the room doesn't say.
    """

    label: Any
    count: int
    url: str
    late: int = 0
    oldest: datetime | None = None


Provider = Callable[[Account], "Awaits | Iterable[Awaits] | None"]
# In the order of the page. A room above adds its own; rooms below are asked by the desk.
providers: list[Provider] = []


def awaiting(account: Account) -> list[Awaits]:
    """Everything that awaits the account, as each provider tells it; None: not for them."""
    found: list[Awaits] = []
    for provider in providers:
        told = provider(account)
        if isinstance(told, Awaits):
            found.append(told)
        elif told is not None:
            found += told
    return found
