"""Reading the count: a fair's totals, its county table, and its days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import URL, Row, ScalarSelect, bindparam, func, select
from sqlalchemy.orm import aliased

from market.database import db, read
from market.deals.ledger import FIRST_HASH
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.fairs.models import Fair
from market.regions.models import Region, is_within
from market.tallies.models import FairCount, FairDay, FairTally, FairVariety
from market.tallies.trees import Node, Tree, fair_tree


@dataclass(frozen=True)
class Totals:
    """Figures of a fair or a region of it; None where a figure is not known.

    Attributes:
        mass_kg: what was dealt by weight, in kilograms.
        varieties: different products listed; None in a sum, for they add up nowhere.
    """

    sell: int | None = 0
    buy: int | None = 0
    listings: int | None = 0
    merchants: int | None = 0
    deals: int | None = 0
    amount_fen: int | None = 0
    sold_fen: int | None = 0
    bought_fen: int | None = 0
    mass_kg: Decimal | None = Decimal(0)
    varieties: int | None = None

    @classmethod
    def of(cls, rows: Iterable[Any], varieties: int | None = None) -> Totals:
        """The sum of rows that have the same attributes; `varieties` as they were counted."""
        rows = list(rows)
        sums = {name: sum(getattr(row, name) for row in rows) for name in ADDITIVE}
        return cls(**sums | {"mass_kg": Decimal(sums["mass_kg"])}, varieties=varieties)

    @property
    def conversion(self) -> Decimal | None:
        """Deals for each 100 listings, to 0.1; None without listings."""
        if self.deals is None or not self.listings:
            return None
        return (Decimal(100 * self.deals) / self.listings).quantize(Decimal("0.1"), ROUND_HALF_UP)

    @property
    def average_fen(self) -> int | None:
        """The value for each effective merchant, in fen; None without merchants."""
        if self.amount_fen is None or not self.merchants:
            return None
        return int((Decimal(self.amount_fen) / self.merchants).to_integral_value(ROUND_HALF_UP))


# The figures an earlier fair may be known by, and their columns.
ENTERED_COLUMNS = {
    "listings": "total_listings",
    "merchants": "total_merchants",
    "deals": "total_deals",
    "amount_fen": "total_fen",
}
ADDITIVE = tuple(f.name for f in fields(Totals) if f.name != "varieties")


@dataclass(frozen=True)
class CountyRow(Totals):
    """A reporting county; rank by amount among all of the fair, rank_within its prefecture.

    Both are None while nothing is counted; equal amounts share a rank. Its place is the
    one it had at the fair.
    """

    code: str = ""
    name: str = ""
    name_en: str = ""
    path: str = ""
    host_code: str | None = None
    parent: Any = None
    parent_varieties: int | None = None
    rank: int | None = None
    rank_within: int | None = None


@dataclass(frozen=True)
class Prefecture:
    """A prefecture with the counties that report in it, their subtotal, and its rank."""

    code: str
    name: str
    name_en: str
    counties: Sequence[CountyRow]
    total: Totals
    rank: int | None = None


@dataclass(frozen=True)
class UnverifiedDeals:
    """Deals agreed but not verified yet: shown beside the count, never added to it."""

    deals: int = 0
    amount_fen: int = 0


@dataclass(frozen=True)
class StoredCount:
    """A fair's stored count: as of `at` (None: never counted), up to the entry `ledger_id`."""

    at: datetime | None
    ledger_id: int
    tree: Tree
    rows: Sequence[CountyRow]
    varieties: dict[str, int] = field(default_factory=dict)

    def inside(self, node: Node | None = None) -> list[CountyRow]:
        """The reporting counties in `node` (the whole fair)."""
        return [r for r in self.rows if node is None or is_within(r.path, node.path)]

    def totals(self, node: Node | None = None) -> Totals:
        """What the fair has in `node` (in all)."""
        varieties = self.varieties.get((node or self.tree.root).code, 0)
        return Totals.of(self.inside(node), varieties if self.at else None)

    def parts(self, node: Node | None = None) -> Sequence[Any]:
        """What `node` (the whole fair) is made of: prefectures, each with its `total`, or
        counties; nothing for a county."""
        node = node or self.tree.root
        rows = self.inside(node)
        if [row.code for row in rows] == [node.code]:
            return []
        groups = group_by_prefecture(rows)
        return rows if [group.code for group in groups] == [node.code] else groups


def totals(fair: Fair | Row[Any]) -> Totals:
    """What the whole fair has; figures an earlier fair is not known for are None."""
    return totals_of([fair])[fair.id]


def totals_of(fairs: Iterable[Fair | Row[Any]]) -> dict[int, Totals]:
    """The totals of each fair by its id, in two queries."""
    fairs = list(fairs)
    result = {fair.id: _entered_totals(fair) if fair.totals_only else Totals() for fair in fairs}
    counted = {fair.id: fair.region_code for fair in fairs if not fair.totals_only}
    if counted:
        roots = {"fairs": list(counted), "regions": sorted(set(counted.values()))}
        varieties = {(f, code): number for f, code, number in read(_ROOTS, **roots)}
        for fair_id, mass, *sums in read(_TOTALS, fairs=list(counted)):
            known = varieties.get((fair_id, counted[fair_id]))
            result[fair_id] = _totals_from_sums(mass, sums, known)
    return result


