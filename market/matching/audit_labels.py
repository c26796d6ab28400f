"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.web.audit_registry import add_action_labels, not_audited
from market.web.language import lazy_gettext as _l

add_action_labels({"search match": _l("Look at the matches of an offer")})

not_audited(
    {
        "match_changes": "outbox of the matching",
        "match_notices": "worked out from offers",
    }
)
