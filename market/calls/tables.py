"""What came of the calls as a table for officials to take away."""

from __future__ import annotations

from flask_babel import gettext as _

from market.accounts.models import Account
from market.calls import figures
from market.calls.figures import CallScope
from market.calls.labels import FIGURES
from market.calls.periods import PeriodKind, latest_periods
from market.database import utcnow
from market.desk.queries import scope
from market.tables.desk_tables import add_desk_table, make_desk_table
from market.tables.fair_tables import region_name
from market.tables.table import Column, ColumnKind, Table, TableRow
from market.web.home_time import home_today
from market.web.language import lazy_gettext as _l


def call_table(account: Account) -> Table:
    """A row for each month of the last year, county and caller, the newest month first."""
    columns = (
        Column(_("Month"), width=10),
        Column(_("County"), width=16, is_region=True),
        Column(_("Who rang"), width=16),
        *(Column(str(label), ColumnKind.COUNT) for label in FIGURES.values()),
    )
    rows: list[TableRow] = []
    for month in latest_periods(home_today(), PeriodKind.MONTH):
        asked = CallScope(scope(account), account.id, month.first, month.last)
        rows += [
            (
                *(f"{month.first:%Y-%m}", region_name(row.county), row.caller.name),
                *(number for _name, number in row.figures.items()),
            )
            for row in figures.by_caller(asked)
        ]
    note = _("Pairs: each once for whoever rang it in the month; deals by when the pair was rung.")
    return make_desk_table("calls", scope(account), utcnow(), columns, rows, note)


add_desk_table("calls", _l("Calls about matches"), call_table)
