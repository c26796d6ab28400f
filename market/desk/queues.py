"""What the two queues have in common: filters, rows, pages, in a bounded number of statements.

What differs between the queue of deals and that of offers is in `queue_types`.
"""

from __future__ import annotations

import enum
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from market.accounts.models import Account
from market.database import db, utcnow
from market.deals.flags import Flag
from market.deals.rules import LATE_AFTER
from market.offers.models import Side
from market.products.models import Product
from market.regions.models import within
from market.text.days import local_midnight
from market.web.home_time import home_zone
from market.web.pagination import Pagination

PER_PAGE = 25
# Flags are computed, not stored: at most so many rows, the longest waiting, are checked for them.
MAX_FLAGS_CHECKED = 500


class QueueState(enum.StrEnum):
    WAITING = "waiting"
    SECOND = "second"
    RETURNED = "returned"
    UNDONE = "undone"
    DISPUTED = "disputed"
    VERIFIED = "verified"


# What waits for an official's decision: the county's, or the prefecture's after it.
DECIDABLE_STATES = (QueueState.WAITING, QueueState.SECOND)


class Lack(enum.StrEnum):
    """What a verified deal is without."""

    PROOF = "proof"
    CALL = "call"


class QueueSort(enum.StrEnum):
    OLDEST = "oldest"
    NEWEST = "newest"
    LARGEST = "largest"


@dataclass(frozen=True)
class QueueQuery:
    """Which things of a queue to list, and in which order.

    Attributes:
        counties: codes of the reporting regions.
        product: path of a product; what is below it too.
        days: waiting at least so long.
        low_fen, high_fen: the amount, both included.
        official_id: verified by this official alone.
        day: decided on this local day.
        lack: deals without it; fair_id: deals of this fair.
    """

    counties: tuple[str, ...]
    state: QueueState = QueueState.WAITING
    product: str | None = None
    side: Side | None = None
    flagged: bool = False
    days: int | None = None
    low_fen: int | None = None
    high_fen: int | None = None
    official_id: int | None = None
    day: date | None = None
    lack: Lack | None = None
    fair_id: int | None = None
    sort: QueueSort = QueueSort.OLDEST
    page: int = 1

    @property
    def is_narrow(self) -> bool:
        """Whether it has more filters than counties and a state, so that it must be counted."""
        filters = (self.product, self.side, self.days, self.low_fen, self.high_fen)
        of_verified = (self.official_id, self.day, self.lack, self.fair_id)
        return any(each is not None for each in (*filters, *of_verified))


@dataclass(frozen=True)
class QueueItem:
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
class WaitingCount:
    """How many of a state wait in a county, since when, how many too long, and what they come to
    (0 of offers, the price of which is not agreed)."""

    county: str
    state: QueueState
    count: int
    oldest: datetime
    late: int
    amount_fen: int = 0


@dataclass(frozen=True)
class QueuePage:
    """A page of a queue.

    Attributes:
        pagination: its total is of all; of the flagged, among those checked for flags.
        partly: not all were checked for flags.
    """

    items: list[QueueItem]
    pagination: Pagination
    is_partial: bool = False


