"""What rooms add to the official's desk: tabs of its bar, and tasks of its list of what to do."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from market.database import utcnow
from market.text.days import local_day
from market.web.home_time import home_zone

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


class Urgency(enum.IntEnum):
    """How soon a task wants doing, the soonest first."""

    OVERDUE = 0
    TODAY = 1
    LATE = 2
    WAITING = 3
    WATCHED = 4


@dataclass(frozen=True)
class DeskTask:
    """Things of one kind that wait for an official: a line of the list of what to do 今天要办.

    Attributes:
        name: short, the same in every language; several tasks may share it (a fair each).
        label: what they are, without a number: "Deals to verify".
        title: what to do, with its number: "Verify 8 deals".
        count: how many there are; of none, the list says so in one line with the others.
        url: where it is done: the thing itself where there is one next; action: its button.
        late: how many of them are past their time, or have waited too long.
        due_at: by when the first of them is due; None of what has no deadline.
        oldest: since when the longest waiting has waited; None where the room doesn't say.
        amount_fen: what they come to together; None where that says nothing.
        details: what else is known of them, in words.
        is_watched: others do it (a county, the parties); the official only looks.
    """

    name: str
    label: Any
    title: str
    count: int
    url: str
    action: Any
    late: int = 0
    due_at: datetime | None = None
    oldest: datetime | None = None
    amount_fen: int | None = None
    details: Sequence[str] = ()
    is_watched: bool = False

    @property
    def urgency(self) -> Urgency:
        """By its deadline, where it has one; else by whether anything has waited too long."""
        now = utcnow()
        if self.is_watched:
            return Urgency.WATCHED
        if self.due_at and self.due_at <= now:
            return Urgency.OVERDUE
        if self.due_at and local_day(self.due_at, home_zone()) == local_day(now, home_zone()):
            return Urgency.TODAY
        return Urgency.LATE if self.late else Urgency.WAITING


# None: not for this account.
TaskProvider = Callable[["Account"], Iterable[DeskTask] | None]

tabs: list[DeskTab] = []
providers: list[tuple[int, TaskProvider]] = []
_NO_TIME = datetime.max.replace(tzinfo=UTC)


def add_tasks(place: int, provider: TaskProvider) -> None:
    """Put what `provider` finds on the list of what to do; of what is as urgent and as old, a
    lower place stands earlier."""
    providers.append((place, provider))
    providers.sort(key=lambda entry: entry[0])


def tasks_of(account: Account) -> list[DeskTask]:
    """The account's tasks, first due first; with those of which there is nothing."""
    found = [task for _place, provider in providers for task in provider(account) or ()]
    return sorted(found, key=lambda task: (task.urgency, task.due_at or task.oldest or _NO_TIME))
