"""The figures of stations by county, at the desk."""

from __future__ import annotations

from flask import render_template

from market.accounts.login import actor
from market.desk.queries import scope
from market.permissions import requires
from market.stations import bp, figures


@bp.get("/desk/stations")
@requires("official")
def county_figures() -> str:
    rows = figures.station_rows(scope(actor()))
    return render_template(
        "stations/figures.html",
        rows=rows,
        heads=[each.label for each in figures.station_figures],
        sums=[sum(column) for column in zip(*(row.figures for row in rows), strict=True)],
        days=figures.RECENT.days,
    )
