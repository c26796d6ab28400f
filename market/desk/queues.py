"""The one mechanism of both queues: what is asked of it, and reading it in bounded statements.

What a queue of deals and one of offers do differently is in `kinds`.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from market.accounts.models import Account
from market.database import utcnow
from market.deals.flags import Flag
from market.offers.models import Side
from market.products.models import Product
from market.regions.models import within
from market.web.pagination import Pagination

PER_PAGE = 25
# What has waited longer is late.
LATE_AFTER = timedelta(days=3)
# Flags are worked out, not stored: so many of the longest waiting are looked through.
LOOKED_THROUGH = 500


class State(enum.StrEnum):
    WAITING = "waiting"
    SECOND = "second"
    RETURNED = "returned"
    UNDONE = "undone"
    DISPUTED = "disputed"


# What waits for an official's decision: the county's, or the prefecture's after it.
DECIDED = (State.WAITING, State.SECOND)


class Sort(enum.StrEnum):
    OLDEST = "oldest"
    NEWEST = "newest"
    LARGEST = "largest"


@dataclass(frozen=True)
class Chosen:
    """What of a queue is asked for.

    Attributes:
        counties: codes of the reporting regions.
        product: path of a product; what is below it too.
        days: waiting at least so long.
        low_fen, high_fen: the amount, both included.
    """

    counties: tuple[str, ...]
    state: State = State.WAITING
    product: str | None = None
    side: Side | None = None
    flagged: bool = False
    days: int | None = None
    low_fen: int | None = None
    high_fen: int | None = None
    sort: Sort = Sort.OLDEST
    page: int = 1

    @property
    def is_narrow(self) -> bool:
        """Whether more is asked for than counties and a state, so that it must be counted."""
        asked = (self.product, self.side, self.days, self.low_fen, self.high_fen)
        return any(one is not None for one in asked)


@dataclass(frozen=True)
class Item:
    """One thing of a queue as its list shows it.

    Attributes:
        amount_fen: what it comes to; None where no price is named.
        unit_price: words; who: the parties or the owner.
        county: code of the region that decides; path: its path.
        barred: ids of the accounts that had a hand in it and may not decide it.
        is_second: the county has verified it, and an official above it decides.
    """

    id: int
    title: str
    side: Side | None
    amount_fen: int | None
    quantity: Decimal
    unit: str
    unit_price: str
    who: tuple[str, ...]
    county: str
    path: str
    since: datetime
    barred: frozenset[int]
    flags: Sequence[Flag] = ()
    is_second: bool = False

    @property
    def stops(self) -> bool:
        """Whether a flag says to stop, so that verifying it needs a written reason."""
        return any(flag.is_blocking for flag in self.flags)


@dataclass(frozen=True)
class Waiting:
    """How many of a state wait in a county, since when, and how many too long."""

    county: str
    state: State
    count: int
    oldest: datetime
    late: int


@dataclass(frozen=True)
class Page:
    """A page of a queue.

    Attributes:
        pagination: its total is of all; of the flagged, among those looked through.
        partly: not all could be looked through for flags.
    """

    items: list[Item]
    pagination: Pagination
    partly: bool = False


class Queue(ABC):
    """Deals or offers that wait for an official; see `kinds` for the two there are.

    Attributes:
        kind: as in its address; permission: to decide.
        county: SQL, code of the region that decides; amount: SQL, what it comes to, in fen.
    """

    kind: str
    permission: str
    model: Any
    states: tuple[State, ...]
    county: Any
    amount: Any

    @abstractmethod
    def in_state(self, state: State) -> ColumnElement[bool]:
        """SQL: the model's row is in that state."""

    @abstractmethod
    def since(self, state: State) -> InstrumentedAttribute[Any]:
        """SQL: since when it waits."""

    @abstractmethod
    def on_side(self, side: Side) -> ColumnElement[bool]:
        """SQL: it sells from, or buys for, the county."""

    @abstractmethod
    def columns(self) -> Select[*tuple[Any, ...]]:
        """The columns of rows(), with Product and Region joined."""

    @abstractmethod
    def flags(self, session: Session, rows: Collection[Any]) -> dict[int, list[Flag]]:
        """The flags of the rows by id."""

    @abstractmethod
    def item(self, row: Any, flags: Sequence[Flag], since: datetime) -> Item:
        """What the list shows of a row of columns()."""

    @abstractmethod
    def things(self, session: Session, ids: Collection[int]) -> dict[int, Any]:
        """The rows of the model by id, with what a decision looks at."""

    @abstractmethod
    def check(self, thing: Any, official: Account) -> None:
        """Raise the DomainError that says why it no longer waits for the official."""

    @abstractmethod
    def check_verifiable(self, thing: Any) -> None:
        """Raise the DomainError that says what is missing to verify it."""

    @abstractmethod
    def verify(self, official: Account, thing: Any, reason: str) -> object:
        """Verify it; `reason` says why in spite of its flags."""

    def items(self, session: Session, ids: Collection[int], chosen: Chosen) -> list[Item]:
        """These as the list shows them, in its order."""
        query = self.columns().where(self.model.id.in_(ids)).order_by(*self.order(chosen))
        rows = session.execute(query).all()
        return self._items(rows, self.flags(session, rows), chosen)

    def conditions(self, chosen: Chosen) -> list[ColumnElement[bool]]:
        """SQL of everything asked for but the flags."""
        found = [self.county.in_(chosen.counties), self.in_state(chosen.state)]
        if chosen.product:
            found.append(within(Product.path, chosen.product))
        if chosen.side:
            found.append(self.on_side(chosen.side))
        if chosen.days is not None:
            found.append(self.since(chosen.state) <= utcnow() - timedelta(days=chosen.days))
        if chosen.low_fen is not None:
            found.append(self.amount >= chosen.low_fen)
        if chosen.high_fen is not None:
            found.append(self.amount <= chosen.high_fen)
        return found

    def order(self, chosen: Chosen) -> list[Any]:
        """SQL of the order; the id last, so that it is the same each time."""
        since, id_ = self.since(chosen.state), self.model.id
        return {
            Sort.OLDEST: [since, id_],
            Sort.NEWEST: [since.desc(), id_.desc()],
            Sort.LARGEST: [func.coalesce(self.amount, 0).desc(), id_.desc()],
        }[chosen.sort]

    def rows(self, session: Session, chosen: Chosen, first: int, number: int) -> Sequence[Any]:
        """So many rows of columns() from the `first` (0 is the first) on."""
        ids = select(self.model.id)
        if chosen.product:
            ids = ids.join(Product, Product.code == self.model.product_code)
        ids = ids.where(*self.conditions(chosen)).order_by(*self.order(chosen))
        found = session.scalars(ids.limit(number).offset(first)).all()
        query = self.columns().where(self.model.id.in_(found))
        by_id = {row.id: row for row in session.execute(query)} if found else {}
        return [by_id[id_] for id_ in found if id_ in by_id]

    def count(self, session: Session, chosen: Chosen) -> int:
        """How many there are in all, whatever their flags."""
        query = select(func.count()).select_from(self.model)
        if chosen.product:
            query = query.join(Product, Product.code == self.model.product_code)
        return session.scalar(query.where(*self.conditions(chosen))) or 0

    def waiting(self, session: Session, counties: Collection[str]) -> list[Waiting]:
        """What waits in each county, a statement for each state, which an index answers."""
        late, found = utcnow() - LATE_AFTER, []
        for state in self.states:
            since = self.since(state)
            query = (
                select(
                    self.county,
                    func.count(),
                    func.min(since),
                    func.count().filter(since < late),
                )
                .where(self.county.in_(counties), self.in_state(state))
                .group_by(self.county)
            )
            found += [Waiting(row[0], state, *row[1:]) for row in session.execute(query)]
        return found

    def page(self, session: Session, chosen: Chosen, total: int) -> Page:
        """The page asked for; `total` as counted, unless only what is flagged is wanted."""
        if not chosen.flagged:
            pagination = Pagination(chosen.page, PER_PAGE, total)
            rows = self.rows(session, chosen, pagination.offset, PER_PAGE)
            return Page(self._items(rows, self.flags(session, rows), chosen), pagination)
        rows = self.rows(session, chosen, 0, LOOKED_THROUGH)
        flags = self.flags(session, rows)
        flagged = [row for row in rows if flags[row.id]]
        pagination = Pagination(chosen.page, PER_PAGE, len(flagged))
        shown = self._items(pagination.rows_of(flagged), flags, chosen)
        return Page(shown, pagination, partly=total > LOOKED_THROUGH)

    def _items(self, rows: Sequence[Any], flags: Any, chosen: Chosen) -> list[Item]:
        since = self.since(chosen.state).key
        return [self.item(row, flags[row.id], getattr(row, since)) for row in rows]

    def after(self, session: Session, chosen: Chosen, id_: int) -> int | None:
        """The id of what comes after `id_` in the queue as filtered; at its end the first.

        None where nothing else is left.
        """
        if chosen.flagged:
            rows = self.rows(session, chosen, 0, LOOKED_THROUGH)
            flags = self.flags(session, rows)
            ids = [row.id for row in rows if flags[row.id]]
            place = ids.index(id_) if id_ in ids else 0
            return next((other for other in ids[place:] + ids[:place] if other != id_), None)
        query = select(self.model.id).order_by(*self.order(chosen)).limit(1)
        if chosen.product:
            query = query.join(Product, Product.code == self.model.product_code)
        query = query.where(*self.conditions(chosen), self.model.id != id_)
        behind = self._behind(session, chosen, id_)
        return session.scalar(query.where(behind)) or session.scalar(query)

    def _behind(self, session: Session, chosen: Chosen, id_: int) -> ColumnElement[bool]:
        """SQL: what stands behind the thing of that id in the order."""
        largest = chosen.sort is Sort.LARGEST
        by = func.coalesce(self.amount, 0) if largest else self.since(chosen.state)
        value = session.scalar(select(by).where(self.model.id == id_))
        if chosen.sort is Sort.OLDEST:
            return and_(by >= value, or_(by > value, self.model.id > id_))
        return and_(by <= value, or_(by < value, self.model.id < id_))
