"""The wall screen 大屏, and the same figures as JSON for anyone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from flask import jsonify, render_template, url_for
from werkzeug.wrappers import Response

from market.fairs.labels import STATUSES
from market.fairs.models import Fair
from market.fairs.queries import sessions_of, theme_names
from market.permissions import requires
from market.products.units import UNITS
from market.tallies import bp, queries, region_queries
from market.tallies.addresses import load_counted_fair
from market.tallies.comparisons import baseline_series, day_series
from market.tallies.evidence import EvidenceCounts, county_evidence
from market.tallies.figures import FIGURES, RATES
from market.tallies.pictures import map_drawing, map_name
from market.tallies.screen_figures import VALUE, day_of_fair, last_change, last_year, rankings
from market.web.home_time import home_today

# How often the screen asks, in seconds: see market.worker.RECOUNT_EVERY.
REFRESH_SECONDS = 2.5
LATEST = 4


@bp.get("/fairs/<slug>/screen")
@requires("fair.read", load=load_counted_fair)
def screen(fair: Fair) -> str:
    count = queries.stored_count(fair)
    totals = count.totals()
    return render_template(
        "tallies/screen.html",
        fair=fair,
        count=count,
        totals=totals,
        day=day_of_fair(fair, home_today()),
        days_left=max((fair.starts_on - home_today()).days, 0),
        sessions=sessions_of(fair),
        changed_at=last_change(fair),
        compared=last_year(fair, totals),
        unverified=queries.unverified_in(fair, count.rows),
        top=rankings(fair, count),
        map=map_drawing(count.rows, VALUE),
        map_name=map_name,
        days=day_series(fair, count=count),
        baseline=baseline_series(fair),
        latest=region_queries.latest_deals(fair, LATEST),
        themes=theme_names(fair),
        statuses=STATUSES,
        units=UNITS,
        every=REFRESH_SECONDS,
    )


@bp.get("/fairs/<slug>/figures.json")
@requires("fair.read", load=load_counted_fair)
def figures_json(fair: Fair) -> Response:
    count = queries.stored_count(fair)
    entry = queries.ledger_entry(count.ledger_id)
    waits = queries.unverified_in(fair, count.rows)
    groups = queries.group_by_prefecture(count.rows)
    evidence = county_evidence(fair, [c.code for c in count.rows], max(count.ledger_id, 0))
    return jsonify(
        fair={"slug": fair.slug, "name": fair.name, "name_en": fair.name_en, "status": fair.status},
        invented_detail=fair.is_replay,
        counted_at=count.at.isoformat() if count.at else None,
        ledger={"entry": entry[0], "hash": entry[1]},
        units={figure.name: figure.kind for figure in (*FIGURES, *RATES)},
        total=_figure_values(count.totals()),
        awaiting={"deals": waits.deals, "amount_fen": waits.amount_fen},
        prefectures=[
            {
                **_region_values(p, p.rank),
                **_figure_values(p.total),
                "counties": [_county_values(c, evidence) for c in p.counties],
            }
            for p in groups
        ],
        days=[
            {"day": day.isoformat(), **_figure_values(t)}
            for day, t in queries.totals_by_day(fair, count=count)
        ],
        page=url_for("fairs.show", slug=fair.slug),
    )


def _region_values(region: Any, rank: int | None) -> dict[str, Any]:
    return {"code": region.code, "name": region.name, "name_en": region.name_en, "rank": rank}


def _county_values(county: Any, evidence: Mapping[str, EvidenceCounts]) -> dict[str, Any]:
    return {
        **_region_values(county, county.rank),
        "rank_within": county.rank_within,
        **_figure_values(county),
        "evidence": asdict(evidence.get(county.code, EvidenceCounts())),
    }


def _figure_values(totals: Any) -> dict[str, Any]:
    """Every figure by name: whole numbers, and exact decimals as text."""
    return {figure.name: json_value(figure.of(totals)) for figure in (*FIGURES, *RATES)}


def json_value(value: Any) -> Any:
    """A figure's value in JSON: an exact decimal as text."""
    return f"{value:f}" if isinstance(value, Decimal) else value