def _totals_from_sums(mass: Any, sums: Iterable[Any], varieties: int | None = None) -> Totals:
    """Totals of what _sums selected."""
    sell, buy, listings, merchants, deals, amount, sold, bought = map(int, sums)
    return Totals(
        *(sell, buy, listings, merchants, deals, amount, sold, bought), Decimal(mass), varieties
    )


def _entered_totals(fair: Fair | Row[Any]) -> Totals:
    known: dict[str, Any] = {
        name: getattr(fair, column) for name, column in ENTERED_COLUMNS.items()
    }
    return Totals(**{f.name: known.get(f.name) for f in fields(Totals)})


def counted_at(fair: Fair) -> datetime | None:
    """The time of the fair's figures; None before the first count."""
    return read(_COUNT, fair=fair.id).scalar()


def version_key(fair_id: int) -> tuple[Any, ...]:
    """A key that changes with the fair, its count and its unverified deals."""
    return tuple(read(_VERSION, fair=fair_id).one())


def stored_count(fair: Fair) -> StoredCount:
    """The fair's count; in memory until it is counted again."""
    count = read(_COUNT, fair=fair.id).first()
    if count is None:
        return _load(fair, None, 0)
    return _cached_count(db.engine.url, fair.id, *count)


@lru_cache(maxsize=64)
def _cached_count(database: URL, fair_id: int, at: datetime, ledger_id: int) -> StoredCount:
    return _load(db.session.get_one(Fair, fair_id), at, ledger_id)


def _load(fair: Fair, at: datetime | None, ledger_id: int) -> StoredCount:
    tree = fair_tree(fair)
    varieties = dict(read(_VARIETIES, fair=fair.id).all())
    tallies = {row.region_code: row for row in read(_TALLIES, fair=fair.id)}
    # A region that reports only since the count has no row: it has nothing yet.
    rows = [_row(tree, leaf, tallies.get(leaf.code), varieties, at) for leaf in tree.leaves()]
    rows.sort(key=lambda row: (tree.nodes[row.parent[0]].path, row.path))
    return StoredCount(at, ledger_id, tree, _with_ranks(rows), varieties)


def _row(
    tree: Tree, leaf: Node, found: Row[Any] | None, varieties: dict[str, int], at: Any
) -> CountyRow:
    parent = tree.parent(leaf) or leaf
    figures = {name: getattr(found, name) for name in ADDITIVE} if found else {}
    return CountyRow(
        **figures,
        varieties=varieties.get(leaf.code, 0) if at else None,
        code=leaf.code,
        name=leaf.name,
        name_en=leaf.name_en,
        path=leaf.path,
        host_code=leaf.host_code,
        parent=(parent.code, parent.name, parent.name_en),
        parent_varieties=varieties.get(parent.code, 0) if at else None,
    )


def county_rows(fair: Fair, path: str | None = None) -> list[CountyRow]:
    """Every reporting county of the fair by code, with its figures and ranks.

    With `path`, of a region as it is now or as it was at the fair, only those inside; the
    ranks are still among all.
    """
    count = stored_count(fair)
    if path is None:
        return list(count.rows)
    node = count.tree.at(path)
    return count.inside(node) if node else []


def _with_ranks(rows: Sequence[CountyRow]) -> list[CountyRow]:
    """The rows with their ranks among all and in their prefecture."""
    overall = rank_amounts((row.code, row.amount_fen) for row in rows)
    prefectures: dict[str, list[tuple[str, Any]]] = defaultdict(list)
    for row in rows:
        prefectures[row.parent[0]].append((row.code, row.amount_fen))
    within: dict[str, int] = {}
    for group in prefectures.values():
        within |= rank_amounts(group)
    return [
        replace(row, rank=overall.get(row.code), rank_within=within.get(row.code)) for row in rows
    ]


def rank_amounts(amounts: Iterable[tuple[str, Any]]) -> dict[str, int]:
    """The place of each (code, amount): 1 for the largest; equal ones share it, and what
    has nothing has none."""
    ordered = sorted(((a, c) for c, a in amounts if a), key=lambda one: -one[0])
    places: dict[str, int] = {}
    before = (None, "")
    for place, (amount, code) in enumerate(ordered, 1):
        places[code] = places[before[1]] if amount == before[0] else place
        before = (amount, code)
    return places


def group_by_prefecture(rows: Iterable[CountyRow]) -> list[Prefecture]:
    """`rows` by prefecture, in their order, each group with its subtotal and rank.

    The rows of a prefecture are all of it or none: its varieties are the whole's.
    """
    groups: dict[tuple[str, str, str], list[CountyRow]] = {}
    for row in rows:
        groups.setdefault(row.parent, []).append(row)
    found = [
        Prefecture(*parent, counties, Totals.of(counties, counties[0].parent_varieties))
        for parent, counties in groups.items()
    ]
    places = rank_amounts([(p.code, p.total.amount_fen) for p in found])
    return [replace(p, rank=places.get(p.code)) for p in found]


