"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import OFFICIALS, Role
from market.imports.labels import KINDS, POLICIES, STATES
from market.offers.labels import SIDES
from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_permission_labels,
    add_value_labels,
    ignore_commands,
    not_audited,
)
from market.web.language import lazy_gettext as _l

add_permission_labels(
    {
        "import.list": PermissionLabel(
            _l("Imported sheets"), (Role.ASSISTANT, *OFFICIALS, Role.ADMINISTRATOR)
        ),
        "import.manage": PermissionLabel(_l("Import a sheet"), (Role.ASSISTANT,)),
        "import.read": PermissionLabel(
            _l("Look at an import"), (Role.ASSISTANT, *OFFICIALS, Role.ADMINISTRATOR)
        ),
    }
)
add_action_labels(
    {
        "imports.new": _l("Bring a sheet to import"),
        "imports.columns": _l("Say what the columns of a sheet hold"),
        "imports.start": _l("Import a sheet"),
        "imports.undo": _l("Undo an import"),
        "imports.discard": _l("Give up an import"),
    }
)
add_object_labels({"imports": _l("Imported sheet")})
add_column_labels(
    {
        "changes": _l("Changed since it was tried"),
        "columns": _l("What the columns hold"),
        "done_at": _l("Imported"),
        "duplicate_policy": _l("Rows that are there already"),
        "duplicates": _l("Rows that are there already"),
        "file_deleted_at": _l("File deleted"),
        "filename": _l("File"),
        "keeps_questioned": _l("Confirmed what is seldom meant"),
        "retained": _l("Rows that stayed"),
        "made": _l("Rows imported"),
        "questioned": _l("Rows to be confirmed"),
        "ready": _l("Rows that are right"),
        "sheet": _l("Sheet"),
        "state": _l("State"),
        "skipped": _l("Rows that are no goods"),
        "way": _l("How the farmers agreed"),
        "witness": _l("Witness or paper"),
        "wrong": _l("Rows to put right"),
    }
)
add_value_labels(
    "imports",
    {"kind": KINDS, "state": STATES, "duplicate_policy": POLICIES, "side": SIDES},
)
not_audited({"import_rows": "what a sheet says; what it made is recorded, and so is the import"})
# What it changes is recorded as done by who asked for it.
ignore_commands("imports", "imports work")
