"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.web.audit_registry import add_action_labels, not_audited
from market.web.language import lazy_gettext as _l

add_action_labels(
    {
        "calendar status": _l("Look at the clock"),
        "calendar confirm": _l("Confirm the clock"),
        "calendar undo": _l("Undo what a wrong clock did"),
    },
)
not_audited(
    {
        "clock": "the calendar's own note of the time",
    }
)
