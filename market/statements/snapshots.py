"""Snapshots: a region's figures of a fair frozen as JSON, and sums of them.

A snapshot holds `fair`, `region`, `ledger` (number and hash of the last entry), `taken_at`,
`totals` (the figures of market.tallies.figures), `children` (the units below, each
with its totals), `products`, `days` and `missing` (units that are
not in). Numbers are integers, or exact decimals as text; money is integer fen.

Since format 2 a snapshot names its `format`. That of a day is as of the day's end, `until`
(market.tallies.end_of_day), whenever it is taken: `totals` are cumulative, `increment` is what
the day added, `days` are the increments of each day, and the ledger's entry is the last before
`until`. Older ones, and those of a whole fair, are as of `ledger`, their `days` by the local day
agreed. What was frozen in the older format keeps it, and its hash.

Canonical means: UTF-8, keys sorted, no white space, non-ASCII characters as they are.
Anyone can take the SHA-256 of that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from market.database import db, utcnow
from market.deals.ledger import Head, head
from market.deals.models import LedgerEntry
from market.fairs.models import Fair
from market.regions.models import Region
from market.statements.models import Kind
from market.statements.rules import Period
from market.tallies import figures
from market.tallies.end_of_day import DayEnd, cut_off, day_ends, save_day_ends_until
from market.tallies.queries import (
    CountyRow,
    county_rows,
    group_by_prefecture,
    region_totals,
    stored_count,
    totals_by_day,
)
from market.tallies.region_queries import region_products
from market.tallies.services import update_count

Snapshot = dict[str, Any]
FORMAT = 2
INSTANT = "%Y-%m-%dT%H:%M:%SZ"
# In the order in which they are told.
FIGURES = tuple(figure.name for figure in figures.FIGURES)
ADDITIVE = tuple(figure.name for figure in figures.FIGURES if figure.additive)
WORDS = ("code", "name", "name_en")


def take(fair: Fair, region: Region, period: Period) -> Snapshot:
    """The figures of `region`, a leaf, in `fair`: of a day as of its end, of the whole fair as
    of the ledger's last entry, counted anew first.

    Call it inside transaction(), on PostgreSQL under AdvisoryLock.LEDGER, so
    that no entry comes between the parts.
    """
    end = cut(period)
    if period.kind is Kind.DAILY:
        save_day_ends_until(fair, period.day)
        return _at_the_end(fair, region, period.day, end)
    update_count(fair)
    return _picture(fair, region, end)


def present(fair: Fair, region: Region, period: Period) -> Snapshot:
    """What would be taken now; the whole fair's as last counted, at most seconds old. Writes
    nothing."""
    if period.kind is Kind.DAILY:
        return _at_the_end(fair, region, period.day, cut(period))
    counted = select(LedgerEntry.id, LedgerEntry.hash).where(
        LedgerEntry.id == stored_count(fair).ledger_id
    )
    row = db.session.execute(counted).first()
    return _picture(fair, region, Head(*row) if row else cut(period))


def cut(period: Period) -> Head:
    """The last entry of the ledger that a statement of the period counts, taken now."""
    return head(cut_off(period.day) if period.kind is Kind.DAILY else None)


def _at_the_end(fair: Fair, region: Region, day: date, end: Head) -> Snapshot:
    told = day_ends(fair, [region.code], day)[region.code]
    return of_day_end(fair, region, day, end, told)


def of_day_end(
    fair: Fair, region: Any, day: date, end: Head, told: DayEnd, at: datetime | None = None
) -> Snapshot:
    """The snapshot of a county at the end of a day, taken at `at` (now)."""
    return {
        **heading(fair, region, end, at, day),
        "totals": _figures(told.totals),
        "increment": _figures(told.increment, ADDITIVE),
        "children": [],
        "products": [plain(vars(row)) for row in told.products],
        "days": [{"day": d.isoformat(), **_figures(t, ADDITIVE)} for d, t in told.days],
        "missing": [],
    }


def _picture(fair: Fair, region: Region, end: Head) -> Snapshot:
    rows = county_rows(fair, region.path)
    node = stored_count(fair).tree.at(region.path)
    return {
        **heading(fair, region, end),
        "totals": _figures(region_totals(fair, region)),
        "children": _children(rows, region),
        "products": [plain(vars(row)) for row in region_products(fair, region)],
        "days": [
            {"day": day.isoformat(), **_figures(totals, ADDITIVE)}
            for day, totals in (totals_by_day(fair, node) if node else ())
        ],
        "missing": [],
    }


def heading(
    fair: Fair, region: Region, end: Head, at: datetime | None = None, day: date | None = None
) -> Snapshot:
    """What a snapshot begins with: of which fair and region, from which entry, when (now);
    `day`: the day as of whose end it is."""
    about = ("id", "slug", "name", "name_en", "starts_on", "ends_on")
    taken = (at or utcnow()).astimezone(UTC)
    return {
        "fair": plain({name: getattr(fair, name) for name in about}),
        "region": {name: getattr(region, name) for name in (*WORDS, "path")},
        "ledger": {"id": end.id, "hash": end.hash},
        "taken_at": taken.strftime(INSTANT),
        "format": FORMAT,
        **({"until": cut_off(day).strftime(INSTANT)} if day else {}),
    }


def _figures(totals: Any, names: Sequence[str] = FIGURES) -> dict[str, Any]:
    return {name: plain(getattr(totals, name)) or 0 for name in names}


def _children(rows: Sequence[CountyRow], region: Region) -> list[Any]:
    """The counties of a prefecture; of a province its prefectures with theirs."""
    if [row.code for row in rows] == [region.code]:
        return []
    groups = group_by_prefecture(rows)
    if [group.code for group in groups] == [region.code]:
        return [_child(row) for row in rows]
    found: list[Any] = []
    for group in groups:
        below = [_child(row) for row in group.counties]
        whole = [{**_child(group, group.total), "children": below}]
        found += below if group.code == region.code else whole
    return found


def _child(named: Any, totals: Any = None) -> dict[str, Any]:
    words = {name: getattr(named, name) for name in WORDS}
    return {**words, "totals": _figures(totals or named)}


def gather(
    fair: Fair,
    region: Region,
    end: Head,
    parts: Iterable[Snapshot],
    missing: Sequence[Any],
    at: datetime | None = None,
    day: date | None = None,
) -> Snapshot:
    """The statement of a unit from those below it: nothing in it but what they froze.

    Args:
        day: of a daily statement.
        parts: the snapshots that count, each with `version` and `correction`, the numbers
            of what it was taken from.
        missing: code, name and name_en of the units that are not in; what `parts` name as
            missing is added.
        at: when it is gathered; now when None.
    """
    parts = list(parts)
    return {
        **heading(fair, region, end, at, day),
        "totals": total(parts),
        **({"increment": add(increment(part, day) for part in parts)} if day else {}),
        "children": [_gathered(part) for part in parts],
        "products": _products(parts),
        "days": _merged((day for part in parts for day in part["days"]), ("day",)),
        "missing": [*missing, *(one for part in parts for one in part["missing"])],
    }


def increment(part: Snapshot, day: date) -> dict[str, Any]:
    """What the day added to the figures of a daily snapshot; of one of the older format, what
    was agreed and listed on it."""
    if "increment" in part:
        found: dict[str, Any] = part["increment"]
        return found
    row: dict[str, Any] = next((d for d in part["days"] if d["day"] == day.isoformat()), {})
    return {name: row.get(name, 0) for name in ADDITIVE}


def figures_of(parts: Iterable[Snapshot], period: Period) -> tuple[dict[str, Any], Any]:
    """What several snapshots come to together: (totals, what the day added; None of a final)."""
    parts = list(parts)
    is_daily = period.kind is Kind.DAILY
    return total(parts), add(increment(p, period.day) for p in parts) if is_daily else None


def _gathered(part: Snapshot) -> dict[str, Any]:
    names = ["totals", "ledger", "version", "correction", "children"]
    names += [name for name in ("increment", "until") if name in part]
    return {**{n: part["region"][n] for n in WORDS}, **{n: part[n] for n in names}}


def _products(parts: Sequence[Snapshot]) -> list[dict[str, Any]]:
    by = (*WORDS, "category")
    rows = _merged((row for part in parts for row in part["products"]), by)
    return sorted(rows, key=lambda r: (-r["amount_fen"], -r["sell"] - r["buy"], r["code"]))


def _merged(rows: Iterable[Mapping[str, Any]], by: Sequence[str]) -> list[dict[str, Any]]:
    """Rows of the same words `by` as one, their numbers added; in the order of the words."""
    sums: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        sums.setdefault(tuple(row[name] for name in by), []).append(row)
    return [
        {
            **dict(zip(by, words, strict=True)),
            **add({k: v for k, v in row.items() if k not in by} for row in group),
        }
        for words, group in sorted(sums.items())
    ]


def total(parts: Iterable[Snapshot]) -> dict[str, Any]:
    """The totals of several snapshots together; what is listed in two is one variety."""
    parts = list(parts)
    sums = add({name: part["totals"][name] for name in ADDITIVE} for part in parts)
    listed = {
        row["code"] for part in parts for row in part["products"] if row["sell"] or row["buy"]
    }
    return {**sums, "varieties": len(listed)}


def add(several: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Figures that add up, added; of nothing, zeros."""
    rows = list(several)
    names = rows[0].keys() if rows else ADDITIVE
    return {name: plain(sum(exact(row.get(name, 0)) for row in rows)) for name in names}


def exact(value: Any) -> Any:
    """A number of a snapshot: an integer, or the decimal its text says."""
    return Decimal(value) if isinstance(value, str) else value


def plain(value: Any) -> Any:
    """`value` as JSON holds it exactly: whole numbers as integers, others as text."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value()
        return int(value) if whole else f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else value


def canonical(snapshot: Snapshot) -> str:
    """The one text of a snapshot."""
    return json.dumps(snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256 of the canonical text, in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
