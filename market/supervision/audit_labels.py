"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import Role
from market.supervision.labels import CONTACT_KINDS, MEASURE_NAMES
from market.supervision.models import AssessmentPart
from market.supervision.part_labels import PART_NAMES
from market.web.audit_registry import (
    PermissionLabel,
    add_column_labels,
    add_object_labels,
    add_permission_labels,
    add_value_labels,
)
from market.web.language import lazy_gettext as _l

# Columns of these names are those of offers and deals too, which have a word for them.
_NAMED_BELOW = (AssessmentPart.EVIDENCE, AssessmentPart.VERIFICATION)
_ABOVE = (Role.PREFECTURE_OFFICIAL, Role.PROVINCE_OFFICIAL)

add_permission_labels(
    {
        "target.set": PermissionLabel(_l("Set targets"), _ABOVE),
        "supervisor.assign": PermissionLabel(_l("Say who supervises a county"), _ABOVE),
        "assessment.weigh": PermissionLabel(
            _l("Set the weights of the assessment"), (Role.PROVINCE_OFFICIAL,)
        ),
        "county.commend": PermissionLabel(_l("Commend counties"), (Role.PROVINCE_OFFICIAL,)),
        "commendation.withdraw": PermissionLabel(
            _l("Withdraw a commendation"), (Role.PROVINCE_OFFICIAL,)
        ),
        "county.note": PermissionLabel(_l("Write a note of supervision"), _ABOVE),
    }
)
add_object_labels(
    {
        "work_targets": _l("Target"),
        "county_supervisors": _l("Supervisor of a county"),
        "supervision_notes": _l("Note of supervision"),
        "assessment_weights": _l("Weights of the assessment"),
        "county_commendations": _l("Commendation of a county"),
    }
)
add_column_labels(
    {
        "measure": _l("Figure"),
        "value": _l("Target"),
        "set_by_id": _l("Set by"),
        "set_at": _l("Set"),
        "assigned_by_id": _l("Chosen by"),
        "assigned_at": _l("Since"),
        "ended_at": _l("Until"),
        "ended_by_id": _l("Ended by"),
        "found_on": _l("Day"),
        "finding": _l("What was found"),
        "score": _l("Total score"),
        "rank": _l("Rank"),
        "among": _l("Counties assessed"),
        "commended_by_id": _l("Commended by"),
        "commended_at": _l("Commended on"),
        "withdrawn_by_id": _l("Withdrawn by"),
        "withdrawal_reason": _l("Why it is withdrawn"),
        **{part.value: name for part, name in PART_NAMES.items() if part not in _NAMED_BELOW},
    }
)
add_value_labels("work_targets", {"measure": MEASURE_NAMES})
add_value_labels("supervision_notes", {"kind": CONTACT_KINDS})
