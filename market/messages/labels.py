"""The words for states of questions, quotations and reports."""

from __future__ import annotations

from market.messages.models import QuestionStatus, QuotationState, ReportDecision
from market.web.language import lazy_gettext as _l

STATUSES = {
    QuestionStatus.OPEN: _l("Waiting for an answer"),
    QuestionStatus.ANSWERED: _l("Answered"),
    QuestionStatus.CLOSED: _l("Closed"),
}

QUOTATION_STATES = {
    QuotationState.OPEN: _l("Waiting for an answer"),
    QuotationState.ACCEPTED: _l("Terms accepted"),
    QuotationState.DECLINED: _l("Declined"),
    QuotationState.REPLACED: _l("Replaced by a new one"),
}

REPORT_DECISIONS = {
    ReportDecision.DISMISSED: _l("Nothing against the rules"),
    ReportDecision.CLOSED: _l("Conversation closed"),
}
