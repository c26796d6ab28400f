"""What rooms add to the official's desk: tabs of its bar, and their backlogs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from market.accounts.models import Account


def _every_official(_: Account) -> bool:
    return True


@dataclass(frozen=True)
class DeskTab:
    """A page of the desk.

    Attributes:
        place: tabs stand in this order.
        values: of the endpoint's address.
        shown: whether an official has it.
        also: endpoints of pages that belong to it although their address begins otherwise.
    """

    place: int
    label: Any
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)
    shown: Callable[[Account], bool] = _every_official
    also: Sequence[str] = ()


@dataclass(frozen=True)
class Backlog:
    """A kind of thing that waits for a decision, and how much of it.

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


# None: not for this account.
BacklogProvider = Callable[["Account"], "Backlog | Iterable[Backlog] | None"]

tabs: list[DeskTab] = []
providers: list[tuple[int, BacklogProvider]] = []


def add_backlog(place: int, provider: BacklogProvider) -> None:
    """Show what `provider` finds on the desk's first page; a lower place stands earlier."""
    providers.append((place, provider))
    providers.sort(key=lambda entry: entry[0])


def backlogs_of(account: Account) -> list[Backlog]:
    """All backlogs of the account, in the order of the rooms' places."""
    found: list[Backlog] = []
    for _place, provider in providers:
        given = provider(account)
        if isinstance(given, Backlog):
            found.append(given)
        elif given is not None:
            found += given
    return found
