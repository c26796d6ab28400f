"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import OFFICIALS, Role
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
        "sheet.issue": PermissionLabel(_l("Name the station on village sheets"), (Role.ASSISTANT,)),
        "sheet.manage": PermissionLabel(
            _l("Print and post village sheets"), (Role.ASSISTANT, *OFFICIALS)
        ),
        "sheet.print": PermissionLabel(
            _l("Print a village sheet on record"), (Role.ASSISTANT, *OFFICIALS)
        ),
    }
)
add_action_labels(
    {
        "sheets.work": _l("Ask for village sheets"),
        "sheets.print_sheet": _l("Print a village sheet"),
        "sheets.retry_stack": _l("Try village sheets again"),
        "sheets.village_list": _l("Change the list of villages"),
        "sheets.card": _l("Change what sheets say of the station"),
        "sheets.remove_card": _l("Take the station off the sheets"),
        "sheets.post": _l("Record a posted sheet"),
        "sheets.withdraw_posting": _l("Take back a posted sheet"),
    }
)
add_object_labels(
    {
        "station_cards": _l("Station on the sheets"),
        "sheet_villages": _l("Village of a station"),
        "sheet_stacks": _l("Stack of village sheets"),
        "sheet_postings": _l("Posted sheet"),
        "sheet_prints": _l("Printed sheet"),
    }
)
add_column_labels(
    {
        "by_village": _l("One for each village"),
        "content_sha256": _l("Fingerprint of what is printed"),
        "copies": _l("Copies"),
        "named_ids": _l("Who is named"),
        "paper": _l("Paper"),
        "posted_on": _l("Day"),
        "printed_at": _l("Printed"),
        "printed_by_id": _l("Printed by"),
        "recorded_at": _l("Recorded"),
        "recorded_by_id": _l("Recorded by"),
        "sheets": _l("Sheets"),
        "sheets_set": _l("Sheets that are set"),
        "site": _l("Address of the site"),
        "spot": _l("Where in the village"),
        "station": _l("Name of the station"),
        "week": _l("Week"),
    }
)
