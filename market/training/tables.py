"""Trainings of the counties as a table for officials to take away, and beside the stations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, null, select

from market.accounts.models import Account
from market.database import db, utcnow
from market.desk.queries import inside, scope
from market.regions.models import Region
from market.stations.figures import Counted, StationFigure, add_station_figure
from market.tables.desk_tables import add_desk_table, make_desk_table
from market.tables.fair_tables import region_name
from market.tables.table import Column, ColumnKind, Table, TableRow
from market.text.days import local_day
from market.training.models import TrainingSession
from market.training.queries import figures_by_county, years_held
from market.web.home_time import home_zone
from market.web.language import lazy_gettext as _l


def training_table(account: Account) -> Table:
    """A row for each year and county with a training, the latest year first."""
    paths = scope(account)
    columns = (
        Column(_("Year"), ColumnKind.TEXT, width=8),
        Column(_("County"), width=16, is_region=True),
        Column(_("Trainings"), ColumnKind.COUNT),
        Column(_("People"), ColumnKind.COUNT),
        Column(_("With a certificate"), ColumnKind.COUNT),
    )
    rows: list[TableRow] = []
    for year in years_held(paths):
        found = figures_by_county(paths, year)
        places = db.session.scalars(
            select(Region).where(Region.code.in_(found)).order_by(Region.path)
        )
        for place in places:
            figures = found[place.code]
            counts = figures.sessions, figures.people, figures.certified
            rows.append((str(year), region_name(place), *counts))
    note = _("People: who came in the year, each once.")
    return make_desk_table("training", paths, utcnow(), columns, rows, note)


def _sessions(paths: Sequence[str], since: datetime) -> Counted:
    """The county's own: no assistant holds them."""
    return (
        select(TrainingSession.region_code, null(), func.count())
        .join(Region, Region.code == TrainingSession.region_code)
        .where(inside(paths), TrainingSession.held_on >= local_day(since, home_zone()))
        .group_by(TrainingSession.region_code)
    )


add_desk_table("training", _l("Trainings"), training_table)
add_station_figure(StationFigure(80, "trainings", _l("Trainings"), _sessions))
