"""The fair's public face and its regions.

The pages of the fairs themselves show this room's figures. Imports only go down, so this
room serves the addresses `fairs.index` and `fairs.show` for the room above it.
"""

from __future__ import annotations

from typing import Any

from flask import Response, abort, current_app, render_template, request
from flask.blueprints import BlueprintSetupState

from market.fairs.labels import SEASONS, STATUSES
from market.fairs.models import Fair, FairStatus
from market.fairs.queries import all_fairs, load_fair, session_lines, theme_names
from market.permissions import requires
from market.products.units import UNITS
from market.regions.models import Region, is_within
from market.regions.queries import get_region
from market.tallies import bp, comparing, queries, region_queries
from market.tallies import map as county_map

TOP = 10
# A province deals in several hundred products; the page must stay light.
MOST_PRODUCTS = 40


@bp.record_once
def _serve_the_fairs(state: BlueprintSetupState) -> None:
    state.app.add_url_rule("/fairs", "fairs.index", index)
    state.app.add_url_rule("/fairs/<slug>", "fairs.show", show)


@requires("anyone")
def index() -> Any:
    fairs = all_fairs()
    return render_template(
        "fairs/index.html",
        fairs=fairs,
        totals=queries.totals_of(fairs),
        seasons=SEASONS,
        statuses=STATUSES,
        FairStatus=FairStatus,
    )


@requires("fair.read", load=load_fair)
def show(fair: Fair) -> Any:
    rows = [] if fair.totals_only else queries.county_rows(fair)
    totals = queries.totals(fair) if fair.totals_only else queries.Totals.of(rows)
    counted_at = queries.counted_at(fair)
    top = sorted((r for r in rows if r.rank), key=lambda r: (r.rank or 0, r.code))[:TOP]
    return render_template(
        "fairs/show.html",
        fair=fair,
        totals=totals,
        prefectures=queries.grouped(rows),
        top=top,
        map=_map(fair, rows),
        days=[] if fair.totals_only else queries.value_by_day(fair, counted_at),
        counted_at=counted_at,
        comparisons=comparing.comparisons(fair, totals),
        themes=theme_names(fair),
        sessions=session_lines(fair),
        statuses=STATUSES,
    )


@bp.get("/fairs/<slug>/map.svg")
@requires("fair.read", load=load_fair)
def map_svg(fair: Fair) -> Any:
    drawn = _map(fair, [] if fair.totals_only else queries.county_rows(fair)) or abort(404)
    body = render_template("tallies/map.svg", fair=fair, map=drawn, colours=county_map.colours())
    response = Response(body, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, max-age=5"
    return response


def _map(fair: Fair, rows: list[queries.CountyRow]) -> dict[str, Any] | None:
    """What the map's picture and its legend need; None where there is no map to draw."""
    drawn = county_map.outline(
        current_app.config["HOME_REGION"], frozenset(row.host_code or row.code for row in rows)
    )
    if drawn is None:
        return None
    shapes, cuts = county_map.shapes(rows, drawn)
    zones = [(row, shape.county) for shape in shapes for row in shape.zones]
    return {"outline": drawn, "shapes": shapes, "cuts": cuts, "zones": zones}


def load_region(slug: str, code: str) -> tuple[Fair, Region]:
    """The fair and a region inside its own, or 404."""
    fair, region = load_fair(slug), get_region(code)
    if fair.totals_only or not is_within(region.path, fair.region.path):
        abort(404)
    return fair, region


@bp.get("/fairs/<slug>/regions/<code>")
@requires("fair.read", load=load_region)
def region(found: tuple[Fair, Region]) -> Any:
    fair, region = found
    page = max(1, request.args.get("page", 1, type=int))
    rows = queries.county_rows(fair, region.path)
    counted_at = queries.counted_at(fair)
    deals = region_queries.region_deals(fair, region, page)
    return render_template(
        "tallies/region.html",
        fair=fair,
        region=region,
        parent=region.parent if region.path != fair.region.path else None,
        own=next((row for row in rows if row.code == region.code), None),
        totals=queries.Totals.of(rows),
        prefectures=queries.grouped(rows),
        rows=rows,
        products=region_queries.region_products(fair, region),
        deals=deals.rows,
        page=deals.page,
        pages=deals.pages,
        most=MOST_PRODUCTS,
        units=UNITS,
        counted_at=counted_at,
        statuses=STATUSES,
    )
