"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import OFFICIALS
from market.statements.labels import STATEMENT_KINDS, STATEMENT_STATUSES
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
        "statement.read": PermissionLabel(_l("Ask for a document"), OFFICIALS),
        "statement.submit": PermissionLabel(_l("Submit a statement"), OFFICIALS),
        "statement.review": PermissionLabel(_l("Review a statement"), OFFICIALS),
        "statement.correct": PermissionLabel(_l("File a correction"), OFFICIALS),
    }
)
add_action_labels(
    {
        "statements.submit_all": _l("Submit a statement"),
        "statements.accept_all": _l("Accept a statement"),
        "statements.accept": _l("Accept a statement"),
        "statements.return_": _l("Return a statement"),
        "statements.decide": _l("Decide about a correction"),
        "statements.remind": _l("Remind of a statement"),
        "statements.publish": _l("Publish a fair's table"),
        "statements.certify": _l("Certify a fair"),
    },
    earlier={
        "statements.draft": ("reports.statement_draft",),
        "statements.submit_all": ("reports.statements_submit_all",),
        "statements.accept_all": ("reports.statements_accept",),
        "statements.accept": ("reports.statement_accept",),
        "statements.return_": ("reports.statement_return",),
        "statements.remind": ("reports.statements_remind",),
        "statements.correct": ("reports.statement_correct",),
        "statements.decide": ("reports.statement_decide",),
        "statements.publish": ("reports.statements_publish",),
        "statements.certify": ("reports.certify",),
    },
)
add_object_labels(
    {
        "correction_decisions": _l("Decision about a correction"),
        "corrections": _l("Correction"),
        "publications": _l("Publication of a fair"),
        "statement_versions": _l("Version of a statement"),
        "statements": _l("Statement"),
    }
)
add_column_labels(
    {
        "before": _l("Figures before"),
        "confirmed": _l("Correction confirmed"),
        "correction_id": _l("Correction"),
        "day": _l("Day"),
        "due_at": _l("Due"),
        "first_submitted_at": _l("First submitted"),
        "ledger_hash": _l("Hash of the ledger entry"),
        "ledger_id": _l("Ledger entry"),
        "number": _l("Its number"),
        "reason": _l("Reason"),
        "remark": _l("Remark"),
        "snapshot": _l("Frozen figures"),
        "statement_id": _l("Statement"),
        "version": _l("Version"),
    }
)
not_audited(
    {
        "statement_events": "append-only itself, written with each step of a statement, recorded",
    }
)
add_value_labels("statements", {"kind": STATEMENT_KINDS, "status": STATEMENT_STATUSES})
add_value_labels("publications", {"kind": STATEMENT_KINDS})
