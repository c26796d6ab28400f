"""What the record of acts shows of this room: its permissions, actions, tables and columns."""

from __future__ import annotations

from market.web.audit_registry import add_action_labels, not_audited
from market.web.language import lazy_gettext as _l

add_action_labels(
    {
        "tallies recount": _l("Count a fair anew"),
    },
)
not_audited(
    {
        "fair_tallies": "worked out from ledger and listings",
        "fair_counts": "worked out from ledger and listings",
        "fair_days": "worked out from ledger and listings",
        "fair_day_ends": "worked out from listings, append-only itself",
        "fair_products": "worked out from ledger and listings",
        "fair_varieties": "worked out from listings",
        "fair_regions": "copies of the regions",
    }
)
