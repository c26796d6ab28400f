"""The words of reporting: what a statement is, its states, and what was done to it."""

from __future__ import annotations

from typing import NamedTuple

from flask_babel.speaklater import LazyString

from market.statements.completeness import CellState
from market.statements.models import StatementAct, StatementKind, StatementStatus
from market.statements.rules import DayState
from market.web.language import lazy_gettext as _l

STATEMENT_KINDS = {
    StatementKind.DAILY: _l("Daily statement"),
    StatementKind.FINAL: _l("Final statement"),
}
STATEMENT_STATUSES = {
    StatementStatus.DRAFT: _l("Not submitted"),
    StatementStatus.SUBMITTED: _l("Submitted"),
    StatementStatus.WITHDRAWN: _l("Withdrawn by its unit"),
    StatementStatus.ACCEPTED: _l("Accepted"),
    StatementStatus.RETURNED: _l("Returned"),
    StatementStatus.PUBLISHED: _l("Made public"),
}
# With the sign that says it without a colour.
DAY_STATES = {
    DayState.IN_TIME: ("✓", _l("submitted in time")),
    DayState.LATE: ("△", _l("submitted late")),
    DayState.RETURNED: ("↩", _l("returned")),
    DayState.MISSING: ("!", _l("missing")),
    DayState.OPEN: ("·", _l("not due yet")),
}
ACT_LABELS = {
    StatementAct.SUBMITTED: _l("Submitted"),
    StatementAct.WITHDRAWN: _l("Withdrawn by its unit"),
    StatementAct.ACCEPTED: _l("Accepted"),
    StatementAct.RETURNED: _l("Returned"),
    StatementAct.PUBLISHED: _l("Made public"),
    StatementAct.REMINDED: _l("Reminded"),
    StatementAct.CORRECTED: _l("Correction filed"),
    StatementAct.CONFIRMED: _l("Correction confirmed"),
    StatementAct.REFUSED: _l("Correction refused"),
}


class CellLabel(NamedTuple):
    """How a cell of the matrix is called: `short` stands in it, `text` explains it."""

    short: LazyString
    text: LazyString


CELLS = {
    CellState.ACCEPTED: CellLabel(_l("ok"), _l("Accepted")),
    CellState.SUBMITTED: CellLabel(_l("here"), _l("Waits to be reviewed")),
    CellState.LATE: CellLabel(_l("Late"), _l("Submitted after it was due")),
    CellState.RETURNED: CellLabel(_l("back"), _l("Returned")),
    CellState.WITHDRAWN: CellLabel(_l("undo"), _l("Withdrawn by its unit")),
    CellState.MISSING: CellLabel(_l("gap"), _l("Overdue, not submitted")),
    CellState.REMINDED: CellLabel(_l("asked"), _l("Overdue or returned, reminded within the hour")),
    CellState.OPEN: CellLabel(_l("due"), _l("Not due yet")),
}
