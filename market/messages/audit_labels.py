"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import Role
from market.messages.labels import REPORT_DECISIONS, STATUSES
from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_permission_labels,
    add_value_labels,
    not_audited,
)
from market.web.language import lazy_gettext as _l

add_permission_labels(
    {
        "enquiry.open": PermissionLabel(_l("Enquire about an offer"), (Role.ASSISTANT,)),
        "enquiry.act": PermissionLabel(_l("Write in a conversation"), (Role.ASSISTANT,)),
        "enquiry_report.decide": PermissionLabel(
            _l("Decide about a reported conversation"), (Role.COUNTY_OFFICIAL,)
        ),
        "question.own": PermissionLabel(_l("Ask the county office"), (Role.ASSISTANT,)),
        "question.answer": PermissionLabel(_l("Answer a question"), (Role.COUNTY_OFFICIAL,)),
    }
)
add_action_labels(
    {
        "messages.accept": _l("Accept a quotation"),
        "messages.block": _l("Block somebody"),
        "messages.decline": _l("Decline a quotation"),
        "messages.phone": _l("Show the phone number"),
        "messages.quote": _l("Quote a price"),
        "messages.report": _l("Report a conversation"),
        "messages.unblock": _l("Unblock somebody"),
        "messages.new": _l("Ask the county office"),
        "messages.quotations": _l("Take quotations"),
        "messages.outcome": _l("Say what came of a purchase"),
        "messages.close": _l("Close a question"),
        "messages.seen": _l("Read an answer"),
    },
)
add_object_labels(
    {
        "enquiry_reports": _l("Reported conversation"),
        "question_texts": _l("Text"),
        "questions": _l("Question"),
    }
)
add_column_labels(
    {
        "decided_at": _l("Decided"),
        "decided_by_id": _l("Decided by"),
        "decision": _l("Decision"),
        "decision_reason": _l("Reason"),
        "from_asker": _l("By who asked"),
        "from_office": _l("By the office"),
        "question_id": _l("Question"),
        "seen_at": _l("Seen"),
        "text": _l("Text"),
        "thread_id": _l("Conversation"),
        "waiting_since": _l("Waiting since"),
    }
)
add_value_labels("questions", {"status": STATUSES})
add_value_labels("enquiry_reports", {"decision": REPORT_DECISIONS})
not_audited(
    dict.fromkeys(
        ("enquiry_threads", "enquiry_messages", "quotations"),
        "what two sides write to one another; officials read it only when it is reported",
    )
)
