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
from market.tallies.trees import Tree, keep_tree, tree_of

# A FairCount that says this was overtaken by something the ledger doesn't show.
OVERTAKEN = -1


@dataclass(frozen=True)
class Changes:
    """Rows that differ from what is kept; `gone` are keys."""

    new: list[dict[str, Any]]
    changed: list[dict[str, Any]]
    gone: list[dict[str, Any]]


@dataclass(frozen=True)
class Kept:
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

    def changes(self, fair_id: int, rows: Cells) -> Changes:
        """What there is to write so that the table says `rows`."""
        kept = self.rows(fair_id)

        def whole(key: tuple[Any, ...]) -> dict[str, Any]:
            return {"fair_id": fair_id, **dict(zip(self.keys, key, strict=True)), **rows[key]}

        return Changes(
            new=[whole(key) for key in rows.keys() - kept.keys()],
            changed=[whole(key) for key in rows.keys() & kept.keys() if rows[key] != kept[key]],
            gone=[
                {f"its_{name}": part for name, part in zip(self.keys, key, strict=True)}
                for key in kept.keys() - rows.keys()
            ],
        )

    def write(self, fair_id: int, changes: Changes) -> None:
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


TALLIES = Kept(FairTally, ("region_code",), counting.PLACE)
PRODUCTS = Kept(FairProduct, ("region_code", "product_code"), counting.PRODUCT)
DAYS = Kept(FairDay, ("region_code", "day"), counting.PLACE)
VARIETIES = Kept(FairVariety, ("region_code",), ("varieties",))


@dataclass(frozen=True)
class Draft:
    """A fair counted anew, not yet kept.

    Attributes:
        counted_to: what the count it would replace went up to; None without one.
    """

    fair_id: int
    at: datetime
    ledger_id: int
    counted_to: int | None
    changes: list[tuple[Kept, Changes]]


def recount(fair_id: int) -> None:
    """Count the fair and keep the result; only rows that differ are written."""
    advisory_lock(AdvisoryLock.COUNTS)
    keep_tree(fair_id)
    draft, codes = _drawn_up(fair_id)
    if draft is None:
        keep_tree(fair_id, codes)
        draft, _codes = _drawn_up(fair_id)
    if draft:
        keep(draft)


def draw_up(fair_id: int) -> Draft | None:
    """Count the fair without keeping anybody from writing; None where only recount() can.

    Going through all listings of a large fair takes a second; writing what differs, which
    keep() does inside transaction(), takes a moment.
    """
    return _drawn_up(fair_id)[0]


def _drawn_up(fair_id: int) -> tuple[Draft | None, set[str]]:
    """The draft, or None and the regions of the count when the fair's tree lacks some."""
    at, last = utcnow(), _last_entry()
    fair = db.session.get_one(Fair, fair_id)
    tree = tree_of(fair)
    count = count_fair(fair, tree, last)
    if not tree.is_kept or not count.codes <= tree.nodes.keys():
        return None, count.codes
    count.lift(tree)
    wanted = (
        (TALLIES, count.tallies),
        (PRODUCTS, count.products),
        (DAYS, count.days),
        (VARIETIES, _varieties(count, tree)),
    )
    changes = [(kept, kept.changes(fair_id, rows)) for kept, rows in wanted]
    return Draft(fair_id, at, last, _counted_to(fair_id), changes), count.codes


def keep(draft: Draft) -> bool:
    """Write what the draft found to differ; False where the fair was counted otherwise since."""
    advisory_lock(AdvisoryLock.COUNTS)
    if _counted_to(draft.fair_id) != draft.counted_to:
        return False
    for kept, changes in draft.changes:
        kept.write(draft.fair_id, changes)
    _counted(draft.fair_id, draft.at, draft.ledger_id)
    return True


def _counted_to(fair_id: int) -> int | None:
    return db.session.scalar(select(FairCount.ledger_id).where(FairCount.fair_id == fair_id))


