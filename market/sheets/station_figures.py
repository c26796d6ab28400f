"""Village sheets that were put up, among the figures of the stations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from market.desk.queries import inside
from market.regions.models import Region
from market.sheets.models import SheetPosting
from market.stations.figures import Counted, StationFigure, add_station_figure
from market.text.days import local_day
from market.web.home_time import home_zone
from market.web.language import lazy_gettext as _l


def _sheets(paths: Sequence[str], since: datetime) -> Counted:
    """Sheets put up since then."""
    of = SheetPosting
    return (
        select(of.region_code, of.recorded_by_id, func.sum(of.copies))
        .join(Region, Region.code == of.region_code)
        .where(of.posted_on >= local_day(since, home_zone()), of.withdrawn_at.is_(None))
        .where(inside(paths))
        .group_by(of.region_code, of.recorded_by_id)
    )


add_station_figure(StationFigure(70, "sheets", _l("Sheets put up"), _sheets))
