"""Reading the count: a fair's totals, its county table, its comparisons and its days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import URL, Row, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from market.database import Path, read
from market.deals.models import Deal, LedgerEntry
from market.extensions import db
from market.fairs.models import Fair
from market.regions.models import Region, is_within, within
from market.tallies.models import FairCount, FairTally


@dataclass(frozen=True)
class Totals:
    """Figures of a fair or a region of it; None where a figure is not known."""

    sell: int | None = 0
    buy: int | None = 0
    listings: int | None = 0
    merchants: int | None = 0
    deals: int | None = 0
    amount_fen: int | None = 0
    sold_fen: int | None = 0
    bought_fen: int | None = 0

    @classmethod
    def of(cls, rows: Iterable[Any]) -> Totals:
        """The sum of rows that have the same attributes."""
        rows = list(rows)
        return cls(**{f.name: sum(getattr(row, f.name) for row in rows) for f in fields(cls)})


@dataclass(frozen=True)
class CountyRow(Totals):
    """A reporting county; rank by amount among all of the fair, rank_within its prefecture.

    Both are None while nothing is counted; equal amounts share a rank.
    """

    code: str = ""
    name: str = ""
    name_en: str = ""
    path: str = ""
    host_code: str | None = None
    parent: Any = None
    rank: int | None = None
    rank_within: int | None = None


@dataclass(frozen=True)
class Prefecture:
    """A prefecture with the counties that report in it and their subtotal."""

    code: str
    name: str
    name_en: str
    counties: Sequence[CountyRow]
    total: Totals


@dataclass(frozen=True)
class Compared:
    """One figure now and in the baseline; change is a fraction, None where unknown."""

    name: str
    now: int | None
    then: int | None
    change: Decimal | None


@dataclass(frozen=True)
class Comparison:
    """A fair beside a baseline. kind: `previous` 环比, `same_season` 同比, or `beside`.

    `beside` is for totals of the year before that are known only together: they are told
    and not compared, because one fair against several says nothing.
    """

    kind: str
    baseline: Fair
    figures: Sequence[Compared]


FIGURES = {
    "sell": FairTally.sell_listings,
    "buy": FairTally.buy_listings,
    "listings": FairTally.sell_listings + FairTally.buy_listings,
    "merchants": FairTally.merchants,
    "deals": FairTally.deals,
    "amount_fen": FairTally.amount_fen,
    "sold_fen": FairTally.sold_fen,
    "bought_fen": FairTally.bought_fen,
}


def totals(fair: Fair | Row[Any]) -> Totals:
    """What the whole fair has; figures an earlier fair is not known for are None."""
    return totals_of([fair])[fair.id]


def totals_of(fairs: Iterable[Fair | Row[Any]]) -> dict[int, Totals]:
    """The totals of each fair by its id, in one query."""
    fairs = list(fairs)
    result = {fair.id: _entered(fair) if fair.totals_only else Totals() for fair in fairs}
    counted = [fair.id for fair in fairs if not fair.totals_only]
    if counted:
        for fair_id, *sums in read(_TOTALS, fairs=counted):
            result[fair_id] = Totals(*map(int, sums))
    return result


def _entered(fair: Fair | Row[Any]) -> Totals:
    return Totals(
        sell=None,
        buy=None,
        listings=fair.total_listings,
        merchants=fair.total_merchants,
        deals=fair.total_deals,
        amount_fen=fair.total_fen,
        sold_fen=None,
        bought_fen=None,
    )


def counted_at(fair: Fair) -> datetime | None:
    """The time of the fair's figures; None before the first count."""
    return read(_COUNTED_AT, fair=fair.id).scalar()


def county_rows(fair: Fair, path: str | None = None) -> list[CountyRow]:
    """Every reporting county of the fair by code, with its figures and ranks, in one query.

    With `path` only those of that subtree; the ranks are still among all.
    """
    found = read(_COUNTIES, fair=fair.id, inside=fair.region.path).all()
    return _ranked(found, fair.region.path if path is None else path)


def _ranked(found: Sequence[Row[Any]], path: str) -> list[CountyRow]:
    """Those of the rows inside `path`, ranked among all; columns as in _COUNTIES."""
    overall = _ranks(found)
    prefectures: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in found:
        prefectures[row.parent_code].append(row)
    ranks = {code: _ranks(rows) for code, rows in prefectures.items()}
    return [
        CountyRow(
            *row[:-3],
            parent=tuple(row[-3:]),
            rank=overall.get(row.code),
            rank_within=ranks[row.parent_code].get(row.code),
        )
        for row in found
        if is_within(row.path, path)
    ]


def _ranks(rows: Iterable[Any]) -> dict[str, int]:
    """1 for the largest amount; equal amounts share a rank; nothing counted, no rank."""
    ordered = sorted((r for r in rows if r.amount_fen > 0), key=lambda r: -r.amount_fen)
    ranks: dict[str, int] = {}
    before = None
    for place, row in enumerate(ordered, 1):
        same = before is not None and before.amount_fen == row.amount_fen
        ranks[row.code] = ranks[before.code] if same and before else place
        before = row
    return ranks


