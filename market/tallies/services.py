"""Keeping the count of a fair, and comparing what is kept with a new count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, delete, exists, func, insert, select, update

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

# A FairCount that says this was overtaken by something the ledger doesn't show.
STALE = -1


@dataclass(frozen=True)
class RowChanges:
    """Rows that differ from what is kept; `gone` are keys."""

    new: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    gone: list[dict[str, Any]]


@dataclass(frozen=True)
class CountTable:
    """A table of the cache: what its rows are told apart by, and their figures."""

    table: Any
    keys: tuple[str, ...]
    figures: tuple[str, ...]

    def rows(self, fair_id: int) -> Cells:
        """What is kept of the fair."""
        c, width = self.table.__table__.c, len(self.keys)
        columns = [c[name] for name in (*self.keys, *self.figures)]
        rows = db.session.execute(select(*columns).where(c.fair_id == fair_id))
        return {
            tuple(row[:width]): dict(zip(self.figures, row[width:], strict=True)) for row in rows
        }

    def changes(self, fair_id: int, rows: Cells) -> RowChanges:
        """What there is to write so that the table says `rows`."""
        kept = self.rows(fair_id)

        def whole(key: tuple[Any, ...]) -> dict[str, Any]:
            return {"fair_id": fair_id, **dict(zip(self.keys, key, strict=True)), **rows[key]}

        return RowChanges(
            new=[whole(key) for key in rows.keys() - kept.keys()],
            changed=[whole(key) for key in rows.keys() & kept.keys() if rows[key] != kept[key]],
            gone=[
                {f"its_{name}": part for name, part in zip(self.keys, key, strict=True)}
                for key in kept.keys() - rows.keys()
            ],
        )

    def write(self, fair_id: int, changes: RowChanges) -> None:
        """Write them."""
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
        """Add `more` to what is kept, row by row."""
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
    """A fair counted anew, not yet kept.

    Attributes:
        counted_to: what the count it would replace went up to; None without one.
    """

    fair_id: int
    at: datetime
    ledger_id: int
    counted_to: int | None
    changes: list[tuple[CountTable, RowChanges]]


def recount(fair_id: int) -> None:
    """Count the fair and keep the result; only rows that differ are written."""
    advisory_lock(AdvisoryLock.COUNTS)
    freeze_tree(fair_id)
    draft, codes = _prepare(fair_id)
    if draft is None:
        freeze_tree(fair_id, codes)
        draft, _codes = _prepare(fair_id)
    if draft:
        save_count(draft)


def prepare_count(fair_id: int) -> PendingCount | None:
    """Count the fair without keeping anybody from writing; None where only recount() can.

    Going through all listings of a large fair takes a second; writing what differs, which
    keep() does inside transaction(), takes a moment.
    """
    return _prepare(fair_id)[0]


def _prepare(fair_id: int) -> tuple[PendingCount | None, set[str]]:
    """The draft, or None and the regions of the count when the fair's tree lacks some."""
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
    changes = [(kept, kept.changes(fair_id, rows)) for kept, rows in wanted]
    return PendingCount(fair_id, at, last, _counted_to(fair_id), changes), count.codes


def save_count(draft: PendingCount) -> bool:
    """Write what the draft found to differ; False where the fair was counted otherwise since."""
    advisory_lock(AdvisoryLock.COUNTS)
    if _counted_to(draft.fair_id) != draft.counted_to:
        return False
    for kept, changes in draft.changes:
        kept.write(draft.fair_id, changes)
    _save_progress(draft.fair_id, draft.at, draft.ledger_id)
    return True


def _counted_to(fair_id: int) -> int | None:
    return db.session.scalar(select(FairCount.ledger_id).where(FairCount.fair_id == fair_id))


def open_fair_ids() -> Sequence[int]:
    """The fairs whose listings may move now."""
    return db.session.scalars(select(Fair.id).where(Fair.status == FairStatus.OPEN)).all()


