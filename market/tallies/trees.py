"""The regions of a fair as they were when it opened, whatever has been moved since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Date, bindparam, insert, or_, select

from market.database import Path, db, read
from market.fairs.models import Fair
from market.fairs.signals import fair_opened
from market.regions.models import Level, Region, is_valid_on, is_within, within
from market.tallies.models import FairRegion


@dataclass(frozen=True, slots=True)
class Node:
    """A region of a fair; its attributes are those of FairRegion."""

    code: str
    parent_code: str | None
    path: str
    level: Level
    name: str
    name_en: str
    is_leaf: bool
    host_code: str | None


class Tree:
    """The regions of a fair in the order of their paths; `root` is the fair's own.

    `is_frozen` is False where the regions are the present ones.
    """

    def __init__(self, nodes: Iterable[Node], root: str, is_frozen: bool) -> None:
        self.is_frozen = is_frozen
        self.nodes = {node.code: node for node in nodes}
        self.root = self.nodes[root]
        self._by_end = {_last_code(node.path): node for node in self.nodes.values()}

    def get(self, code: str) -> Node | None:
        """The region of that code; None where the fair has no such region."""
        return self.nodes.get(code)

    def at(self, path: str) -> Node | None:
        """The region a path leads to, though it may have led there another way then."""
        return self._by_end.get(_last_code(path))

    def leaves(self, node: Node | None = None) -> Sequence[Node]:
        """The regions that report inside `node` (in the whole fair), by their paths."""
        leaves = [n for n in self.nodes.values() if n.is_leaf]
        return leaves if node is None else [n for n in leaves if is_within(n.path, node.path)]

    def parent(self, node: Node) -> Node | None:
        """The region above; None above the fair's own."""
        return None if node is self.root else self.nodes.get(node.parent_code or "")

    def above(self, node: Node) -> list[Node]:
        """The regions from the fair's own down to the one above `node`."""
        found: list[Node] = []
        while parent := self.parent(node):
            found.append(parent)
            node = parent
        return found[::-1]


def _last_code(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def fair_tree(fair: Fair) -> Tree:
    """The fair's regions as they were when it opened; before that those of its first day."""
    frozen = read(_FROZEN, fair=fair.id).all()
    rows = frozen or _regions_of(fair)
    return Tree((Node(*row) for row in rows), fair.region_code, bool(frozen))


def present_tree(region: Region) -> Tree:
    """The regions inside `region` as they are now, and those in it that have ended: what was
    counted in them before stays theirs."""
    return Tree((Node(*row) for row in read(_PRESENT, inside=region.path)), region.code, False)


def freeze_tree(fair_id: int, codes: Iterable[str] = ()) -> None:
    """Store the regions of the fair's first day as the fair's, unless that was done already.

    Args:
        codes: regions with figures of the fair: one created since the fair opened is added, so
            that every figure has its place.
    """
    known = set(db.session.scalars(select(FairRegion.code).where(FairRegion.fair_id == fair_id)))
    missing = set(codes) - known
    if known and not missing:
        return
    fair = db.session.get_one(Fair, fair_id)
    found = [] if known else list(_regions_of(fair))
    missing -= {row.code for row in found}
    if missing:
        found += _added(fair, missing, known | {row.code for row in found})
    # What the fair has something of reports, though it may do so no longer.
    rows = [{"fair_id": fair_id, **r._asdict()} for r in found]
    rows = [row | {"is_leaf": row["is_leaf"] or row["code"] in missing} for row in rows]
    db.session.execute(insert(FairRegion), rows)


def _regions_of(fair: Fair) -> Sequence[Any]:
    return read(_ON_DAY, inside=fair.region.path, day=fair.starts_on).all()


def _added(fair: Fair, codes: Iterable[str], known: set[str]) -> list[Any]:
    """These regions and what stands above them inside the fair's, as they are now."""
    paths = db.session.scalars(select(Region.path).where(Region.code.in_(codes))).all()
    steps = {path.rsplit("/", up)[0] for path in paths for up in range(path.count("/") + 1)}
    asked = select(*REGION_COLUMNS).where(Region.path.in_(steps), Region.code.not_in(known))
    return [
        row
        for row in db.session.execute(asked).all()
        if is_within(row.path, fair.region.path) or row.code in codes
    ]


@fair_opened.connect
def _when_opened(sender: Any, fair_id: int) -> None:
    freeze_tree(fair_id)


# The fields of Node in their order.
REGION_COLUMNS = (
    *(Region.code, Region.parent_code, Region.path, Region.level),
    *(Region.name, Region.name_en, Region.is_leaf, Region.host_code),
)
_ON_DAY = (
    select(*REGION_COLUMNS)
    .where(
        within(Region.path, bindparam("inside", type_=Path)),
        is_valid_on(bindparam("day", type_=Date)),
        or_(Region.is_leaf, Region.host_code.is_(None)),
    )
    .order_by(Region.path)
)
_PRESENT = (
    select(*REGION_COLUMNS)
    .where(
        within(Region.path, bindparam("inside", type_=Path)),
        or_(Region.is_leaf, Region.host_code.is_(None)),
    )
    .order_by(Region.path)
)
_FROZEN = (
    select(*(getattr(FairRegion, column.key) for column in REGION_COLUMNS))
    .where(FairRegion.fair_id == bindparam("fair"))
    .order_by(FairRegion.path)
)
