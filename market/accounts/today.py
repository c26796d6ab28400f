"""今天要办: what waits for an account, as the rooms register it.

The page of an account, the header of every page and the front page show it, so it is one
statement, whatever is registered: a room gives a select of how much waits and since when.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from flask import g
from flask_login import current_user
from sqlalchemy import (
    Executable,
    Integer,
    Select,
    bindparam,
    literal,
    select,
    type_coerce,
    union_all,
)

from market.accounts.models import Account
from market.database import UTCDateTime, db, read, utcnow

# What a room's select may ask for: the account's id and the moment.
ACCOUNT = bindparam("today_account", type_=Integer)
NOW = bindparam("today_now", type_=UTCDateTime())
# The ids of the account and of those it represents: `column.in_(PARTIES)`. Values, no subquery:
# only then do the databases look for each by its index.
PARTIES = bindparam("today_parties", type_=Integer, expanding=True)


@dataclass(frozen=True)
class TodayEntry:
    """A kind of thing that waits for somebody to do something about it.

    Attributes:
        place: lines stand in this order.
        kind: its name.
        waiting: a select of two columns: how many wait for ACCOUNT or PARTIES at the moment NOW,
            and since when the one that has waited longest (an instant; where no room says,
            cast(null(), UTCDateTime())).
        label: what waits, in words, with its number.
        url: where it is done.
        on_own_page: also counted on the link to its page in the header; the others are counted
            on the link to the account's own page.
        is_news: asks for nothing: a line of the list, but in no number beside a link.
    """

    place: int
    kind: str
    waiting: Select[*tuple[Any, ...]]
    label: Callable[[int], str]
    url: Callable[[], str]
    on_own_page: bool = False
    is_news: bool = False


@dataclass(frozen=True)
class TodayLine:
    """A line of the list.

    Attributes:
        since: when the one that has waited longest began to; None where that is not known.
        is_news: it asks for nothing.
    """

    kind: str
    count: int
    since: datetime | None
    label: str
    url: str
    is_news: bool


entries: list[TodayEntry] = []


def add_today(entry: TodayEntry) -> None:
    """Show on the list what the entry finds.

    Raises:
        ValueError: there is one of that kind.
    """
    if any(entry.kind == known.kind for known in entries):
        raise ValueError(f"registered before: {entry.kind}")
    entries.append(entry)
    entries.sort(key=lambda each: each.place)


def waiting_for(account_id: int) -> dict[str, tuple[int, datetime | None]]:
    """By kind, how many wait for the account and since when; kinds of which none does are left
    out."""
    return _waiting_for(db.session.get_one(Account, account_id))


def _waiting_for(account: Account) -> dict[str, tuple[int, datetime | None]]:
    """One statement, and one more for who represents others."""
    parties = [account.id]
    if account.is_assistant:
        represented = select(Account.id).where(Account.represented_by_id == account.id)
        parties += db.session.scalars(represented)
    found = read(
        _statement(tuple(entries)),
        today_account=account.id,
        today_parties=parties,
        today_now=utcnow(),
    )
    return {kind: (count, since) for kind, count, since in found if count}


def today_lines() -> list[TodayLine]:
    """The list of who is logged in, read once a request; empty for visitors."""
    found = _found()
    return [
        TodayLine(
            each.kind,
            *found[each.kind],
            each.label(found[each.kind][0]),
            each.url(),
            each.is_news,
        )
        for each in entries
        if each.kind in found
    ]


def today_count(*kinds: str) -> int:
    """How many things of these kinds wait for who is logged in; of none, how many in all that ask
    for something and are counted on no page of their own."""
    found = _found()
    wanted = kinds or [each.kind for each in entries if not (each.on_own_page or each.is_news)]
    return sum(found[kind][0] for kind in wanted if kind in found)


def _found() -> dict[str, tuple[int, datetime | None]]:
    if not current_user.is_authenticated:
        return {}
    if "today" not in g:
        g.today = _waiting_for(current_user)
    found: dict[str, tuple[int, datetime | None]] = g.today
    return found


@lru_cache(maxsize=1)
def _statement(of: tuple[TodayEntry, ...]) -> Executable:
    """The one statement that asks for everything that is registered."""
    parts = []
    for entry in of:
        found = entry.waiting.subquery()
        count, since = list(found.c)
        parts.append(
            select(
                literal(entry.kind).label("kind"),
                count.label("count"),
                type_coerce(since, UTCDateTime()).label("since"),
            )
        )
    return union_all(*parts)
