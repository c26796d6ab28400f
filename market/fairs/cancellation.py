"""Cancelling a fair that has nothing counted, such as one announced by mistake.

Rooms above add their check to `cancellation_checks`; each gets the fair and raises a DomainError
where the fair already has something that stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from market.accounts.models import Account
from market.database import lock, utcnow
from market.fairs.checks import (
    REASON_IS_PUBLISHED,
    check_action,
    check_province_official,
    check_unchanged,
)
from market.fairs.history import record_event
from market.fairs.models import Fair, FairAction, FairEventKind, FairStatus
from market.web.reasons import require_reason

cancellation_checks: list[Callable[[Fair], None]] = []


def cancel_fair(
    actor: Account,
    fair: Fair,
    reason: str,
    seen: int | None = None,
    at: datetime | None = None,
) -> Fair:
    """Cancel a fair without agreed deals: it is neither counted nor reported any more.

    Its page and history stay and give the reason.

    Args:
        seen: the last event the actor saw; None for programs. at: the moment; now when None.

    Raises:
        Refused: the actor is no province official of the fair's region.
        FairChanged: it was changed since the actor saw it.
        InvalidTransition: it is certified, cancelled, or known by its totals alone.
        Invalid: there is no reason.
        DomainError: a check says what the fair has.
    """
    lock(fair)
    check_province_official(actor, fair.region.path)
    check_unchanged(fair, seen)
    check_action(fair, FairAction.CANCEL)
    require_reason(reason, REASON_IS_PUBLISHED)
    for check in cancellation_checks:
        check(fair)
    fair.status = FairStatus.CANCELLED
    record_event(fair, FairEventKind.CANCELLED, actor, reason=reason.strip(), at=at or utcnow())
    return fair
