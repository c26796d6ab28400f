"""The words of reporting: what a statement is, its states, and what was done to it."""

from __future__ import annotations

from market.statements.models import StatementAct, StatementKind, StatementStatus
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
