"""A deal's history for the steps component: what was done, and what comes next."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _

from market.deals.labels import STATUSES
from market.deals.models import Deal, DealStatus
from market.deals.unregistered_models import Evidence
from market.deals.verification import needs_second_official
from market.web.filters import local_name, short_datetime
from market.web.language import lazy_gettext as _l

# What was done, where the label of the state would say what is waited for.
DONE_LABELS = {**STATUSES, DealStatus.PROPOSED: _l("Proposal sent")}
# Labels of transitions (from, to) that the label of the new state alone doesn't describe.
TRANSITION_LABELS: dict[tuple[DealStatus | None, DealStatus], Any] = {
    (DealStatus.AGREED, DealStatus.AGREED): _l("Verified for the county"),
    (DealStatus.RETURNED, DealStatus.AGREED): _l("Sent to the county again"),
    (DealStatus.DISPUTED, DealStatus.AGREED): _l("Settled"),
    (DealStatus.VERIFIED, DealStatus.RETURNED): _l("Verification taken back"),
}
CONFIRMED_LABELS = {
    Evidence.CODE: _l("The other side confirmed with a code"),
    Evidence.PAPER: _l("The other side confirmed on paper"),
}
BAD = frozenset(
    {
        *(DealStatus.DECLINED, DealStatus.CANCELLED, DealStatus.REPLACED),
        *(DealStatus.DISPUTED, DealStatus.RETURNED),
    }
)
VERIFYING = _l("The county verifies")
CALLING = _l("The county rings the side without an account")
SECOND = _l("The prefecture verifies it too")
# The steps still to come in each state, in order; a state not listed is final.
NEXT_LABELS = {
    DealStatus.PROPOSED: (_l("The other side agrees"), VERIFYING),
    DealStatus.AGREED: (VERIFYING,),
    DealStatus.RETURNED: (_l("One side mends it and sends it again"), VERIFYING),
    DealStatus.DISPUTED: (_l("Both sides settle it"), VERIFYING),
}


def timeline(deal: Deal) -> list[tuple[Any, str, str | None, str | None]]:
    """Rows (label, state, when, who) for the steps component."""
    rows: list[tuple[Any, str, str | None, str | None]] = []
    before: DealStatus | None = None
    for event in deal.events:
        who = event.by.name
        if event.reason:
            who = _("%(name)s: %(reason)s", name=who, reason=event.reason)
        state = "bad" if event.status in BAD else "done"
        label = TRANSITION_LABELS.get((before, event.status), DONE_LABELS[event.status])
        if deal.evidence and (before, event.status) == (DealStatus.PROPOSED, DealStatus.AGREED):
            label = CONFIRMED_LABELS[deal.evidence]
        rows.append((label, state, short_datetime(event.at), who))
        before = event.status
    coming = NEXT_LABELS.get(deal.status, ())
    if VERIFYING in coming and deal.unregistered is not None and deal.called_back_at is None:
        place = coming.index(VERIFYING)
        coming = (*coming[:place], CALLING, *coming[place:])
    if coming and needs_second_official(deal):
        coming = (*coming, SECOND) if deal.county_verified_by_id is None else (SECOND,)
    for place, label in enumerate(coming):
        county = local_name(deal.home_region) if label is VERIFYING else None
        rows.append((label, "todo" if place else "current", None, county))
    return rows
