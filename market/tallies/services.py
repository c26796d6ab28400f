"""Storing the count of a fair, and comparing the stored count with a new one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, delete, exists, func, insert, select, update

from market.database import AdvisoryLock, advisory_lock, db, utcnow
from market.deals.ledger import LedgerProblem, integrity_checks
from market.deals.models import LedgerEntry
from market.fairs.models import HELD, Fair, FairStatus
from market.fairs.signals import closed_fair_changed
from market.tallies import counting
from market.tallies.counting import (
    FROM_LEDGER,
    FROM_LISTINGS,
    Cells,
    Count,
    count_fair,
    count_ledger,
    empty_count,
)
from market.tallies.models import FairCount, FairDay, FairProduct, FairTally, FairVariety
from market.tallies.trees import Tree, fair_tree, freeze_tree

# FairCount.ledger_id of a count that is older than the database in a way the ledger doesn't show:
# a listing of a closed fair changed. Only a new count makes it right.
STALE = -1


@dataclass(frozen=True)
class RowChanges:
    """The rows of a count that differ from the stored ones; `gone` holds keys."""

    new: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    gone: list[dict[str, Any]]


@dataclass(frozen=True)
class CountTable:
    """A table of stored counts, with its key columns (besides the fair) and its figures."""

    table: Any
    keys: tuple[str, ...]
    figures: tuple[str, ...]

    def rows(self, fair_id: int) -> Cells:
        """The stored figures of the fair by key."""
        c, width = self.table.__table__.c, len(self.keys)
        columns = [c[name] for name in (*self.keys, *self.figures)]
        rows = db.session.execute(select(*columns).where(c.fair_id == fair_id))
        return {
            tuple(row[:width]): dict(zip(self.figures, row[width:], strict=True)) for row in rows
        }

    def changes(self, fair_id: int, rows: Cells) -> RowChanges:
        """The changes that make the table hold `rows`."""
        stored = self.rows(fair_id)

        def whole(key: tuple[Any, ...]) -> dict[str, Any]:
            return {"fair_id": fair_id, **dict(zip(self.keys, key, strict=True)), **rows[key]}

        return RowChanges(
            new=[whole(key) for key in rows.keys() - stored.keys()],
            changed=[whole(k) for k in rows.keys() & stored.keys() if rows[k] != stored[k]],
            gone=[
                {f"its_{name}": part for name, part in zip(self.keys, key, strict=True)}
                for key in stored.keys() - rows.keys()
            ],
        )

    def write(self, fair_id: int, changes: RowChanges) -> None:
        """Apply the changes."""
        table = self.table.__table__
        if changes.new:
            db.session.execute(insert(table), changes.new)
        if changes.changed:
            db.session.execute(update(self.table), changes.changed)
        if changes.gone:
            one = (table.c[name] == bindparam(f"its_{name}") for name in self.keys)
            of_fair = table.c.fair_id == fair_id
            db.session.execute(delete(table).where(and_(of_fair, *one)), changes.gone)

    def add(self, fair_id: int, more: Cells) -> None:
        """Add the figures of `more` to the stored ones, row by row."""
        for key, figures in more.items():
            if not any(figures.values()):
                continue
            named = {"fair_id": fair_id, **dict(zip(self.keys, key, strict=True))}
            row = db.session.get(self.table, named)
            if row is None:
                db.session.add(self.table(**named, **figures))
                continue
            for name, value in figures.items():
                setattr(row, name, getattr(row, name) + value)
        db.session.flush()


TALLIES = CountTable(FairTally, ("region_code",), counting.PLACE_COLUMNS)
PRODUCTS = CountTable(FairProduct, ("region_code", "product_code"), counting.PRODUCT_COLUMNS)
DAYS = CountTable(FairDay, ("region_code", "day"), counting.PLACE_COLUMNS)
VARIETIES = CountTable(FairVariety, ("region_code",), ("varieties",))


@dataclass(frozen=True)
class PendingCount:
    """A new count of a fair, not stored yet.

    Attributes:
        at: when it was counted; ledger_id: up to which entry.
        counted_to: the entry that the count it replaces went up to; None without one.
    """

    fair_id: int
    at: datetime
    ledger_id: int
    counted_to: int | None
    changes: list[tuple[CountTable, RowChanges]]


def recount(fair_id: int) -> None:
    """Count the fair and store the result; only rows that differ are written."""
    advisory_lock(AdvisoryLock.COUNTS)
    freeze_tree(fair_id)
    pending, codes = _prepare(fair_id)
    if pending is None:
        freeze_tree(fair_id, codes)
        pending, _codes = _prepare(fair_id)
    if pending:
        save_count(pending)


def prepare_count(fair_id: int) -> PendingCount | None:
    """Count the fair without blocking writers; None where only recount() can.

    Going through all listings of a large fair takes a second; writing the differences, which
    save_count() does inside transaction(), takes milliseconds.
    """
    return _prepare(fair_id)[0]


def _prepare(fair_id: int) -> tuple[PendingCount | None, set[str]]:
    """The pending count, or None when the fair's tree lacks some of the regions returned."""
    at, last = utcnow(), _last_entry()
    fair = db.session.get_one(Fair, fair_id)
    tree = fair_tree(fair)
    count = count_fair(fair, tree, last)
    if not tree.is_frozen or not count.codes <= tree.nodes.keys():
        return None, count.codes
    count.roll_up(tree)
    wanted = (
        (TALLIES, count.tallies),
        (PRODUCTS, count.products),
        (DAYS, count.days),
        (VARIETIES, _varieties(count, tree)),
    )
    changes = [(table, table.changes(fair_id, rows)) for table, rows in wanted]
    return PendingCount(fair_id, at, last, _counted_to(fair_id), changes), count.codes


