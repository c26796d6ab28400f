"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import Role
from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_permission_labels,
)
from market.web.language import lazy_gettext as _l

add_permission_labels(
    {
        "assistant": PermissionLabel(_l("Work of the station"), (Role.ASSISTANT,)),
        "consent.read": PermissionLabel(
            _l("Consents of farmers"), (Role.ASSISTANT, Role.COUNTY_OFFICIAL)
        ),
    }
)
add_action_labels(
    {
        "stations.new_farmer": _l("Register a farmer"),
        "stations.withdraw_consent": _l("End a farmer's representation"),
        "stations.erase_farmer": _l("Erase a farmer"),
        "stations.merge": _l("Make one farmer of two accounts"),
        "stations.undo_merge": _l("Take the merging of two farmers back"),
        "stations.keep_apart": _l("Keep two farmers apart"),
        "stations.consent": _l("Renew a farmer's consent"),
        "stations.add_paper": _l("Keep the form that a farmer signed"),
    },
)
add_object_labels(
    {
        "farmer_merges": _l("Farmers made one"),
        "distinct_farmers": _l("Farmers kept apart"),
    }
)
add_column_labels(
    {
        "first_id": _l("Farmer"),
        "surviving_id": _l("Kept"),
        "merged_id": _l("Merged"),
        "moved": _l("What went over"),
        "second_id": _l("The other farmer"),
        "undone_at": _l("Undone"),
    }
)
