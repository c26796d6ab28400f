"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import OFFICIALS
from market.statements.labels import STATEMENT_KINDS, STATEMENT_STATUSES
from market.statements.validation_labels import RULE_NAMES, SEVERITIES
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
        "statement.withdraw": PermissionLabel(_l("Withdraw a statement"), OFFICIALS),
        "statement.correct": PermissionLabel(_l("File a correction"), OFFICIALS),
    }
)
add_action_labels(
    {
        "statements.submit_all": _l("Submit a statement"),
        "statements.accept_all": _l("Accept a statement"),
        "statements.accept": _l("Accept a statement"),
        "statements.return_": _l("Return a statement"),
        "statements.withdraw": _l("Withdraw a statement"),
        "statements.decide": _l("Decide about a correction"),
        "statements.remind": _l("Remind of a statement"),
        "statements.request_override": _l("Ask to let a statement pass"),
        "statements.decide_override": _l("Decide whether a statement may pass"),
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
        "override_decisions": _l("Decision whether a statement may pass"),
        "override_requests": _l("Request to let a statement pass"),
        "statement_findings": _l("What was unusual in a statement"),
        "statement_versions": _l("Version of a statement"),
        "statements": _l("Statement"),
    }
)
add_column_labels(
    {
        "allowed": _l("May pass"),
        "before": _l("Figures before"),
        "confirmed": _l("Correction confirmed"),
        "correction_id": _l("Correction"),
        "day": _l("Day"),
        "due_at": _l("Due"),
        "explanation": _l("Explanation"),
        "findings": _l("What was unusual"),
        "first_submitted_at": _l("First submitted"),
        "ledger_hash": _l("Hash of the ledger entry"),
        "ledger_id": _l("Ledger entry"),
        "number": _l("Its number"),
        "numbers": _l("Figures of it"),
        "reason": _l("Reason"),
        "request_id": _l("Request to let it pass"),
        "rule": _l("Rule"),
        "severity": _l("Severity"),
        "subject": _l("What it is about"),
        "remark": _l("Remark"),
        "snapshot": _l("Frozen figures"),
        "statement_id": _l("Statement"),
        "version": _l("Version"),
        "version_id": _l("Version of a statement"),
    }
)
not_audited(
    {
        "statement_events": "append-only itself, written with each step of a statement, recorded",
    }
)
add_value_labels("statements", {"kind": STATEMENT_KINDS, "status": STATEMENT_STATUSES})
add_value_labels("statement_findings", {"rule": RULE_NAMES, "severity": SEVERITIES})
add_value_labels("publications", {"kind": STATEMENT_KINDS})
