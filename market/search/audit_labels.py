"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_permission_labels,
    not_audited,
)
from market.web.language import lazy_gettext as _l

add_permission_labels(
    {
        "search.own": PermissionLabel(_l("Saved searches")),
    }
)
add_action_labels(
    {
        "reindex": _l("Build the search anew"),
        "search status": _l("Look at the search"),
        "search query": _l("Try a search"),
        "search understand": _l("Try how a search is understood"),
    },
)
not_audited(
    {
        "saved_searches": "a person's own bookmarks",
    }
)