def county_table(fair: Fair) -> list[Prefecture]:
    """The counties grouped by prefecture, each with its subtotal."""
    return grouped(county_rows(fair))


def grouped(rows: Iterable[CountyRow]) -> list[Prefecture]:
    """`rows` by prefecture, in their order, each group with its subtotal."""
    groups: dict[tuple[str, str, str], list[CountyRow]] = {}
    for row in rows:
        groups.setdefault(row.parent, []).append(row)
    return [
        Prefecture(*parent, counties=counties, total=Totals.of(counties))
        for parent, counties in groups.items()
    ]


def region_totals(fair: Fair, region: Region) -> Totals:
    """What the fair has inside `region`: the sum of its reporting counties."""
    return Totals.of(county_rows(fair, region.path))


def comparisons(fair: Fair, now: Totals) -> list[Comparison]:
    """The fair's `now` against the fair before and the same season last year, where named.

    Totals of the year before that span several fairs stand beside them (`beside`).
    """
    linked = {fair.previous_id: "previous", fair.same_season_id: "same_season"}
    baselines = db.session.scalars(
        _BASELINES,
        {
            "linked": [id_ for id_ in linked if id_ is not None],
            "region": fair.region_code,
            "year": fair.year - 1,
        },
    ).all()
    thens = totals_of(baselines)
    result = []
    for baseline in baselines:
        then = thens[baseline.id]
        if fair.previous_id == baseline.id:
            result.append(Comparison("previous", baseline, _figures(now, then)))
        if fair.same_season_id == baseline.id:
            result.append(Comparison("same_season", baseline, _figures(now, then)))
        if baseline.id not in linked:
            result.append(Comparison("beside", baseline, _figures(now, then, comparable=False)))
    kinds = ("previous", "same_season", "beside")
    return sorted(result, key=lambda comparison: kinds.index(comparison.kind))


def _figures(now: Totals, then: Totals, comparable: bool = True) -> list[Compared]:
    figures = []
    for name in ("listings", "merchants", "deals", "amount_fen"):
        a, b = getattr(now, name), getattr(then, name)
        figures.append(Compared(name, a, b, change(a, b) if comparable else None))
    return figures


def change(now: int | None, then: int | None) -> Decimal | None:
    """By what fraction `now` is more than `then`, to 0.1%; None where that has no meaning."""
    if now is None or not then:
        return None
    return (Decimal(now) / then - 1).quantize(Decimal("0.001"), ROUND_HALF_UP)


def value_by_day(fair: Fair, counted_at: datetime | None = None) -> Sequence[tuple[date, int]]:
    """(local day agreed, fen the ledger counts), by day; the days add up to the total.

    With `counted_at` they are kept until the fair is counted again: a fair's whole ledger
    is too much to go through for each visitor.
    """
    if counted_at is None:
        return _days(fair.id)
    return _kept_days(db.engine.url, fair.id, counted_at)


@lru_cache(maxsize=64)
def _kept_days(database: URL, fair_id: int, counted_at: datetime) -> Sequence[tuple[date, int]]:
    return _days(fair_id)


def _days(fair_id: int) -> Sequence[tuple[date, int]]:
    return [(day, int(fen)) for day, fen in read(_DAYS, fair=fair_id) if day]


def _counties() -> Any:
    """The fields of CountyRow in their order, then its parent's code and names."""
    parent = aliased(Region)
    return (
        select(
            *(func.coalesce(sum_, 0).label(name) for name, sum_ in FIGURES.items()),
            *(Region.code, Region.name, Region.name_en, Region.path, Region.host_code),
            parent.code.label("parent_code"),
            parent.name.label("parent_name"),
            parent.name_en.label("parent_name_en"),
        )
        .join(parent, parent.code == func.coalesce(Region.parent_code, Region.code))
        .outerjoin(
            FairTally,
            (FairTally.region_code == Region.code) & (FairTally.fair_id == bindparam("fair")),
        )
        .where(
            within(Region.path, bindparam("inside", type_=Path)),
            or_(Region.is_leaf, FairTally.region_code.is_not(None)),
        )
        .order_by(parent.path, Region.path)
    )


# Made once: putting these together takes longer than running them.
_TOTALS = (
    select(FairTally.fair_id, *(func.sum(f).label(name) for name, f in FIGURES.items()))
    .where(FairTally.fair_id.in_(bindparam("fairs", expanding=True)))
    .group_by(FairTally.fair_id)
)
_COUNTED_AT = select(FairCount.counted_at).where(FairCount.fair_id == bindparam("fair"))
_COUNTIES = _counties()
_BASELINES = (
    select(Fair)
    .where(
        or_(
            Fair.id.in_(bindparam("linked", expanding=True)),
            (Fair.totals_only & (Fair.region_code == bindparam("region")))
            & (Fair.year == bindparam("year")),
        )
    )
    .order_by(Fair.starts_on.desc(), Fair.id)
)
_DAYS = (
    select(Deal.agreed_on, func.sum(LedgerEntry.amount_fen))
    .join(Deal, Deal.id == LedgerEntry.deal_id)
    .where(LedgerEntry.fair_id == bindparam("fair"))
    .group_by(Deal.agreed_on)
    .order_by(Deal.agreed_on)
)
