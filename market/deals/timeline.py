"""A deal's history for the steps component: what was done, who was rung, and what comes next."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from market.deals.labels import STATUSES
from market.deals.models import Deal, DealEvent, DealStatus
from market.deals.unregistered_models import CallOutcome, DealCallBack, Evidence
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
CALL_LABELS = {
    CallOutcome.CONFIRMED: _l("The county rang %(name)s: confirmed"),
    CallOutcome.DENIED: _l("The county rang %(name)s: not so"),
    CallOutcome.NOT_REACHED: _l("The county rang %(name)s: nobody answered"),
}
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
    steps: list[tuple[datetime, DealEvent | DealCallBack]] = [(e.at, e) for e in deal.events]
    steps += [(call.called_at, call) for call in deal.call_backs if call.called_at is not None]
    for at, step in sorted(steps, key=lambda each: each[0]):
        if isinstance(step, DealCallBack):
            rows.append(_call_row(deal, step))
            continue
        who = step.by.name
        if step.reason:
            who = _("%(name)s: %(reason)s", name=who, reason=step.reason)
        state = "bad" if step.status in BAD else "done"
        label = TRANSITION_LABELS.get((before, step.status), DONE_LABELS[step.status])
        if deal.evidence and (before, step.status) == (DealStatus.PROPOSED, DealStatus.AGREED):
            label = CONFIRMED_LABELS[deal.evidence]
        rows.append((label, state, short_datetime(at), who))
        before = step.status
    return rows + _coming(deal)


def _call_row(deal: Deal, call: DealCallBack) -> tuple[Any, str, str | None, str | None]:
    """A call as a step; what was said is the county's alone."""
    assert call.outcome is not None
    label = CALL_LABELS[call.outcome] % {"name": deal.party(call.side).name}
    state = "bad" if call.outcome is CallOutcome.DENIED else "done"
    return label, state, short_datetime(call.called_at), call.by.name


def _coming(deal: Deal) -> list[tuple[Any, str, str | None, str | None]]:
    """What is to come, the next step first."""
    coming = NEXT_LABELS.get(deal.status, ())
    if VERIFYING in coming and deal.unregistered is not None and deal.called_back_at is None:
        place = coming.index(VERIFYING)
        coming = (*coming[:place], CALLING, *coming[place:])
    if coming and needs_second_official(deal):
        coming = (*coming, SECOND) if deal.county_verified_by_id is None else (SECOND,)
    rows: list[tuple[Any, str, str | None, str | None]] = []
    for place, label in enumerate(coming):
        county = local_name(deal.home_region) if label is VERIFYING else None
        rows.append((label, "todo" if place else "current", None, county))
    return rows
