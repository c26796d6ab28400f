"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.web.audit_registry import not_audited

not_audited(
    {
        "acts": "the record itself",
        "act_changes": "the record itself",
    }
)
