"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.web.audit_registry import (
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_region_column,
    audit_commands_on,
    not_audited,
)
from market.web.language import lazy_gettext as _l

add_action_labels(
    {
        "regions check": _l("Check the regions"),
        "regions.admin_region": _l("Rename the region"),
        "regions.admin_township": _l("Rename the township"),
        "regions.end": _l("End the region"),
    },
)
add_object_labels(
    {
        "former_regions": _l("Former region"),
        "regions": _l("Region"),
        "townships": _l("Township"),
    }
)
not_audited({"reference_edits": "the row that was edited is itself recorded"})
add_column_labels(
    {
        "code": _l("Code"),
        "host_code": _l("Drawn on"),
        "initials": _l("Initials"),
        "is_leaf": _l("Reports"),
        "kind": _l("Kind"),
        "last_year": _l("Last year"),
        "latitude": _l("Latitude"),
        "level": _l("Level of the region"),
        "longitude": _l("Longitude"),
        "name": _l("Name"),
        "name_en": _l("Name in English"),
        "parent_code": _l("Belongs to"),
        "path": _l("Path of codes"),
        "pinyin": _l("Pinyin"),
        "short_name": _l("Short name"),
        "successor_code": _l("Became"),
        "valid_from": _l("First day"),
        "valid_to": _l("Last day"),
    }
)
add_region_column("region_code")
audit_commands_on("regions")