def save_count(pending: PendingCount) -> bool:
    """Store a pending count; False where the fair was counted otherwise since."""
    advisory_lock(AdvisoryLock.COUNTS)
    if _counted_to(pending.fair_id) != pending.counted_to:
        return False
    for table, changes in pending.changes:
        table.write(pending.fair_id, changes)
    _save_progress(pending.fair_id, pending.at, pending.ledger_id)
    return True


def _counted_to(fair_id: int) -> int | None:
    return db.session.scalar(select(FairCount.ledger_id).where(FairCount.fair_id == fair_id))


def open_fair_ids() -> Sequence[int]:
    """The ids of the open fairs: only their listings change by themselves."""
    return db.session.scalars(select(Fair.id).where(Fair.status == FairStatus.OPEN)).all()


def add_ledger_entries(fair_id: int) -> None:
    """Add the ledger's entries since the last count to the stored count; the listings stay.

    Writes a few rows for a few deals, where recount() goes through the whole fair.
    """
    advisory_lock(AdvisoryLock.COUNTS)
    counted_at, last = utcnow(), _last_entry()
    fair = db.session.get_one(Fair, fair_id)
    count = empty_count(fair_tree(fair))
    count_ledger(fair, count, db.session.get_one(FairCount, fair_id).ledger_id, last)
    _roll_up(fair, count)
    for table, cells in ((TALLIES, count.tallies), (PRODUCTS, count.products), (DAYS, count.days)):
        table.add(fair_id, cells)
    _save_progress(fair_id, counted_at, last)


def update_count(fair: Fair) -> None:
    """Bring the fair's count up to date: an open fair is counted anew, because its listings
    change; one that is over gets only the ledger's later entries, unless its count is stale.
    """
    advisory_lock(AdvisoryLock.COUNTS)
    counted_to = _counted_to(fair.id)
    over = fair.status in (FairStatus.CLOSED, FairStatus.CERTIFIED)
    if not over or counted_to in (None, STALE):
        recount(fair.id)
    elif counted_to != _last_entry():
        add_ledger_entries(fair.id)


def _last_entry() -> int:
    return db.session.scalar(select(func.max(LedgerEntry.id))) or 0


