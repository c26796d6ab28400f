"""The figures of a fair or a region of it, as data: what a document freezes and prints."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from market.deals.ledger import FIRST_HASH
from market.fairs.models import Fair
from market.regions.models import Region
from market.tables import queries
from market.tables.table import Kind
from market.tallies import figures
from market.tallies.comparisons import days_between, find_comparisons
from market.tallies.figures import Basis, Figure
from market.tallies.quantities import Quantities, product_quantities
from market.tallies.queries import (
    StoredCount,
    Totals,
    group_by_prefecture,
    stored_count,
    totals_by_day,
)
from market.tallies.region_queries import region_products
from market.tallies.trees import Node
from market.text.days import local_day
from market.web.home_time import home_zone
from market.web.language import lazy_gettext as _l

MOST_PRODUCTS = 20


# What official papers call by its full name.
OFFICIAL = {"amount_fen": _l("Deal value"), "merchants": _l("Effective merchants")}
FIGURES: Mapping[str, Figure] = {
    figure.name: replace(figure, label=OFFICIAL.get(figure.name, figure.label))
    for figure in figures.FIGURES
}
# The figures of a table, in the order of their columns.
COLUMNS = tuple(FIGURES)
# What a table makes of a figure.
KINDS = {
    figures.FigureKind.COUNT: Kind.COUNT,
    figures.FigureKind.FEN: Kind.WAN,
    figures.FigureKind.MASS: Kind.MASS,
    figures.FigureKind.RATE: Kind.NUMBER,
}
# Of a product's row, what is told of it.
OF_PRODUCTS = ("amount_fen", "deals", "mass_kg", "sell", "buy")
# The parts of the figures that are counted; the rest names and compares.
COUNTED = ("totals", "prefectures", "products", "products_in_all", "days")


def take(fair: Fair, region: Region | Node) -> dict[str, Any]:
    """Everything a document about `region` in `fair` prints, ready for JSON: money in fen,
    mass in kilograms as text.

    As of the fair's last count, which the ledger's entry in it names; regions as they were
    at the fair.
    """
    count = stored_count(fair)
    node = count.tree.get(region.code) or count.tree.root
    rows = count.inside(node)
    own = next((row for row in rows if row.code == node.code), None)
    totals = count.totals(node)
    goods = region_products(fair, node)
    whole = node.code == count.tree.root.code
    return {
        "fair": {
            **_names(fair),
            "starts_on": fair.starts_on.isoformat(),
            "ends_on": fair.ends_on.isoformat(),
            "is_replay": fair.is_replay,
        },
        "region": {"code": node.code, **_names(node)},
        "ledger": {
            "entry": entry_of(count),
            "hash": queries.ledger_hash(entry_of(count)) or FIRST_HASH,
        },
        "counted_at": count.at.isoformat() if count.at else None,
        "totals": frozen(totals),
        # A county that is the whole of its fair has no place among others.
        "rank": own.rank if own and not whole else None,
        "rank_within": own.rank_within if own and not whole else None,
        "prefectures": [
            {
                "code": p.code,
                **_names(p),
                "total": frozen(totals if own else p.total),
                "counties": [
                    {
                        **{"code": c.code, **_names(c), "host_code": c.host_code},
                        **{"rank": c.rank, "rank_within": c.rank_within},
                        "total": frozen(c),
                    }
                    for c in p.counties
                ],
            }
            for p in group_by_prefecture(rows)
        ],
        "products": [
            {"code": g.code, **_names(g), "total": frozen(g, OF_PRODUCTS)}
            for g in goods[:MOST_PRODUCTS]
        ],
        "products_in_all": len(goods),
        "quantities": frozen_quantities(product_quantities(fair, count, node)),
        "days": [
            [day.isoformat(), t.deals, t.amount_fen]
            for day, t in totals_by_day(fair, node)
            if t.deals
        ],
        "comparisons": told_comparisons(fair, totals, None if whole else node),
    }


def is_daily(figures: Mapping[str, Any]) -> bool:
    """Whether they are of the end of a day, with what that day added."""
    return "increment" in figures


def basis_of(figures: Mapping[str, Any]) -> Basis:
    """By which day their days are told."""
    return Basis.VERIFIED if is_daily(figures) else Basis.AGREED


def last_day(figures: Mapping[str, Any]) -> date:
    """The last local day of the fair that is in them."""
    starts, ends = (date.fromisoformat(figures["fair"][name]) for name in ("starts_on", "ends_on"))
    if not figures["counted_at"]:
        return starts
    at = datetime.fromisoformat(figures["counted_at"]).astimezone(UTC)
    # The figures of the end of a day are as of the midnight after it.
    day = local_day(at, home_zone()) - timedelta(days=is_daily(figures))
    return max(starts, min(day, ends))


def every_day(figures: Mapping[str, Any]) -> list[tuple[date, int, int]]:
    """(day, deals, fen) from the fair's first day to the last in them: frozen figures leave
    out the days with nothing, and nothing is what they had."""
    told = {date.fromisoformat(day): (deals, fen) for day, deals, fen in figures["days"]}
    if not told:
        return []
    first = min(date.fromisoformat(figures["fair"]["starts_on"]), *told)
    days = days_between(first, max(last_day(figures), *told))
    return [(day, *told.get(day, (0, 0))) for day in days]


def frozen_quantities(dealt: Mapping[str, Quantities]) -> dict[str, dict[str, Any]]:
    """What was dealt in by other measures than weight, by product, for JSON."""
    return {code: {m: _plain(q) for m, q in of.items()} for code, of in dealt.items() if of}


def told_comparisons(
    fair: Fair, now: Totals, node: Node | None = None, day: date | None = None
) -> list[dict[str, Any]]:
    """What `now` of the fair, or of a region of it, is beside the fairs it is compared with;
    `day` is the last that it counts, where that is not the last one counted."""
    return [
        {
            "kind": comparison.kind,
            "through": comparison.through,
            "provisional": comparison.provisional,
            "baseline": _names(comparison.baseline),
            "figures": [
                {
                    "name": f.name,
                    "now": _plain(f.now),
                    "then": _plain(f.then),
                    "change": _plain(f.change),
                    "is_derived": f.is_derived,
                }
                for f in comparison.figures
            ],
        }
        for comparison in find_comparisons(fair, now, node, day)
    ]


def entry_of(count: StoredCount) -> int:
    """The last entry of the ledger that is in a count; 0 without any."""
    return max(count.ledger_id, 0)


def frozen(row: Any, names: Sequence[str] = COLUMNS) -> dict[str, int | str | None]:
    """The row's figures for JSON."""
    return {name: _plain(getattr(row, name)) for name in names}


