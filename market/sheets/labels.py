"""Words for sizes of paper, and for how far a stack is."""

from __future__ import annotations

from market.papers.labels import ERROR_LABELS as DOCUMENT_ERRORS
from market.papers.models import DocumentStatus
from market.sheets.models import PaperSize
from market.web.language import lazy_gettext as _l

PAPERS = {
    PaperSize.A4: _l("A4, as every printer has it"),
    PaperSize.A3: _l("A3, to be read from a metre away"),
    PaperSize.A2: _l("A2, for the gate and the market"),
}
SHEET_PAPERS = {
    PaperSize.A4: PAPERS[PaperSize.A4],
    PaperSize.A3: _l("A3, with more than twice as many offers"),
}
STATUSES = {
    DocumentStatus.QUEUED: _l("Waiting its turn"),
    DocumentStatus.RUNNING: _l("Being made"),
    DocumentStatus.DONE: _l("Ready"),
    DocumentStatus.FAILED: _l("Failed"),
}
ERRORS = {
    "no_font": DOCUMENT_ERRORS["no_font"],
    "stopped": DOCUMENT_ERRORS["stopped"],
    "erased": _l("It named somebody who has erased their account since. Ask for it again."),
    "broken": _l("Something broke on our side. Try again."),
}