def open_fairs() -> Sequence[int]:
    """The fairs whose listings may move now."""
    return db.session.scalars(select(Fair.id).where(Fair.status == FairStatus.OPEN)).all()


def advance(fair_id: int) -> None:
    """Add to what is kept the entries the ledger has had since; the listings stay as kept.

    A few rows for a few deals, where recount() goes through the whole fair.
    """
    advisory_lock(AdvisoryLock.COUNTS)
    counted_at, last = utcnow(), _last_entry()
    fair = db.session.get_one(Fair, fair_id)
    count = empty_count(tree_of(fair))
    count_ledger(fair, count, db.session.get_one(FairCount, fair_id).ledger_id, last)
    _lifted(fair, count)
    for kept, cells in ((TALLIES, count.tallies), (PRODUCTS, count.products), (DAYS, count.days)):
        kept.add(fair_id, cells)
    _counted(fair_id, counted_at, last)


def bring_up_to_date(fair: Fair) -> None:
    """Count what has come since the last count: an open fair anew, because its listings
    move; of one that is over only the ledger's news, because theirs would have overtaken it.
    """
    advisory_lock(AdvisoryLock.COUNTS)
    counted_to = db.session.scalar(select(FairCount.ledger_id).where(FairCount.fair_id == fair.id))
    over = fair.status in (FairStatus.CLOSED, FairStatus.CERTIFIED)
    if not over or counted_to in (None, OVERTAKEN):
        recount(fair.id)
    elif counted_to != _last_entry():
        advance(fair.id)


def _last_entry() -> int:
    return db.session.scalar(select(func.max(LedgerEntry.id))) or 0


def _counted(fair_id: int, at: datetime, ledger_id: int) -> None:
    db.session.merge(FairCount(fair_id=fair_id, counted_at=at, ledger_id=ledger_id))
    db.session.flush()


def _lifted(fair: Fair, count: Count) -> Tree:
    """Tell `count` for every region above the leaves too; returns the fair's tree."""
    keep_tree(fair.id, count.codes)
    tree = tree_of(fair)
    count.lift(tree)
    return tree


def _varieties(count: Count, tree: Tree) -> Cells:
    return {(code,): {"varieties": number} for code, number in count.varieties(tree).items()}


def recount_if_moved(force: bool = False) -> bool:
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
        if counted_to is None or counted_to == OVERTAKEN or (force and status is FairStatus.OPEN):
            moved[fair_id] = recount
        elif last > counted_to and db.session.scalar(_moved(later, fair_id)):
            moved[fair_id] = advance
    for fair_id, count in moved.items():
        count(fair_id)
    return bool(moved)


def _moved(later: Any, fair_id: int) -> Any:
    return (
        select(Fair.id)
        .join(FairCount, FairCount.fair_id == Fair.id)
        .where(Fair.id == fair_id, later)
    )


@closed_fair_changed.connect
def _overtake(sender: Any, fair_id: int) -> None:
    db.session.execute(
        update(FairCount)
        .where(FairCount.fair_id == fair_id, FairCount.ledger_id != OVERTAKEN)
        .values(ledger_id=OVERTAKEN)
    )


def check_cache() -> Iterator[LedgerProblem]:
    """Where a kept count is not what counting gives; `flask ledger verify` asks for it.

    What comes from the ledger is compared as of the entry it was counted to, so that a
    count merely waiting for its turn is no problem. What comes from listings is compared
    once the fair is closed: while it is open they move before they are counted.
    """
    counts = db.session.execute(
        select(Fair, FairCount.ledger_id)
        .join(FairCount, FairCount.fair_id == Fair.id)
        .where(FairCount.ledger_id != OVERTAKEN)
        .order_by(Fair.id)
    ).all()
    for fair, ledger_id in counts:
        still = fair.status is FairStatus.OPEN
        names = FROM_LEDGER if still else (*FROM_LISTINGS, *FROM_LEDGER)
        tree = tree_of(fair)
        recounted = count_fair(fair, tree, ledger_id)
        recounted.lift(tree)
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


integrity_checks.append(check_cache)
