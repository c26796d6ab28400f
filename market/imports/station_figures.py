"""Imports among the figures of the stations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from market.database import db
from market.desk.queries import inside
from market.imports.models import Import, ImportState
from market.regions.models import Region
from market.stations.figures import StationFigure, add_station_figure
from market.web.language import lazy_gettext as _l


def _imports(paths: Sequence[str], since: datetime) -> dict[str, int]:
    """Finished since then and not undone, by county."""
    rows = db.session.execute(
        select(Import.region_code, func.count())
        .join(Region, Region.code == Import.region_code)
        .where(Import.state == ImportState.DONE, Import.done_at >= since, inside(paths))
        .group_by(Import.region_code)
    )
    return dict(rows.all())


add_station_figure(StationFigure(60, "imports", _l("Imports"), _imports))
