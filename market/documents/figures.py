"""The figures of a fair or a region of it, as data: what a document freezes and prints."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from market.deals.ledger import FIRST_HASH
from market.documents import queries
from market.documents.tables import Kind
from market.extensions import db
from market.fairs.models import Fair
from market.language import lazy_gettext as _l
from market.regions.models import Region
from market.tallies import region_queries
from market.tallies.models import FairCount
from market.tallies.queries import Totals, comparisons, county_rows, grouped

MOST_PRODUCTS = 20


@dataclass(frozen=True)
class Figure:
    """What a figure of Totals is called, in a sentence and over a column, and what it is."""

    label: Any
    heading: Any
    kind: Kind
    adds: bool = True


FIGURES: Mapping[str, Figure] = {
    "listings": Figure(_l("Listings"), _l("Listings"), Kind.COUNT),
    "sell": Figure(_l("Supply"), _l("Supply"), Kind.COUNT),
    "buy": Figure(_l("Demand"), _l("Demand"), Kind.COUNT),
    "merchants": Figure(_l("Effective merchants"), _l("Effective merchants"), Kind.COUNT),
    "deals": Figure(_l("Deals"), _l("Deals"), Kind.COUNT),
    "amount_fen": Figure(_l("Deal value"), _l("Value (10,000 yuan)"), Kind.WAN),
    "sold_fen": Figure(_l("Sold"), _l("Sold (10,000 yuan)"), Kind.WAN),
    "bought_fen": Figure(_l("Bought"), _l("Bought (10,000 yuan)"), Kind.WAN),
}
# The figures of a table, in the order of their columns.
COLUMNS = tuple(FIGURES)
# Of a product's row, what is told of it.
OF_PRODUCTS = ("sell", "buy", "deals", "amount_fen")
# The parts of the figures that are counted; the rest names and compares.
COUNTED = ("totals", "prefectures", "products", "products_in_all", "days")


@dataclass(frozen=True)
class Count:
    """When a fair was counted, and the last entry of the ledger that is in it (0: none)."""

    at: datetime | None
    entry: int


def count_of(fair: Fair) -> Count:
    """The count that the fair's figures are of."""
    row = db.session.execute(
        select(FairCount.counted_at, FairCount.ledger_id).where(FairCount.fair_id == fair.id)
    ).first()
    return Count(row.counted_at, max(row.ledger_id, 0)) if row else Count(None, 0)


def take(fair: Fair, region: Region) -> dict[str, Any]:
    """Everything a document about `region` in `fair` prints, ready for JSON; money in fen.

    As of the fair's last count, which the ledger's entry in it names. The change against a
    baseline is told where the region is the fair's own: baselines are kept for whole fairs.
    """
    count = count_of(fair)
    rows = county_rows(fair, region.path)
    own = next((row for row in rows if row.code == region.code), None)
    totals = Totals.of(rows)
    whole = region.code == fair.region_code
    goods = region_queries.region_products(fair, region, count.at)
    return {
        "fair": {
            **_names(fair),
            "starts_on": fair.starts_on.isoformat(),
            "ends_on": fair.ends_on.isoformat(),
            "is_replay": fair.is_replay,
        },
        "region": {"code": region.code, **_names(region)},
        "ledger": {"entry": count.entry, "hash": queries.ledger_hash(count.entry) or FIRST_HASH},
        "counted_at": count.at.isoformat() if count.at else None,
        "totals": _figures(totals),
        "rank": own.rank if own else None,
        "rank_within": own.rank_within if own else None,
        "prefectures": [
            {
                "code": p.code,
                **_names(p),
                "total": _figures(p.total),
                "counties": [
                    {
                        **{"code": c.code, **_names(c), "host_code": c.host_code},
                        **{"rank": c.rank, "rank_within": c.rank_within},
                        "total": _figures(c),
                    }
                    for c in p.counties
                ],
            }
            for p in grouped(rows)
        ],
        "products": [
            {"code": g.code, **_names(g), "total": {n: getattr(g, n) for n in OF_PRODUCTS}}
            for g in goods[:MOST_PRODUCTS]
        ],
        "products_in_all": len(goods),
        "days": [
            [day.isoformat(), deals, fen]
            for day, deals, fen in queries.days(fair, region, count.entry)
        ],
        "comparisons": _compared(fair, totals) if whole else [],
    }


def _names(thing: Any) -> dict[str, str]:
    return {"name": thing.name, "name_en": thing.name_en}


def _figures(row: Totals) -> dict[str, int | None]:
    return {name: getattr(row, name) for name in COLUMNS}


def _compared(fair: Fair, totals: Totals) -> list[dict[str, Any]]:
    return [
        {
            "kind": comparison.kind,
            "baseline": _names(comparison.baseline),
            "figures": [
                {
                    "name": f.name,
                    "now": f.now,
                    "then": f.then,
                    "change": None if f.change is None else str(f.change),
                }
                for f in comparison.figures
            ],
        }
        for comparison in comparisons(fair, totals)
    ]


def fingerprint(figures: Mapping[str, Any]) -> str:
    """The SHA-256, in hex, of the figures with their ledger entry, but not of the minute they
    were counted in: the same figures have the same."""
    kept = {name: value for name, value in figures.items() if name != "counted_at"}
    line = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


@dataclass(frozen=True)
class Moved:
    """A figure of a region that is no longer what it was."""

    code: str
    name: str
    name_en: str
    figure: str
    then: int | None
    now: int | None


def moved(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Moved]:
    """The figures of the whole, then of each county, that differ; whatever else differs is
    a consequence of these, or told by same()."""
    result = []
    before, after = _by_region(then), _by_region(now)
    for code in dict.fromkeys((*before, *after)):
        names = (after.get(code) or before[code])["names"]
        old, new = (kept.get(code, {}).get("total", {}) for kept in (before, after))
        result += [
            Moved(code, names["name"], names["name_en"], figure, old.get(figure), new.get(figure))
            for figure in FIGURES
            if old.get(figure) != new.get(figure)
        ]
    return result


def same(then: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    """Whether the figures themselves agree; the region and fair may have new names."""
    return all(_bare(then[name]) == _bare(now[name]) for name in COUNTED)


def _bare(part: Any) -> Any:
    """The part without the names in it."""
    if isinstance(part, list):
        return [_bare(one) for one in part]
    if isinstance(part, Mapping):
        return {k: _bare(v) for k, v in part.items() if k not in ("name", "name_en")}
    return part


def _by_region(figures: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    region = figures["region"]
    found = {region["code"]: {"names": region, "total": figures["totals"]}}
    for prefecture in figures["prefectures"]:
        for county in prefecture["counties"]:
            found.setdefault(county["code"], {"names": county, "total": county["total"]})
    return found
