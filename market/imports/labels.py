"""The words for kinds and states of imports, and for what became of rows."""

from __future__ import annotations

from market.imports.models import DuplicatePolicy, ImportState, RowState
from market.imports.reading.heads import ImportKind
from market.web.language import lazy_gettext as _l

KINDS = {
    ImportKind.OFFERS: _l("Offers"),
    ImportKind.FARMERS: _l("Farmers"),
    ImportKind.DEALS: _l("Deals"),
}
# Asked about a sheet that is to be read as offers.
LOOKS_LIKE = {
    ImportKind.FARMERS: _l("This looks like a list of farmers, not offers. Is it?"),
    ImportKind.DEALS: _l("This looks like deals, not offers: it names sellers and buyers. Is it?"),
}
STATES = {
    ImportState.COLUMNS: _l("Columns to look at"),
    ImportState.CHECKING: _l("Being tried"),
    ImportState.CHECKED: _l("Tried, waiting for your decision"),
    ImportState.QUEUED: _l("Being imported"),
    ImportState.DONE: _l("Imported"),
    ImportState.UNDOING: _l("Being undone"),
    ImportState.UNDONE: _l("Undone"),
    ImportState.FAILED: _l("Failed"),
    ImportState.DISCARDED: _l("Given up"),
}
STATE_BADGES = {
    ImportState.CHECKED: "warn",
    ImportState.COLUMNS: "warn",
    ImportState.DONE: "good",
    ImportState.FAILED: "bad",
}
ERROR_LABELS = {
    "stopped": _l("It was stopped three times. Try again later."),
    "unreadable": _l("The file or its sheet can't be read any more: send it again."),
    "no_head": _l("No row of the sheet names its columns: write their names above them."),
    "no_right": _l("The station is no longer yours: nothing was imported."),
    "broken": _l("Something broke on our side, and nothing was imported. Try again."),
}
POLICIES = {
    DuplicatePolicy.SKIP: _l("Leave them out"),
    DuplicatePolicy.ADD: _l("Import them all the same"),
}
ROW_STATES = {
    RowState.READY: _l("Can be imported"),
    RowState.QUESTION: _l("To be confirmed"),
    RowState.DUPLICATE: _l("There already"),
    RowState.WRONG: _l("To put right"),
    RowState.SKIPPED: _l("No row of goods"),
    RowState.MADE: _l("Imported"),
    RowState.UNDONE: _l("Undone"),
    RowState.RETAINED: _l("Stays"),
}
ROW_BADGES = {
    RowState.READY: "good",
    RowState.MADE: "good",
    RowState.QUESTION: "warn",
    RowState.DUPLICATE: "warn",
    RowState.RETAINED: "warn",
    RowState.WRONG: "bad",
}
# What is there already, by `ImportRow.duplicate_of`.
DUPLICATE_LABELS = {
    "offer": _l("This farmer has an open offer of it already."),
    "farmer": _l("Your station has this farmer already."),
    "deal": _l("A deal like this is recorded already."),
    "row": _l("Row %(row)s of the file says the same."),
    "import": _l("Imported before, on %(day)s."),
}
SKIPPED_LABELS = {
    "empty": _l("Empty"),
    "total": _l("A sum of other rows"),
    "title": _l("A title or a repeated head"),
    "note": _l("A note"),
    "struck": _l("Crossed out"),
    "no_goods": _l("No amount of any of the goods"),
    "example": _l("The example of the template"),
}
RETAINED_LABELS = {
    "changed": _l("It was changed, renewed, closed or looked at by the county since."),
    "deals": _l("A deal came of it."),
    "asked": _l("Somebody asked about it."),
    "used": _l("Something else on the site depends on it."),
    "offers": _l("An offer of this farmer stays."),
    "deal": _l("The other side has answered it."),
}
