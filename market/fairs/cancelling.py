"""Cancelling a fair with nothing counted: announced by mistake, or held by nobody.

Rooms above add their check to `cancelling`; each gets the fair and raises a DomainError
where the fair already has something that stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from market.accounts.models import Account
from market.database import lock, utcnow
from market.fairs.checks import REASON_IS_PUBLISHED, check_act, check_arranger, check_unchanged
from market.fairs.history import tell
from market.fairs.models import Act, Fair, FairEventKind, FairStatus
from market.web.reasons import require_reason

cancelling: list[Callable[[Fair], None]] = []


def cancel_fair(
    actor: Account,
    fair: Fair,
    reason: str,
    seen: int | None = None,
    at: datetime | None = None,
) -> Fair:
    """Cancel a fair in which no deal was agreed: it opens, counts and is reported of no more.

    Its page stays and says so with the reason; its history is kept.

    Args:
        seen: the last event the actor saw; None for programs. at: the moment; now when None.

    Raises:
        Refused: the actor is no province official of the fair's region.
        Overtaken: something was done with the fair since.
        InvalidTransition: it is certified, cancelled, or known by its totals alone.
        Invalid: there is no reason.
        DomainError: a check says what the fair has.
    """
    lock(fair)
    check_arranger(actor, fair.region.path)
    check_unchanged(fair, seen)
    check_act(fair, Act.CANCEL)
    require_reason(reason, REASON_IS_PUBLISHED)
    for check in cancelling:
        check(fair)
    fair.status = FairStatus.CANCELLED
    tell(fair, FairEventKind.CANCELLED, actor, reason=reason.strip(), at=at or utcnow())
    return fair
