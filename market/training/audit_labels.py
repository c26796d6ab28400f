"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import Role
from market.training.labels import TRAINEES
from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_permission_labels,
    add_value_labels,
    aggregate_root,
)
from market.web.language import lazy_gettext as _l

_COUNTY = (Role.COUNTY_OFFICIAL,)

add_permission_labels(
    {
        "training.enter": PermissionLabel(_l("Enter a training"), _COUNTY),
        "training.manage": PermissionLabel(_l("Keep the register of trainings"), _COUNTY),
    }
)
add_action_labels(
    {
        "training.new": _l("Enter a training"),
        "training.edit": _l("Correct a training"),
        "training.add": _l("Write down who came"),
        "training.remove": _l("Take somebody off the list"),
        "training.issue": _l("Issue certificates"),
    }
)
add_object_labels(
    {
        "training_sessions": _l("Training"),
        "training_participants": _l("Somebody at a training"),
        "training_certificates": _l("Certificate of training"),
    }
)
add_column_labels(
    {
        "held_on": _l("Day"),
        "place": _l("Place"),
        "topic": _l("Topic"),
        "teacher": _l("Teacher"),
        "hours": _l("Hours"),
        "training_id": _l("Training"),
        "participant_id": _l("Somebody at a training"),
        "trainee": _l("Came as"),
        "serial": _l("Running number"),
        "issued_on": _l("Issued on"),
        "entered_at": _l("Entered on"),
    }
)
add_value_labels("training_participants", {"trainee": TRAINEES})
aggregate_root("training_sessions", "training_id")
