"""The public pages of fairs: the list, the board, the map and the counties.

They show this room's figures, which the room of fairs can't import: so this room serves the
endpoints `fairs.index` and `fairs.show`.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import abort, render_template, request
from flask.blueprints import BlueprintSetupState

from market.fairs.labels import SEASONS, STATUSES
from market.fairs.models import HELD, Fair, FairStatus
from market.fairs.queries import (
    all_fairs,
    cancellation_reason,
    session_lines,
    theme_names,
)
from market.fairs.timeline import published_changes
from market.permissions import requires
from market.products.units import UNITS
from market.regions.labels import level_word, level_words
from market.tallies import bp, queries, region_queries
from market.tallies.addresses import load_held_fair, load_public_fair
from market.tallies.announced import announced_page
from market.tallies.comparisons import (
    baseline_series,
    day_series,
    derived_figures,
    find_comparisons,
)
from market.tallies.evidence import evidence_rate
from market.tallies.figures import BY_NAME, FIGURES, MEASURES, RATES, rounding_note
from market.tallies.forms import CountiesForm, MeasureForm
from market.tallies.overlaps import find_shared_deals
from market.tallies.page_meta import count_meta
from market.tallies.pictures import map_drawing, top_counties
from market.tallies.quantities import dealt_together, format_dealt, product_quantities
from market.web.home_time import home_today
from market.web.page_cache import depends_on, reuse_while_unchanged

# The page must stay light: the rest is a click away.
TOP, TOP_PRODUCTS, LATEST = 10, 8, 5


@bp.record_once
def _open_the_room(state: BlueprintSetupState) -> None:
    state.app.add_url_rule("/fairs", "fairs.index", index)
    state.app.add_url_rule("/fairs/<slug>", "fairs.show", show)
    words = (derived_figures, format_dealt, dealt_together, level_word, level_words, rounding_note)
    state.app.jinja_env.globals.update(
        {word.__name__: word for word in words},
        count_meta=count_meta,
        FIGURES=FIGURES,
        RATES=RATES,
        FIGURE=BY_NAME,
    )


@requires("anyone")
def index() -> str:
    fairs = all_fairs()
    return render_template(
        "tallies/fairs.html",
        fairs=fairs,
        totals=queries.totals_of(fairs),
        seasons=SEASONS,
        statuses=STATUSES,
        FairStatus=FairStatus,
        today=home_today(),
    )


@requires("fair.read", load=load_public_fair)
@reuse_while_unchanged
def show(fair: Fair) -> str:
    depends_on(partial(queries.version_key, fair.id))
    common = _fair_shown(fair)
    if fair.status is FairStatus.ANNOUNCED:
        return announced_page(fair, common)
    if fair.totals_only or fair.status not in HELD:
        return _without_count(fair, common)
    count, by = queries.stored_count(fair), MeasureForm(request.args).figure()
    totals = count.totals()
    return render_template(
        "tallies/fair.html",
        **common,
        count=count,
        totals=totals,
        unverified=queries.unverified_in(fair, count.rows),
        evidence=evidence_rate(fair, totals.deals),
        by=by,
        measures=MEASURES,
        parts=count.parts() or count.rows,
        top=top_counties(count.rows, by, TOP),
        map=map_drawing(count.rows, by),
        days=day_series(fair, count=count),
        baseline=baseline_series(fair),
        comparisons=find_comparisons(fair, totals),
        products=region_queries.region_products(fair, count.tree.root, count)[:TOP_PRODUCTS],
        dealt=product_quantities(fair, count, count.tree.root),
        latest=region_queries.latest_deals(fair, LATEST),
        sessions=session_lines(fair),
        units=UNITS,
    )


def _fair_shown(fair: Fair) -> dict[str, Any]:
    """What every page of a fair shows of it."""
    return {
        "fair": fair,
        "themes": theme_names(fair),
        "statuses": STATUSES,
        "changes": published_changes(fair),
        "shared": find_shared_deals(fair),
    }


def _without_count(fair: Fair, common: dict[str, Any]) -> str:
    """The page of a fair that was cancelled, or of which only the totals are known."""
    if fair.status is FairStatus.CANCELLED:
        return render_template("fairs/cancelled.html", **common, reason=cancellation_reason(fair))
    totals = queries.totals(fair)
    compared = find_comparisons(fair, totals)
    return render_template("tallies/fair.html", **common, totals=totals, comparisons=compared)


@bp.get("/fairs/<slug>/counties")
@requires("fair.read", load=load_held_fair)
@reuse_while_unchanged
def counties(fair: Fair) -> str:
    depends_on(partial(queries.version_key, fair.id))
    count, sort = queries.stored_count(fair), CountiesForm(request.args).figure()
    return render_template(
        "tallies/counties.html",
        fair=fair,
        count=count,
        totals=count.totals(),
        unverified=queries.unverified_in(fair, count.rows),
        prefectures=queries.group_by_prefecture(count.rows),
        ordered=top_counties(count.rows, sort, len(count.rows)) if sort else [],
        sort=sort,
        statuses=STATUSES,
    )


@bp.get("/fairs/<slug>/map")
@requires("fair.read", load=load_held_fair)
def map_page(fair: Fair) -> str:
    count, by = queries.stored_count(fair), MeasureForm(request.args).figure()
    return render_template(
        "tallies/map.html",
        fair=fair,
        count=count,
        totals=count.totals(),
        unverified=queries.unverified_in(fair, count.rows),
        map=map_drawing(count.rows, by) or abort(404),
        by=by,
        measures=MEASURES,
        statuses=STATUSES,
    )
