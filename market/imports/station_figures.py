"""Imports among the figures of the stations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from market.desk.queries import inside
from market.imports.models import Import, ImportState
from market.regions.models import Region
from market.stations.figures import Counted, StationFigure, add_station_figure
from market.web.language import lazy_gettext as _l


def _imports(paths: Sequence[str], since: datetime) -> Counted:
    """Finished since then and not undone."""
    return (
        select(Import.region_code, Import.assistant_id, func.count())
        .join(Region, Region.code == Import.region_code)
        .where(Import.state == ImportState.DONE, Import.done_at >= since, inside(paths))
        .group_by(Import.region_code, Import.assistant_id)
    )


add_station_figure(StationFigure(60, "imports", _l("Imports"), _imports))
