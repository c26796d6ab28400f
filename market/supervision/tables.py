"""The composite table as a table to take away."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from market.accounts.models import Account
from market.desk.queries import scope
from market.fairs.models import Fair
from market.supervision.assessment import assess, weights_of
from market.supervision.commendations import commended_codes
from market.supervision.models import AssessmentPart
from market.supervision.part_labels import PART_NAMES
from market.tables.desk_tables import DESK_TABLE_LABELS, make_desk_table
from market.tables.fair_tables import region_name
from market.tables.table import Column, ColumnKind, Table
from market.web.filters import local_name
from market.web.language import lazy_gettext as _l

# Of a fair, so at an address of its own.
DESK_TABLE_LABELS["assessment"] = _l("Assessment of the counties")


def assessment_table(account: Account, fair: Fair, now: datetime) -> Table:
    """A row for each county the account acts over, the best first, with the score of each part."""
    weights, commended = weights_of(fair), commended_codes(fair)
    columns = (
        Column(_("Rank"), ColumnKind.COUNT),
        Column(_("Prefecture"), width=16, is_region=True),
        Column(_("County"), width=16, is_region=True),
        Column(_("Total score"), ColumnKind.NUMBER),
        *(
            Column(
                _("%(part)s (weight %(weight)s)", part=PART_NAMES[part], weight=weights[part]),
                ColumnKind.NUMBER,
                width=16,
            )
            for part in AssessmentPart
        ),
        Column(_("Commended"), width=8),
    )
    rows: list[tuple[Any, ...]] = [
        (
            row.rank,
            region_name(row.unit.parent) if row.unit.parent else "",
            region_name(row.unit),
            row.total,
            *(row.scores[part].score for part in AssessmentPart),
            _("commended") if row.unit.code in commended else "",
        )
        for row in assess(fair, now)
        if account.is_official_over(row.path)
    ]
    return make_desk_table("assessment", scope(account), now, columns, rows, local_name(fair))