def region_totals(fair: Fair, region: Region | Node) -> Totals:
    """What the fair has inside `region`: the sum of its reporting counties."""
    count = stored_count(fair)
    node = count.tree.get(region.code)
    return count.totals(node) if node else Totals()


def unverified_by_region(fair: Fair) -> dict[str, UnverifiedDeals]:
    """By leaf region, the deals agreed and not verified yet."""
    rows = read(_UNVERIFIED, fair=fair.id)
    return {code: UnverifiedDeals(int(deals), int(fen)) for code, deals, fen in rows}


def unverified_in(fair: Fair, rows: Iterable[CountyRow]) -> UnverifiedDeals:
    """What awaits in these counties together."""
    waits = unverified_by_region(fair)
    found = [waits[row.code] for row in rows if row.code in waits]
    return UnverifiedDeals(sum(w.deals for w in found), sum(w.amount_fen for w in found))


def ledger_entry(number: int) -> tuple[int, str]:
    """The ledger entry a count goes up to, and its hash; 0 and zeros before the first."""
    found = read(_ENTRY, number=number).first()
    return (found.id, found.hash) if found else (0, FIRST_HASH)


def totals_by_day(
    fair: Fair, node: Node | None = None, count: StoredCount | None = None
) -> Sequence[tuple[date, Totals]]:
    """(local day, its figures) in `node` (the whole fair); the days add up to its totals.

    Days without anything are left out.

    Args:
        count: the fair's count where the caller has read it already.
    """
    count = count or stored_count(fair)
    rows = read(_DAYS, fair=fair.id, region=(node or count.tree.root).code)
    return [(day, _totals_from_sums(mass, sums)) for day, mass, *sums in rows]


def _sums(of: Any, total: bool = True) -> list[Any]:
    """The figures of `of` in the order of Totals without mass, after mass; summed."""
    columns = {
        "mass_kg": of.mass_kg,
        "sell": of.sell_listings,
        "buy": of.buy_listings,
        "listings": of.sell_listings + of.buy_listings,
        "merchants": of.merchants,
        "deals": of.deals,
        "amount_fen": of.amount_fen,
        "sold_fen": of.sold_fen,
        "bought_fen": of.bought_fen,
    }
    return [(func.sum(c) if total else c).label(name) for name, c in columns.items()]


def _of_fair(table: Any, column: Any, *where: Any) -> ScalarSelect[Any]:
    return select(column).where(table.fair_id == bindparam("fair"), *where).scalar_subquery()


_AnyFair, _AnyCount = aliased(Fair), aliased(FairCount)
# Made once: putting these together takes longer than running them.
_TOTALS = (
    select(FairTally.fair_id, *_sums(FairTally))
    .where(FairTally.fair_id.in_(bindparam("fairs", expanding=True)))
    .group_by(FairTally.fair_id)
)
_ROOTS = select(FairVariety.fair_id, FairVariety.region_code, FairVariety.varieties).where(
    FairVariety.fair_id.in_(bindparam("fairs", expanding=True)),
    FairVariety.region_code.in_(bindparam("regions", expanding=True)),
)
_TALLIES = select(FairTally.region_code, *_sums(FairTally, total=False)).where(
    FairTally.fair_id == bindparam("fair")
)
_VARIETIES = select(FairVariety.region_code, FairVariety.varieties).where(
    FairVariety.fair_id == bindparam("fair")
)
_COUNT = select(FairCount.counted_at, FairCount.ledger_id).where(
    FairCount.fair_id == bindparam("fair")
)
_VERSION = select(
    Fair.updated_at,
    _of_fair(FairCount, FairCount.counted_at),
    # The fairs it is compared with: there are a few dozen in all.
    select(func.max(_AnyFair.updated_at)).scalar_subquery(),
    select(func.max(_AnyCount.counted_at)).scalar_subquery(),
    select(func.max(LedgerEntry.id)).scalar_subquery(),
    _of_fair(Deal, func.count(), Deal.status == DealStatus.AGREED),
    _of_fair(Deal, func.sum(Deal.amount_fen), Deal.status == DealStatus.AGREED),
).where(Fair.id == bindparam("fair"))
_ENTRY = select(LedgerEntry.id, LedgerEntry.hash).where(LedgerEntry.id == bindparam("number"))
_DAYS = (
    select(FairDay.day, *_sums(FairDay, total=False))
    .where(FairDay.fair_id == bindparam("fair"), FairDay.region_code == bindparam("region"))
    .order_by(FairDay.day)
)
_UNVERIFIED = (
    select(Deal.home_region_code, func.count(), func.sum(Deal.amount_fen))
    .where(Deal.fair_id == bindparam("fair"), Deal.status == DealStatus.AGREED)
    .group_by(Deal.home_region_code)
)
