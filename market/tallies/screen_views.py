"""The wall screen 大屏, and the same figures as JSON for anyone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import jsonify, render_template, url_for

from market.fairs.labels import STATUSES
from market.fairs.models import Fair
from market.fairs.queries import theme_names
from market.permissions import requires
from market.products.units import UNITS
from market.tallies import bp, queries, region_queries
from market.tallies.comparisons import baseline_line, line
from market.tallies.figures import BY_NAME, FIGURES, RATES
from market.tallies.pictures import drawn_map, first
from market.tallies.views import load_counted_fair

# How often the screen asks, in seconds: see market.worker.RECOUNT_EVERY.
EVERY = 2.5
TOP, LATEST = 10, 4
VALUE = BY_NAME["amount_fen"]


@bp.get("/fairs/<slug>/screen")
@requires("fair.read", load=load_counted_fair)
def screen(fair: Fair) -> Any:
    count = queries.kept(fair)
    return render_template(
        "tallies/screen.html",
        fair=fair,
        count=count,
        totals=count.totals(),
        awaiting=queries.awaiting_in(fair, count.rows),
        top=first(count.rows, VALUE, TOP),
        map=drawn_map(count.rows, VALUE),
        days=line(fair),
        baseline=baseline_line(fair),
        latest=region_queries.latest_deals(fair, LATEST),
        themes=theme_names(fair),
        statuses=STATUSES,
        units=UNITS,
        every=EVERY,
    )


@bp.get("/fairs/<slug>/figures.json")
@requires("fair.read", load=load_counted_fair)
def figures_json(fair: Fair) -> Any:
    count = queries.kept(fair)
    entry = queries.ledger_entry(count.ledger_id)
    waits = queries.awaiting_in(fair, count.rows)
    groups = queries.grouped(count.rows)
    return jsonify(
        fair={"slug": fair.slug, "name": fair.name, "name_en": fair.name_en, "status": fair.status},
        invented_detail=fair.is_replay,
        counted_at=count.at.isoformat() if count.at else None,
        ledger={"entry": entry[0], "hash": entry[1]},
        units={figure.name: figure.kind for figure in (*FIGURES, *RATES)},
        total=_figures(count.totals()),
        awaiting={"deals": waits.deals, "amount_fen": waits.amount_fen},
        prefectures=[
            {
                **_named(p, p.rank),
                **_figures(p.total),
                "counties": [
                    {**_named(c, c.rank), "rank_within": c.rank_within, **_figures(c)}
                    for c in p.counties
                ],
            }
            for p in groups
        ],
        days=[{"day": day.isoformat(), **_figures(t)} for day, t in queries.by_day(fair)],
        page=url_for("fairs.show", slug=fair.slug),
    )


def _named(region: Any, rank: int | None) -> dict[str, Any]:
    return {"code": region.code, "name": region.name, "name_en": region.name_en, "rank": rank}


def _figures(totals: Any) -> dict[str, Any]:
    """Every figure by name: whole numbers, and exact decimals as text."""
    values = {figure.name: figure.of(totals) for figure in (*FIGURES, *RATES)}
    return {n: f"{v:f}" if isinstance(v, Decimal) else v for n, v in values.items()}
