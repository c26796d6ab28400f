"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import Role
from market.fairs.figure_names import FIGURE_LABELS
from market.fairs.labels import SEASONS, STATUSES
from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_permission_labels,
    add_value_labels,
    aggregate_root,
    audit_commands_on,
    not_audited,
)
from market.web.language import lazy_gettext as _l

add_permission_labels(
    {
        "fair.create": PermissionLabel(_l("Announce a fair"), (Role.PROVINCE_OFFICIAL,)),
        "fair.manage": PermissionLabel(_l("Change a fair"), (Role.PROVINCE_OFFICIAL,)),
        "session.manage": PermissionLabel(_l("Edit the session"), (Role.PROVINCE_OFFICIAL,)),
    }
)
add_action_labels(
    {
        "fairs.postpone": _l("Postpone the fair"),
        "fairs.merge": _l("Merge the fair into another"),
        "fairs.extend": _l("Extend the fair"),
        "fairs.close": _l("Close the fair early"),
        "fairs.cancel": _l("Cancel the fair"),
        "fairs.clone": _l("Announce the next edition"),
        "fairs.emergency": _l("Emergency fair"),
        "fairs.new_session": _l("Add a session"),
        "fairs.remove_session": _l("Take a session out"),
        "fairs.new_totals": _l("Enter an earlier fair's totals"),
        "fair turn": _l("Open and close fairs"),
        "fair enrol": _l("Enter offers in a fair"),
    },
)
add_object_labels(
    {
        "fair_session_themes": _l("Theme of a session"),
        "fair_sessions": _l("Session"),
        "fair_themes": _l("Theme"),
        "fairs": _l("Fair"),
    }
)
add_column_labels(
    {
        "contact": _l("Phone for questions"),
        "merged_into_id": _l("Merged into"),
        "organiser": _l("Organiser"),
        "derived": _l("Worked out, not given"),
        "ends_on": _l("Last day"),
        "fair_id": _l("Fair"),
        "is_replay": _l("Invented detail"),
        "note": _l("Note"),
        "previous_id": _l("The fair before"),
        "product_prefix": _l("Product"),
        "same_season_id": _l("The same season last year"),
        "season": _l("Season"),
        "session_id": _l("Session"),
        "slug": _l("Page address"),
        "starts_on": _l("First day"),
        "total_deals": FIGURE_LABELS["deals"],
        "total_fen": _l("Deal value (CNY)"),
        "total_listings": FIGURE_LABELS["listings"],
        "total_merchants": FIGURE_LABELS["merchants"],
        "totals_only": _l("Known by totals alone"),
        "year": _l("Year"),
    }
)
not_audited(
    {
        "fair_listings": "copies of offers",
        "fair_events": "append-only itself, written with each act on a fair, which is recorded",
    }
)
aggregate_root("fairs", "fair_id")
audit_commands_on("fairs")
add_value_labels("fairs", {"season": SEASONS, "status": STATUSES})