def refrozen(total: Mapping[str, Any], names: Sequence[str] = COLUMNS) -> dict[str, Any]:
    """Figures of a snapshot as frozen() has them: whole masses are text there too."""
    return {name: _text(name, total.get(name, 0)) for name in names}


def _text(name: str, value: Any) -> Any:
    is_mass = kind_of(name) is Kind.MASS and value is not None
    return _plain(Decimal(value)) if is_mass else value


def thawed(total: Mapping[str, Any], name: str) -> int | Decimal | None:
    """A figure of frozen() as it was."""
    value = total.get(name)
    return Decimal(value) if isinstance(value, str) else value


def kind_of(name: str) -> Kind:
    """What a table makes of the figure of that name."""
    return KINDS[FIGURES[name].kind]


def _plain(value: Any) -> Any:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _names(thing: Any) -> dict[str, str]:
    return {"name": thing.name, "name_en": thing.name_en}


def fingerprint(taken: Mapping[str, Any]) -> str:
    """The SHA-256, in hex, of the figures with their ledger entry, but not of the minute they
    were counted in: the same figures have the same."""
    bare = {name: value for name, value in taken.items() if name != "counted_at"}
    line = json.dumps(bare, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


@dataclass(frozen=True)
class Moved:
    """A figure of a region that is no longer what it was."""

    code: str
    name: str
    name_en: str
    figure: str
    then: int | Decimal | None
    now: int | Decimal | None


def moved(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[Moved]:
    """The figures of the whole, then of each county, that differ; whatever else differs is
    a consequence of these, or told by same()."""
    result = []
    before, after = _by_region(then), _by_region(now)
    for code in dict.fromkeys((*before, *after)):
        names = (after.get(code) or before[code])["names"]
        pair = old, new = [found.get(code, {}).get("total", {}) for found in (before, after)]
        result += [
            Moved(code, names["name"], names["name_en"], figure, *(thawed(t, figure) for t in pair))
            for figure in FIGURES
            # One that was not told had nothing as far as anybody knew.
            if (thawed(old, figure) or 0) != (thawed(new, figure) or 0)
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


def _by_region(taken: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    region = taken["region"]
    found = {region["code"]: {"names": region, "total": taken["totals"]}}
    for prefecture in taken["prefectures"]:
        for county in prefecture["counties"]:
            found.setdefault(county["code"], {"names": county, "total": county["total"]})
    return found
