"""What waits in an official's regions, parted: what they decide, and what others decide there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from market.web.desk_registry import DeskTask
from market.web.language import lazy_gettext as _l


@dataclass
class Share:
    """How much waits, how much of it too long, since when, and by when the first is due."""

    count: int = 0
    late: int = 0
    oldest: datetime | None = None
    due_at: datetime | None = None
    amount_fen: int = 0

    def add(
        self,
        count: int,
        late: int,
        oldest: datetime | None,
        due_at: datetime | None = None,
        amount_fen: int = 0,
    ) -> None:
        """Put more of the same to it."""
        self.count += count
        self.late += late
        self.amount_fen += amount_fen
        self.oldest = min((at for at in (self.oldest, oldest) if at), default=None)
        self.due_at = min((at for at in (self.due_at, due_at) if at), default=None)


@dataclass
class Shares:
    """What the official decides, and what others do."""

    own: Share
    others: Share

    @classmethod
    def of(cls, rows: Iterable[Sequence[Any]], is_own: Callable[[str], bool]) -> Shares:
        """Of rows of a region's path and what Share.add() takes.

        Args:
            is_own: whether the official decides in the region of a path.
        """
        shares = cls(Share(), Share())
        for path, *figures in rows:
            (shares.own if is_own(path) else shares.others).add(*figures)
        return shares


@dataclass(frozen=True)
class TaskWords:
    """The words of a kind of task, and where it is done.

    Attributes:
        title: what to do, from how many; watched: what others have to do.
        action: of the button of who decides; who watches has a look.
    """

    name: str
    label: Any
    title: Callable[[int], str]
    watched: Callable[[int], str]
    url: str
    action: Any


def share_tasks(
    words: TaskWords, shares: Shares, acts: bool, next_url: str = "", details: Sequence[str] = ()
) -> list[DeskTask]:
    """The task of who decides, and that of who watches, where there is anything of either.

    Args:
        acts: the official's role decides such things, so that of none it says so.
        next_url: the thing to decide first, where it is known; details: of what one decides.
    """
    own, others = shares.own, shares.others
    found = []
    if own.count or acts:
        found.append(
            DeskTask(
                *(words.name, words.label, words.title(own.count), own.count),
                *(next_url or words.url, words.action),
                late=own.late,
                due_at=own.due_at,
                oldest=own.oldest,
                amount_fen=own.amount_fen or None,
                details=details,
            )
        )
    if others.count or not found:
        found.append(
            DeskTask(
                *(words.name, words.label, words.watched(others.count), others.count),
                *(words.url, _l("Have a look")),
                late=others.late,
                oldest=others.oldest,
                amount_fen=others.amount_fen or None,
                is_watched=True,
            )
        )
    return found