def add_ledger_entries(fair_id: int) -> None:
    """Add to what is kept the entries the ledger has had since; the listings stay as kept.

    A few rows for a few deals, where recount() goes through the whole fair.
    """
    advisory_lock(AdvisoryLock.COUNTS)
    counted_at, last = utcnow(), _last_entry()
    fair = db.session.get_one(Fair, fair_id)
    count = empty_count(fair_tree(fair))
    count_ledger(fair, count, db.session.get_one(FairCount, fair_id).ledger_id, last)
    _roll_up(fair, count)
    for kept, cells in ((TALLIES, count.tallies), (PRODUCTS, count.products), (DAYS, count.days)):
        kept.add(fair_id, cells)
    _save_progress(fair_id, counted_at, last)


def update_count(fair: Fair) -> None:
    """Count what has come since the last count: an open fair anew, because its listings
    move; of one that is over only the ledger's news, because theirs would have overtaken it.
    """
    advisory_lock(AdvisoryLock.COUNTS)
    counted_to = db.session.scalar(select(FairCount.ledger_id).where(FairCount.fair_id == fair.id))
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


def _roll_up(fair: Fair, count: Count) -> Tree:
    """Tell `count` for every region above the leaves too; returns the fair's tree."""
    freeze_tree(fair.id, count.codes)
    tree = fair_tree(fair)
    count.roll_up(tree)
    return tree


def _varieties(count: Count, tree: Tree) -> Cells:
    return {(code,): {"varieties": number} for code, number in count.varieties(tree).items()}


def update_counts(force: bool = False) -> bool:
    """Recount the fairs whose figures may have moved; returns whether there were any.

    Those are the fairs never counted, those overtaken by a county's late act, and with
    `force` (offers have changed) every open one; those with ledger entries after their
    count are only advanced. Without any it costs two short queries.
    """
    later = exists().where(LedgerEntry.fair_id == Fair.id, LedgerEntry.id > FairCount.ledger_id)
    last = _last_entry()
    candidates = db.session.execute(
        select(Fair.id, Fair.status, FairCount.ledger_id)
        .outerjoin(FairCount, FairCount.fair_id == Fair.id)
        .where(~Fair.totals_only, Fair.status.in_(HELD))
    ).all()
    moved: dict[int, Callable[[int], None]] = {}
    for fair_id, status, counted_to in candidates:
        if counted_to is None or counted_to == STALE or (force and status is FairStatus.OPEN):
            moved[fair_id] = recount
        elif last > counted_to and db.session.scalar(_has_later_entries(later, fair_id)):
            moved[fair_id] = add_ledger_entries
    for fair_id, count in moved.items():
        count(fair_id)
    return bool(moved)


def _has_later_entries(later: Any, fair_id: int) -> Any:
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
    """Where a kept count is not what counting gives; `flask ledger verify` asks for it.

    What comes from the ledger is compared as of the entry it was counted to, so that a
    count merely waiting for its turn is no problem. What comes from listings is compared
    once the fair is closed: while it is open they move before they are counted.
    """
    counts = db.session.execute(
        select(Fair, FairCount.ledger_id)
        .join(FairCount, FairCount.fair_id == Fair.id)
        .where(FairCount.ledger_id != STALE)
        .order_by(Fair.id)
    ).all()
    for fair, ledger_id in counts:
        still = fair.status is FairStatus.OPEN
        names = FROM_LEDGER if still else (*FROM_LISTINGS, *FROM_LEDGER)
        tree = fair_tree(fair)
        recounted = count_fair(fair, tree, ledger_id)
        recounted.roll_up(tree)
        for kept, right in (
            (TALLIES, recounted.tallies),
            (PRODUCTS, recounted.products),
            (DAYS, recounted.days),
            *(() if still else ((VARIETIES, _varieties(recounted, tree)),)),
        ):
            asked = [name for name in kept.figures if name in (*names, "varieties")]
            yield from _differences(fair.slug, kept.rows(fair.id), right, asked)


def _differences(
    slug: str, kept: Cells, recounted: Cells, names: Iterable[str]
) -> Iterator[LedgerProblem]:
    for key in sorted(kept.keys() | recounted.keys()):
        for name in names:
            stored = kept.get(key, {}).get(name, 0)
            right = recounted.get(key, {}).get(name, 0)
            if stored != right:
                about = f"fair {slug}, region {', '.join(map(str, key))}"
                yield LedgerProblem(about, f"{name} is kept as {stored} and counts {right}")


integrity_checks.append(check_counts)