class Queue(ABC):
    """Deals or offers that wait for an official; see `queue_types` for the two there are.

    Attributes:
        kind: as in its address; permission: to decide.
        county: SQL, code of the region that decides; amount: SQL, what it comes to, in fen.
        states: what waits for somebody; VERIFIED is listed beside them and never waits.
    """

    kind: str
    permission: str
    model: Any
    states: tuple[QueueState, ...]
    county: Any
    amount: Any

    @abstractmethod
    def in_state(self, state: QueueState) -> ColumnElement[bool]:
        """SQL: the model's row is in that state."""

    @abstractmethod
    def since(self, state: QueueState) -> InstrumentedAttribute[Any]:
        """SQL: since when it waits."""

    @abstractmethod
    def on_side(self, side: Side) -> ColumnElement[bool]:
        """SQL: it sells from, or buys for, the county."""

    @abstractmethod
    def verified_by(self, official_id: int) -> ColumnElement[bool]:
        """SQL: the official verified it, also as the first of two."""

    @abstractmethod
    def columns(self) -> Select[*tuple[Any, ...]]:
        """The columns of rows(), with Product and Region joined."""

    @abstractmethod
    def flags(self, rows: Collection[Any]) -> dict[int, list[Flag]]:
        """The flags of the rows by id."""

    @abstractmethod
    def item(self, row: Any, flags: Sequence[Flag], since: datetime) -> QueueItem:
        """What the list shows of a row of columns()."""

    @abstractmethod
    def things(self, ids: Collection[int]) -> dict[int, Any]:
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

    def items(self, ids: Collection[int], query: QueueQuery) -> list[QueueItem]:
        """These as the list shows them, in its order."""
        statement = self.columns().where(self.model.id.in_(ids)).order_by(*self.order(query))
        rows = db.session.execute(statement).all()
        return self._items(rows, self.flags(rows), query)

    def conditions(self, query: QueueQuery) -> list[ColumnElement[bool]]:
        """SQL of all filters but the flags."""
        found = [self.county.in_(query.counties), self.in_state(query.state)]
        if query.product:
            found.append(within(Product.path, query.product))
        if query.side:
            found.append(self.on_side(query.side))
        if query.days is not None:
            found.append(self.since(query.state) <= utcnow() - timedelta(days=query.days))
        if query.low_fen is not None:
            found.append(self.amount >= query.low_fen)
        if query.high_fen is not None:
            found.append(self.amount <= query.high_fen)
        if query.official_id is not None:
            found.append(self.verified_by(query.official_id))
        if query.day is not None:
            days = (query.day, query.day + timedelta(days=1))
            start, end = (local_midnight(day, home_zone()) for day in days)
            found += [self.since(query.state) >= start, self.since(query.state) < end]
        return found

    def order(self, query: QueueQuery) -> list[Any]:
        """SQL of the order; the id last, so that it is the same each time."""
        since, id_ = self.since(query.state), self.model.id
        return {
            QueueSort.OLDEST: [since, id_],
            QueueSort.NEWEST: [since.desc(), id_.desc()],
            QueueSort.LARGEST: [func.coalesce(self.amount, 0).desc(), id_.desc()],
        }[query.sort]

    def ids(self, query: QueueQuery, first: int, number: int) -> Sequence[int]:
        """So many ids in the order of the query from the `first` (0 is the first) on."""
        ids = select(self.model.id)
        if query.product:
            ids = ids.join(Product, Product.code == self.model.product_code)
        ids = ids.where(*self.conditions(query)).order_by(*self.order(query))
        return db.session.scalars(ids.limit(number).offset(first)).all()

    def rows(self, query: QueueQuery, first: int, number: int) -> Sequence[Any]:
        """So many rows of columns() from the `first` (0 is the first) on."""
        found = self.ids(query, first, number)
        statement = self.columns().where(self.model.id.in_(found))
        by_id = {row.id: row for row in db.session.execute(statement)} if found else {}
        return [by_id[id_] for id_ in found if id_ in by_id]

    def count(self, query: QueueQuery) -> int:
        """How many there are in all, whatever their flags."""
        statement = select(func.count()).select_from(self.model)
        if query.product:
            statement = statement.join(Product, Product.code == self.model.product_code)
        return db.session.scalar(statement.where(*self.conditions(query))) or 0

    def waiting(self, counties: Collection[str]) -> list[WaitingCount]:
        """What waits in each county, a statement for each state, which an index answers."""
        late, found = utcnow() - LATE_AFTER, []
        for state in self.states:
            since = self.since(state)
            statement = (
                select(
                    self.county,
                    func.count(),
                    func.min(since),
                    func.count().filter(since < late),
                )
                .where(self.county.in_(counties), self.in_state(state))
                .group_by(self.county)
            )
            found += [
                WaitingCount(row[0], state, *row[1:]) for row in db.session.execute(statement)
            ]
        return found

    def page(self, query: QueueQuery, total: int) -> QueuePage:
        """The page of the query; `total` as counted, unless only what is flagged is wanted."""
        if not query.flagged:
            pagination = Pagination(query.page, PER_PAGE, total)
            rows = self.rows(query, pagination.offset, PER_PAGE)
            return QueuePage(self._items(rows, self.flags(rows), query), pagination)
        rows = self.rows(query, 0, MAX_FLAGS_CHECKED)
        flags = self.flags(rows)
        flagged = [row for row in rows if flags[row.id]]
        pagination = Pagination(query.page, PER_PAGE, len(flagged))
        shown = self._items(pagination.rows_of(flagged), flags, query)
        return QueuePage(shown, pagination, is_partial=total > MAX_FLAGS_CHECKED)

    def _items(self, rows: Sequence[Any], flags: Any, query: QueueQuery) -> list[QueueItem]:
        since = self.since(query.state).key
        return [self.item(row, flags[row.id], getattr(row, since)) for row in rows]

    def after(self, query: QueueQuery, id_: int) -> int | None:
        """The id of what comes after `id_` in the queue as filtered; at its end the first.

        None where nothing else is left.
        """
        if query.flagged:
            rows = self.rows(query, 0, MAX_FLAGS_CHECKED)
            flags = self.flags(rows)
            ids = [row.id for row in rows if flags[row.id]]
            place = ids.index(id_) if id_ in ids else 0
            return next((other for other in ids[place:] + ids[:place] if other != id_), None)
        statement = select(self.model.id).order_by(*self.order(query)).limit(1)
        if query.product:
            statement = statement.join(Product, Product.code == self.model.product_code)
        statement = statement.where(*self.conditions(query), self.model.id != id_)
        behind = self._behind(query, id_)
        return db.session.scalar(statement.where(behind)) or db.session.scalar(statement)

    def _behind(self, query: QueueQuery, id_: int) -> ColumnElement[bool]:
        """SQL: what stands behind the thing of that id in the order."""
        largest = query.sort is QueueSort.LARGEST
        by = func.coalesce(self.amount, 0) if largest else self.since(query.state)
        value = db.session.scalar(select(by).where(self.model.id == id_))
        if query.sort is QueueSort.OLDEST:
            return and_(by >= value, or_(by > value, self.model.id > id_))
        return and_(by <= value, or_(by < value, self.model.id < id_))
