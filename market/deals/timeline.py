"""A deal's life as the steps component shows it: what was done, and what comes next."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from market.deals.labels import STATUSES
from market.deals.models import Deal, DealStatus
from market.filters import local_name, moment
from market.language import lazy_gettext as _l

# What was done, where the state's own word would say what is waited for.
DONE = {**STATUSES, DealStatus.PROPOSED: _l("Proposal sent")}
BAD = frozenset(
    {DealStatus.DECLINED, DealStatus.CANCELLED, DealStatus.DISPUTED, DealStatus.RETURNED}
)
VERIFYING = _l("The county verifies")
# What is waited for in each state, in order; a state not here is the end.
NEXT = {
    DealStatus.PROPOSED: (_l("The other side agrees"), VERIFYING),
    DealStatus.AGREED: (VERIFYING,),
    DealStatus.RETURNED: (_l("One side mends it and sends it again"), VERIFYING),
    DealStatus.DISPUTED: (_l("Both sides settle it"), VERIFYING),
}


def timeline(deal: Deal) -> list[tuple[Any, str, str | None, str | None]]:
    """Rows (label, state, when, who) for the steps component."""
    rows: list[tuple[Any, str, str | None, str | None]] = []
    for event in deal.events:
        who = event.by.name
        if event.reason:
            who = _("%(name)s: %(reason)s", name=who, reason=event.reason)
        state = "bad" if event.status in BAD else "done"
        rows.append((DONE[event.status], state, moment(event.at), who))
    for place, label in enumerate(NEXT.get(deal.status, ())):
        county = local_name(deal.home_region) if label is VERIFYING else None
        rows.append((label, "todo" if place else "current", None, county))
    return rows
