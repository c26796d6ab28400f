"""The figures of stations by county, and of a county's by assistant, at the desk."""

from __future__ import annotations

from flask import abort, render_template

from market.accounts.login import actor
from market.database import db
from market.desk.queries import scope
from market.permissions import requires
from market.regions.models import Region
from market.stations import bp, figures


def load_county(code: str) -> Region:
    """The county of that code, or 404."""
    region = db.session.get(Region, code)
    return region if region is not None and region.is_leaf else abort(404)


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


@bp.get("/desk/stations/<code>")
@requires("region.watch", load=load_county)
def assistant_figures(county: Region) -> str:
    found = figures.station_rows([county.path])
    return render_template(
        "stations/assistants.html",
        county=county,
        row=found[0] if found else None,
        heads=[each.label for each in figures.station_figures],
        days=figures.RECENT.days,
    )
