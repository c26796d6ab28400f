"""What came of all calls, by week or month, county and caller, and each figure's calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from flask import render_template, request

from market.accounts.login import actor
from market.accounts.models import Account
from market.calls import bp, figures
from market.calls.figures import FIGURE_NAMES, CallScope
from market.calls.forms import FigureFilter
from market.calls.periods import PeriodKind, latest_periods, period_of
from market.database import db
from market.deals.labels import STATUSES
from market.permissions import may, requires
from market.regions.models import Region
from market.regions.queries import get_region
from market.web.converters import row_id
from market.web.home_time import home_today

PAIRS_PER_PAGE = 30
# Nobody rang before there was a place to write it down.
EARLIEST = date(2020, 1, 1)


@bp.get("/station/calls")
@requires("call.figures")
def conversion() -> str:
    """The figures of the last periods, and of one of them by county and caller."""
    reader, form = actor(), FigureFilter(request.args)
    asked, today = form.chosen(), home_today()
    kind = PeriodKind(asked.get("by", PeriodKind.MONTH))
    periods = latest_periods(today, kind)
    chosen = period_of(min(asked.get("period", today), today), kind)
    whole = CallScope.of(reader, periods[-1].first, periods[0].last)
    part = replace(whole, first=chosen.first, last=chosen.last)
    by_period = list(zip(periods, figures.by_period(whole, periods), strict=True))
    counties = figures.by_county(part)
    rows = groupby(figures.by_caller(part), key=lambda row: row.county)
    return render_template(
        "calls/conversion.html",
        kind=kind,
        PeriodKind=PeriodKind,
        # Of the earlier ones those without a call say nothing.
        periods=[row for row in by_period if row[1].rung or row[0] is periods[0]],
        chosen=chosen,
        total=figures.whole(part),
        counties=[(place, counties[place.code], list(each)) for place, each in rows],
        is_official=reader.is_official,
        may_list=may(reader, "call.list"),
    )


@bp.get("/station/calls/list")
@requires("call.figures")
def calls() -> str:
    """The pairs that a figure counts, with their calls and deals."""
    form = FigureFilter(request.args)
    asked, today = form.chosen(), home_today()
    kind = PeriodKind(asked["by"]) if "by" in asked else None
    period = period_of(min(asked.get("period", today), today), kind) if kind else None
    ends = (period.first, period.last) if period else (EARLIEST, today + timedelta(days=1))
    figure = request.args.get("figure", "rung")
    figure = figure if figure in FIGURE_NAMES else "rung"
    county, caller = _county(), _caller()
    scope = CallScope.of(actor(), *ends).narrowed(
        county.code if county else None, caller.id if caller else None
    )
    rows, pagination = figures.pairs_of_figure(scope, figure, asked.get("page", 1), PAIRS_PER_PAGE)
    here: dict[str, Any] = {"figure": figure, "by": kind, "period": period and period.first}
    here |= {"county": county and county.code, "caller": caller and caller.id}
    return render_template(
        "calls/calls.html",
        rows=rows,
        pagination=pagination,
        figure=figure,
        period=period,
        county=county,
        caller=caller,
        here=here,
        DEAL_STATUSES=STATUSES,
        may_read=lambda permission, thing: may(actor(), permission, thing),
    )


def _county() -> Region | None:
    code = request.args.get("county", "")
    return get_region(code) if code.isascii() and code.isdigit() else None


def _caller() -> Account | None:
    number = request.args.get("caller", type=row_id)
    return db.get_or_404(Account, number) if number else None
