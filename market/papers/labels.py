"""The words for kinds of documents, for how far one is, and for why one failed."""

from __future__ import annotations

from market.papers.models import DocumentKind, DocumentStatus
from market.web.language import lazy_gettext as _l

KIND_LABELS = {
    DocumentKind.STATEMENT: _l("Statement (PDF)"),
    DocumentKind.BULLETIN: _l("Bulletin (PDF)"),
    DocumentKind.WORKBOOK: _l("All tables (Excel)"),
}
STATUS_LABELS = {
    DocumentStatus.QUEUED: _l("Waiting its turn"),
    DocumentStatus.RUNNING: _l("Being made"),
    DocumentStatus.DONE: _l("Ready"),
    DocumentStatus.FAILED: _l("Failed"),
}
STEP_LABELS = {
    "": _l("Waiting its turn"),
    "setting": _l("Setting the pages"),
    "keeping": _l("Keeping the file"),
    "counties": _l("Counties"),
    "prefectures": _l("Prefectures"),
    "products": _l("Products"),
    "days": _l("Days"),
    "deals": _l("Deals"),
    "listings": _l("Listings"),
}
ERROR_LABELS = {
    "no_font": _l("This server has no Chinese font to set it in. Print the page instead."),
    "overtaken": _l("A newer one with the figures of now was asked for: take that one."),
    "stopped": _l("The making was stopped three times. Try again later."),
    "erased": _l(
        "Its file named somebody who has erased their account since, so it was deleted. The"
        " figures stand. Ask for it again to have it without them."
    ),
    "broken": _l("Something broke on our side. Try again; the page can be printed meanwhile."),
}
