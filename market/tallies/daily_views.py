"""The public pages of daily matching 日常对接: what is dealt outside fairs, down to each deal."""

from __future__ import annotations

from typing import Any

from flask import Response, jsonify, render_template, request, url_for
from flask_login import current_user

from market.database import db
from market.deals.labels import EVIDENCE_LABELS
from market.deals.models import Deal
from market.permissions import may, requires
from market.products.units import UNITS
from market.regions.queries import get_region, home_region
from market.tallies import bp
from market.tallies.daily_deals import daily_deal, daily_deals
from market.tallies.daily_matching import (
    DAILY_FIGURES,
    DailyFigures,
    chosen_product,
    chosen_region,
    daily_count,
    format_month,
)
from market.tallies.forms import DailyForm
from market.tallies.region_queries import PublicDeal
from market.tallies.screen_views import json_value

# The page must stay light: the table has all.
MAX_PRODUCTS = 20


@bp.get("/daily-matching")
@requires("anyone")
def daily() -> str:
    count = daily_count(DailyForm(request.args).deals())
    return render_template(
        "tallies/daily.html",
        count=count,
        home=home_region(),
        figures_shown=DAILY_FIGURES,
        format_month=format_month,
        most=MAX_PRODUCTS,
    )


@bp.get("/daily-matching/deals")
@requires("anyone")
def daily_list() -> str:
    form = DailyForm(request.args)
    chosen = form.deals()
    return render_template(
        "tallies/daily_deals.html",
        chosen=chosen,
        region=chosen_region(chosen),
        product=chosen_product(chosen),
        found=daily_deals(chosen, form.asked.get("page", 1)),
        format_month=format_month,
        home=home_region(),
        units=UNITS,
    )


@bp.get("/daily-matching/deals/<int:deal_id>")
@requires("anyone", load=daily_deal)
def daily_deal_page(public: PublicDeal) -> str:
    return render_template(
        "tallies/daily_deal.html",
        deal=public.row,
        evidence_labels=EVIDENCE_LABELS,
        entries=public.entries,
        counted_in=get_region(public.row.home_region_code),
        whole=may(current_user, "deal.read", db.session.get_one(Deal, public.row.id)),
        units=UNITS,
    )


@bp.get("/daily-matching/figures.json")
@requires("anyone")
def daily_json() -> Response:
    count = daily_count(DailyForm(request.args).deals())
    return jsonify(
        chosen=count.chosen.address(),
        ledger={"entry": count.ledger[0], "hash": count.ledger[1]},
        units={figure.name: figure.kind for figure in DAILY_FIGURES},
        total=_values(count.total),
        prefectures=[
            {**_row(p), "counties": [_row(c) for c in p.counties]} for p in count.prefectures
        ],
        months=[{"year": m.year, "month": m.month, **_values(m.figures)} for m in count.months],
        products=[_row(product) for product in count.products],
        page=url_for("tallies.daily", **count.chosen.address()),
    )


def _row(row: Any) -> dict[str, Any]:
    names = {"code": row.code, "name": row.name, "name_en": row.name_en}
    return {**names, **_values(row.figures)}


def _values(figures: DailyFigures) -> dict[str, Any]:
    """The figures by name, as those of a fair; other measures than mass by their base unit."""
    others = {
        name: json_value(quantity.normalize()) for name, quantity in figures.quantities.items()
    }
    return {f.name: json_value(f.of(figures)) for f in DAILY_FIGURES} | {"other": others}
