"""The official's page of sheets: how far they got in each county."""

from __future__ import annotations

from flask import render_template
from sqlalchemy import bindparam, func, select

from market.accounts.login import actor
from market.database import read
from market.monitoring.queries import official_paths
from market.permissions import requires
from market.regions.models import is_within
from market.regions.queries import region_lexicon
from market.sheets import bp
from market.sheets.models import SheetPosting
from market.sheets.work_views import asked_week


@bp.get("/desk/sheets")
@requires("official")
def desk() -> str:
    week, paths = asked_week(), official_paths(actor())
    places = region_lexicon().places.values()
    counties = [p for p in places if p.is_leaf and any(is_within(p.path, path) for path in paths)]
    return render_template(
        "sheets/desk.html",
        week=week,
        counties=sorted(counties, key=lambda place: place.path),
        posted={row.region_code: row for row in read(_POSTED, week=str(week))},
    )


_VILLAGE = SheetPosting.township_code + "/" + SheetPosting.village
_POSTED = (
    select(
        SheetPosting.region_code,
        func.count(_VILLAGE.distinct()).label("villages"),
        func.sum(SheetPosting.copies).label("copies"),
    )
    .where(SheetPosting.week == bindparam("week"), SheetPosting.withdrawn_at.is_(None))
    .group_by(SheetPosting.region_code)
)
