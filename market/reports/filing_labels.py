"""The words of reporting: states, acts, and the figures a statement tells."""

from __future__ import annotations

from market.language import lazy_gettext as _l
from market.reports.models import Act, Kind, StatementStatus

KINDS = {Kind.DAILY: _l("Daily statement"), Kind.FINAL: _l("Final statement")}
STATEMENT_STATUSES = {
    StatementStatus.DRAFT: _l("Not submitted"),
    StatementStatus.SUBMITTED: _l("Submitted"),
    StatementStatus.ACCEPTED: _l("Accepted"),
    StatementStatus.RETURNED: _l("Returned"),
    StatementStatus.PUBLISHED: _l("Published"),
}
ACTS = {
    Act.SUBMITTED: _l("Submitted"),
    Act.ACCEPTED: _l("Accepted"),
    Act.RETURNED: _l("Returned"),
    Act.PUBLISHED: _l("Published"),
    Act.REMINDED: _l("Reminded"),
    Act.CORRECTED: _l("Correction filed"),
    Act.CONFIRMED: _l("Correction confirmed"),
    Act.REFUSED: _l("Correction refused"),
}
# Every figure of market.reports.snapshots.FIGURES, in the order of an official table.
FIGURE_LABELS = {
    "amount_fen": _l("Value (10,000 yuan)"),
    "deals": _l("Deals"),
    "listings": _l("Listings"),
    "sell": _l("Supply"),
    "buy": _l("Demand"),
    "merchants": _l("Effective merchants"),
    "sold_fen": _l("Sold (10,000 yuan)"),
    "bought_fen": _l("Bought (10,000 yuan)"),
}
