"""The words of reporting: what a statement is, its states, and what was done to it."""

from __future__ import annotations

from market.statements.models import Act, Kind, StatementStatus
from market.web.language import lazy_gettext as _l

KINDS = {Kind.DAILY: _l("Daily statement"), Kind.FINAL: _l("Final statement")}
STATEMENT_STATUSES = {
    StatementStatus.DRAFT: _l("Not submitted"),
    StatementStatus.SUBMITTED: _l("Submitted"),
    StatementStatus.ACCEPTED: _l("Accepted"),
    StatementStatus.RETURNED: _l("Returned"),
    StatementStatus.PUBLISHED: _l("Made public"),
}
ACTS = {
    Act.SUBMITTED: _l("Submitted"),
    Act.ACCEPTED: _l("Accepted"),
    Act.RETURNED: _l("Returned"),
    Act.PUBLISHED: _l("Made public"),
    Act.REMINDED: _l("Reminded"),
    Act.CORRECTED: _l("Correction filed"),
    Act.CONFIRMED: _l("Correction confirmed"),
    Act.REFUSED: _l("Correction refused"),
}
