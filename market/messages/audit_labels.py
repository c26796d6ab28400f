"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import Role
from market.messages.labels import STATUSES
from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_owner_columns,
    add_permission_labels,
    add_value_labels,
)
from market.web.language import lazy_gettext as _l

add_permission_labels(
    {
        "question.own": PermissionLabel(_l("Ask the county office"), (Role.ASSISTANT,)),
        "question.answer": PermissionLabel(_l("Answer a question"), (Role.COUNTY_OFFICIAL,)),
    }
)
add_action_labels(
    {
        "messages.new": _l("Ask the county office"),
        "messages.close": _l("Close a question"),
        "messages.seen": _l("Read an answer"),
    },
)
add_object_labels(
    {
        "question_texts": _l("Text"),
        "questions": _l("Question"),
    }
)
add_column_labels(
    {
        "asked_at": _l("Asked"),
        "asker_id": _l("Asked by"),
        "from_office": _l("By the office"),
        "question_id": _l("Question"),
        "seen_at": _l("Seen"),
        "text": _l("Text"),
        "waiting_since": _l("Waiting since"),
    }
)
add_owner_columns("asker_id")
add_value_labels("questions", {"status": STATUSES})
