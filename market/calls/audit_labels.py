"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import Role
from market.calls.labels import OUTCOMES, REASONS
from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_permission_labels,
    add_value_labels,
)
from market.web.language import lazy_gettext as _l

_CALLERS = (Role.ASSISTANT, Role.COUNTY_OFFICIAL)

add_permission_labels(
    {
        "call.record": PermissionLabel(_l("Ring about a pair"), _CALLERS),
        "call.withdraw": PermissionLabel(_l("Take back a call"), _CALLERS),
    }
)
add_action_labels(
    {
        "calls.reveal": _l("Show both phone numbers"),
        "calls.record": _l("Write down a call"),
        "calls.withdraw": _l("Take back a call"),
    }
)
add_object_labels(
    {
        "match_calls": _l("Call about a match"),
        "call_withdrawals": _l("Call taken back"),
        "call_deals": _l("Deal of a call"),
    }
)
add_column_labels(
    {
        "sale_id": _l("Sale"),
        "purchase_id": _l("Purchase"),
        "called_on": _l("Day of the call"),
        "back_on": _l("Ring again on"),
        "call_id": _l("Call"),
    }
)
add_value_labels("match_calls", {"outcome": OUTCOMES, "reason": REASONS})
