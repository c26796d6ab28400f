"""Freezing figures: of a region as counted, of a county at the end of a day, or gathered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from market.deals.ledger import Head
from market.fairs.models import Fair
from market.tallies.end_of_day import DayEnd, cut_off
from market.tallies.frozen_figures import (
    FORMAT,
    TIME_FORMAT,
    FrozenFigures,
    Json,
    figures_json,
    increment_json,
    plain,
    sum_totals,
)
from market.tallies.queries import CountyRow, StoredCount, Totals, ledger_entry, totals_by_day
from market.tallies.region_queries import ProductRow, region_products

NAMES = ("code", "name", "name_en")


def freeze_count(
    fair: Fair, count: StoredCount, region: Any, frozen_at: datetime | None
) -> FrozenFigures:
    """What `region` (anything with its code, names and path) has by the count.

    Args:
        frozen_at: the time to show; None where nothing was ever counted.
    """
    node = count.tree.nodes[region.code]
    ledger = Head(*ledger_entry(max(count.ledger_id, 0)))
    return FrozenFigures(
        {
            **_heading(fair, region, ledger, frozen_at),
            "totals": figures_json(count.totals(node)),
            "children": _children(count, node),
            "products": [plain(vars(row)) for row in region_products(fair, node, count)],
            "days": [_day(day, totals) for day, totals in totals_by_day(fair, node, count)],
            "missing": [],
        }
    )


def freeze_day_end(
    fair: Fair, region: Any, day: date, ledger: Head, end: DayEnd, frozen_at: datetime
) -> FrozenFigures:
    """What a county has at the end of a day; `ledger`: the last entry before that."""
    return FrozenFigures(
        {
            **_heading(fair, region, ledger, frozen_at, day),
            "totals": figures_json(end.totals),
            "increment": increment_json(end.increment),
            "children": [],
            "products": [plain(vars(row)) for row in end.products],
            "days": [_day(day, totals) for day, totals in end.days],
            "missing": [],
        }
    )


def gather(
    fair: Fair,
    region: Any,
    ledger: Head,
    parts: Sequence[FrozenFigures],
    missing: Sequence[Json],
    frozen_at: datetime,
    day: date | None = None,
) -> FrozenFigures:
    """The figures of a unit from those below it: nothing in it but what they froze.

    Args:
        day: of daily figures.
        missing: code, name, name_en, parent and reason of the units that are not in; what
            `parts` name as missing is added.
    """
    increments = Totals.of(part.increment_on(day) for part in parts) if day else None
    return FrozenFigures(
        {
            **_heading(fair, region, ledger, frozen_at, day),
            "totals": figures_json(sum_totals(parts)),
            **({"increment": increment_json(increments)} if increments else {}),
            "children": [_gathered(part) for part in parts],
            "products": _gathered_products(parts),
            "days": _gathered_days(parts),
            "missing": [*missing, *(one for part in parts for one in part.data["missing"])],
        }
    )


def _heading(
    fair: Fair, region: Any, ledger: Head, frozen_at: datetime | None, day: date | None = None
) -> Json:
    """What frozen figures begin with; `day`: the day as of whose end they are."""
    about = ("id", "slug", "name", "name_en", "starts_on", "ends_on")
    return {
        "fair": plain({name: getattr(fair, name) for name in about}),
        "region": {name: getattr(region, name) for name in (*NAMES, "path")},
        "ledger": {"id": ledger.id, "hash": ledger.hash},
        "taken_at": frozen_at.astimezone(UTC).strftime(TIME_FORMAT) if frozen_at else None,
        "format": FORMAT,
        **({"until": cut_off(day).strftime(TIME_FORMAT)} if day else {}),
    }


def _day(day: date, totals: Totals) -> Json:
    return {"day": day.isoformat(), **increment_json(totals)}


def _children(count: StoredCount, node: Any) -> list[Json]:
    """The counties of a prefecture; of a province its prefectures with theirs, and the counties
    that stand straight under it."""
    children: list[Json] = []
    for part in count.parts(node):
        if isinstance(part, CountyRow):
            children.append(_child(part, part, []))
            continue
        counties = [_child(county, county, []) for county in part.counties]
        own = part.code == node.code
        children += counties if own else [_child(part, part.total, counties)]
    return children


def _child(region: Any, totals: Totals, children: list[Json]) -> Json:
    names = {name: getattr(region, name) for name in NAMES}
    return {**names, "totals": figures_json(totals), "children": children}


def _gathered(part: FrozenFigures) -> Json:
    names = ("totals", "ledger", "children", "increment", "until")
    return {
        **{name: part.data["region"][name] for name in NAMES},
        **{name: part.data[name] for name in names if name in part.data},
        "version": part.version,
        "correction": part.correction,
    }


def _gathered_products(parts: Iterable[FrozenFigures]) -> list[Json]:
    """The products of all, each once."""
    groups: dict[tuple[str, ...], list[ProductRow]] = {}
    for row in (row for part in parts for row in part.products):
        groups.setdefault((row.code, row.name, row.name_en, row.category), []).append(row)
    sums = ("sell", "buy", "deals", "amount_fen", "mass_kg")
    rows = [
        replace(group[0], **{name: sum(getattr(row, name) for row in group) for name in sums})
        for group in groups.values()
    ]
    rows.sort(key=lambda row: (-row.amount_fen, -row.listings, row.code))
    return [plain(vars(row)) for row in rows]


def _gathered_days(parts: Iterable[FrozenFigures]) -> list[Json]:
    """The days of all, each once, in their order."""
    days: dict[date, list[Totals]] = {}
    for day, totals in (row for part in parts for row in part.days):
        days.setdefault(day, []).append(totals)
    return [_day(day, Totals.of(several)) for day, several in sorted(days.items())]
