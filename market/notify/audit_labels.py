"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_permission_labels,
    hide_columns,
    not_audited,
)
from market.web.language import lazy_gettext as _l

add_permission_labels({"notice.own": PermissionLabel(_l("Own account"))})
add_action_labels(
    {
        "notify.webhooks": _l("Add a robot of an office"),
        "notify.try_webhook": _l("Try the robot of an office"),
        "notify.remove_webhook": _l("Remove the robot of an office"),
    }
)
add_object_labels({"office_webhooks": _l("Robot of an office")})
add_column_labels({"url": _l("Address of the robot"), "added_by_id": _l("Added by")})
hide_columns("office_webhooks", "url")
not_audited(
    {
        "notices": "told by the program; what they tell of is recorded itself",
        "search_changes": "publications that saved searches are still to be told of",
        "warning_cursors": "how far the program has warned",
        **dict.fromkeys(
            ("notice_choices", "notice_settings", "email_confirmations"),
            "how a person wants to be told, which is their own",
        ),
    }
)
