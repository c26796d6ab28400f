"""What the record of acts shows of this room: its commands and tables."""

from __future__ import annotations

from market.web.audit_registry import add_action_labels, not_audited
from market.web.language import lazy_gettext as _l

add_action_labels({"prices count": _l("Count the prices of past days")})
not_audited(
    {
        "price_days": "worked out from offers and deals",
        "regional_prices": "worked out from offers and deals",
    }
)
