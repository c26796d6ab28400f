"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.accounts.models import Role
from market.sampling.labels import REASONS, STATES
from market.web.audit_registry import (
    PermissionLabel,
    add_action_labels,
    add_column_labels,
    add_object_labels,
    add_permission_labels,
    add_value_labels,
)
from market.web.language import lazy_gettext as _l

_ABOVE = (Role.PREFECTURE_OFFICIAL, Role.PROVINCE_OFFICIAL)

add_permission_labels(
    {
        "sample.check": PermissionLabel(_l("Look again at sampled deals"), _ABOVE),
        "sample.answer": PermissionLabel(
            _l("Answer doubts about sampled deals"), (Role.COUNTY_OFFICIAL,)
        ),
    }
)
add_action_labels(
    {
        "sampling.check": _l("Decide about a sampled deal"),
        "sampling.answer": _l("Answer a doubt about a sampled deal"),
    }
)
add_object_labels(
    {
        "sample_draws": _l("Draw of a day's sample"),
        "deal_samples": _l("Sampled deal"),
        "sample_events": _l("Step of a sampled deal"),
    }
)
add_column_labels(
    {
        "population": _l("Deals verified"),
        "seed_hash": _l("Hash it was drawn from"),
        "large_above_fen": _l("All above"),
        "drawn_at": _l("Drawn"),
        "draw_id": _l("Draw"),
        "sample_id": _l("Sampled deal"),
    }
)
add_value_labels("deal_samples", {"state": STATES, "reason": REASONS})
add_value_labels("sample_events", {"state": STATES})
