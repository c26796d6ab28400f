"""Snapshots: a region's figures of a fair frozen as JSON, and sums of them.

A snapshot holds `fair`, `region`, `ledger` (number and hash of the last entry), `taken_at`,
`totals` (the figures of market.tallies.figures), `children` (the units below, each
with its totals), `products`, `days` (by the local day agreed) and `missing` (units that are
not in). Numbers are integers, or exact decimals as text; money is integer fen.

Canonical means: UTF-8, keys sorted, no white space, non-ASCII characters as they are.
Anyone can take the SHA-256 of that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from market.database import utcnow
from market.deals.ledger import Head, head
from market.deals.models import LedgerEntry
from market.extensions import db
from market.fairs.models import Fair
from market.regions.models import Region
from market.tallies import figures
from market.tallies.queries import CountyRow, by_day, county_rows, grouped, kept, region_totals
from market.tallies.region_queries import region_products
from market.tallies.services import bring_up_to_date

Snapshot = dict[str, Any]
# In the order in which they are told.
FIGURES = tuple(figure.name for figure in figures.FIGURES)
ADDITIVE = tuple(figure.name for figure in figures.FIGURES if figure.additive)
WORDS = ("code", "name", "name_en")


def take(fair: Fair, region: Region) -> Snapshot:
    """The figures of `region` in `fair` as of the ledger's last entry; counts them anew first.

    Call it inside transaction(), on PostgreSQL with the chain held (ledger.hold_chain), so
    that no entry comes between the parts.
    """
    end = head(db.session())
    bring_up_to_date(fair)
    return _picture(fair, region, end)


def present(fair: Fair, region: Region) -> Snapshot:
    """The figures as last counted, at most seconds old; writes nothing."""
    counted = select(LedgerEntry.id, LedgerEntry.hash).where(LedgerEntry.id == kept(fair).ledger_id)
    row = db.session.execute(counted).first()
    return _picture(fair, region, Head(*row) if row else head(db.session()))


def _picture(fair: Fair, region: Region, end: Head) -> Snapshot:
    rows = county_rows(fair, region.path)
    node = kept(fair).tree.at(region.path)
    return {
        **heading(fair, region, end),
        "totals": _figures(region_totals(fair, region)),
        "children": _children(rows, region),
        "products": [plain(asdict(row)) for row in region_products(fair, region)],
        "days": [
            {"day": day.isoformat(), **_figures(totals, ADDITIVE)}
            for day, totals in (by_day(fair, node) if node else ())
        ],
        "missing": [],
    }


def heading(fair: Fair, region: Region, end: Head, at: datetime | None = None) -> Snapshot:
    """What a snapshot begins with: of which fair and region, from which entry, when (now)."""
    about = ("id", "slug", "name", "name_en", "starts_on", "ends_on")
    taken = (at or utcnow()).astimezone(UTC)
    return {
        "fair": plain({name: getattr(fair, name) for name in about}),
        "region": {name: getattr(region, name) for name in (*WORDS, "path")},
        "ledger": {"id": end.id, "hash": end.hash},
        "taken_at": taken.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def _figures(totals: Any, names: Sequence[str] = FIGURES) -> dict[str, Any]:
    return {name: plain(getattr(totals, name)) or 0 for name in names}


def _children(rows: Sequence[CountyRow], region: Region) -> list[Any]:
    """The counties of a prefecture; of a province its prefectures with theirs."""
    if [row.code for row in rows] == [region.code]:
        return []
    groups = grouped(rows)
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
) -> Snapshot:
    """The statement of a unit from those below it: nothing in it but what they froze.

    Args:
        parts: the snapshots that count, each with `version` and `correction`, the numbers
            of what it was taken from.
        missing: code, name and name_en of the units that are not in; what `parts` name as
            missing is added.
        at: when it is gathered; now when None.
    """
    parts = list(parts)
    return {
        **heading(fair, region, end, at),
        "totals": total(parts),
        "children": [_gathered(part) for part in parts],
        "products": _products(parts),
        "days": _merged((day for part in parts for day in part["days"]), ("day",)),
        "missing": [*missing, *(one for part in parts for one in part["missing"])],
    }


def _gathered(part: Snapshot) -> dict[str, Any]:
    names = ("totals", "ledger", "version", "correction", "children")
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
