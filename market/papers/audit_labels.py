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
    {
        "document.manage": PermissionLabel(_l("Publish a document"), OFFICIALS),
    }
)
add_action_labels(
    {
        "papers.print_statement": _l("Print the statement"),
        "papers.desk": _l("Ask for a document"),
        "papers.retry": _l("Try a document again"),
        "papers.publish": _l("Publish a document"),
        "papers make": _l("Make the documents that wait"),
    },
    earlier={
        "papers.desk": ("documents.desk",),
        "papers.print_statement": ("documents.print_statement",),
        "papers.retry": ("documents.retry",),
        "papers.publish": ("documents.publish",),
        "papers make": ("documents make",),
    },
)
add_object_labels(
    {
        "documents": _l("Document"),
    }
)
add_column_labels(
    {
        "address": _l("Address"),
        "doing": _l("What is being made"),
        "error": _l("Why it failed"),
        "figures": _l("Frozen figures"),
        "figures_sha256": _l("Fingerprint of the figures"),
        "file_sha256": _l("SHA-256 of the file"),
        "file_size": _l("Size (bytes)"),
        "ledger_entry": _l("Ledger entry"),
        "made_at": _l("Made"),
        "progress": _l("Progress (%)"),
        "requested_at": _l("Asked for"),
        "requested_by_id": _l("Asked for by"),
        "tries": _l("Tries"),
    }
)
