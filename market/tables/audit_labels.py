"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import OFFICIALS
from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_permission_labels,
)
from market.web.language import lazy_gettext as _l

add_permission_labels(
    {"crosstab.own": PermissionLabel(_l("Own saved statistics"), tuple(OFFICIALS))}
)
add_action_labels(
    {
        "tables.crosstab": _l("Save custom statistics"),
        "tables.saved_crosstab": _l("Rename saved statistics"),
        "tables.delete_crosstab": _l("Delete saved statistics"),
    }
)
add_object_labels({"saved_crosstabs": _l("Saved statistics")})
add_column_labels({"is_shared": _l("Shared with the office"), "query": _l("What is chosen")})
