"""The words for a question's states."""

from __future__ import annotations

from market.messages.models import QuestionStatus
from market.web.language import lazy_gettext as _l

STATUSES = {
    QuestionStatus.OPEN: _l("Waiting for an answer"),
    QuestionStatus.ANSWERED: _l("Answered"),
    QuestionStatus.CLOSED: _l("Closed"),
}
