"""What the record of acts shows of this room."""

from __future__ import annotations

from market.web.audit_registry import not_audited

not_audited({"outgoing_messages": "sent by the program; what they tell of is recorded itself"})