def _save_progress(fair_id: int, at: datetime, ledger_id: int) -> None:
    db.session.merge(FairCount(fair_id=fair_id, counted_at=at, ledger_id=ledger_id))
    db.session.flush()


def _roll_up(fair: Fair, count: Count) -> None:
    """Add the sums of the regions above the leaves to `count`."""
    freeze_tree(fair.id, count.codes)
    count.roll_up(fair_tree(fair))


def _varieties(count: Count, tree: Tree) -> Cells:
    return {(code,): {"varieties": number} for code, number in count.varieties(tree).items()}


def update_counts() -> bool:
    """Bring the counts of all fairs up to the ledger's last entry; whether there were any to do.

    A fair never counted, or whose count is stale, is counted anew; one with later entries gets
    those added. The listings of open fairs are counted by prepare_count() and save_count().
    Without anything to do it costs two short queries.
    """
    later = exists().where(LedgerEntry.fair_id == Fair.id, LedgerEntry.id > FairCount.ledger_id)
    last = _last_entry()
    candidates = db.session.execute(
        select(Fair.id, FairCount.ledger_id)
        .outerjoin(FairCount, FairCount.fair_id == Fair.id)
        .where(~Fair.totals_only, Fair.status.in_(HELD))
    ).all()
    updates: dict[int, Callable[[int], None]] = {}
    for fair_id, counted_to in candidates:
        if counted_to is None or counted_to == STALE:
            updates[fair_id] = recount
        elif last > counted_to and db.session.scalar(_has_later_entries(later, fair_id)):
            updates[fair_id] = add_ledger_entries
    for fair_id, update_fair in updates.items():
        update_fair(fair_id)
    return bool(updates)


def _has_later_entries(later: Any, fair_id: int) -> Select[Any]:
    return (
        select(Fair.id)
        .join(FairCount, FairCount.fair_id == Fair.id)
        .where(Fair.id == fair_id, later)
    )


@closed_fair_changed.connect
def _mark_stale(sender: Any, fair_id: int) -> None:
    db.session.execute(
        update(FairCount)
        .where(FairCount.fair_id == fair_id, FairCount.ledger_id != STALE)
        .values(ledger_id=STALE)
    )


def check_counts() -> Iterator[LedgerProblem]:
    """Where a stored count differs from a new count; for `flask ledger verify`.

    Figures from the ledger are compared as of the entry they were counted to, so a count that
    merely lags behind is no problem. Figures from listings are compared once the fair is
    closed: while it is open they change before they are counted.
    """
    counts = db.session.execute(
        select(Fair, FairCount.ledger_id)
        .join(FairCount, FairCount.fair_id == Fair.id)
        .where(FairCount.ledger_id != STALE)
        .order_by(Fair.id)
    ).all()
    for fair, ledger_id in counts:
        is_open = fair.status is FairStatus.OPEN
        names = FROM_LEDGER if is_open else (*FROM_LISTINGS, *FROM_LEDGER)
        tree = fair_tree(fair)
        recounted = count_fair(fair, tree, ledger_id)
        recounted.roll_up(tree)
        for table, right in (
            (TALLIES, recounted.tallies),
            (PRODUCTS, recounted.products),
            (DAYS, recounted.days),
            *(() if is_open else ((VARIETIES, _varieties(recounted, tree)),)),
        ):
            compared = [name for name in table.figures if name in (*names, "varieties")]
            yield from _differences(fair.slug, table.rows(fair.id), right, compared)


def _differences(
    slug: str, stored: Cells, recounted: Cells, names: Iterable[str]
) -> Iterator[LedgerProblem]:
    for key in sorted(stored.keys() | recounted.keys()):
        for name in names:
            old = stored.get(key, {}).get(name, 0)
            new = recounted.get(key, {}).get(name, 0)
            if old != new:
                about = f"fair {slug}, region {', '.join(map(str, key))}"
                yield LedgerProblem(about, f"{name} is stored as {old} and counts {new}")


integrity_checks.append(check_counts)
