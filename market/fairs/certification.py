"""Certifying a closed fair, by the province, once every check passes.

Rooms above add their check to `certification_checks`; each gets the fair and raises a DomainError
when it must not be certified yet.
"""

from __future__ import annotations

from collections.abc import Callable

from market.accounts.models import Account
from market.database import lock
from market.fairs.history import record_event
from market.fairs.models import FAIR_TRANSITIONS, Fair, FairEventKind, FairStatus
from market.permissions import may
from market.web.errors import InvalidTransition, Refused

certification_checks: list[Callable[[Fair], None]] = []


def certify_fair(actor: Account, fair: Fair) -> None:
    """Certify a closed fair: its listings follow their offers no longer.

    Raises:
        Refused: the actor is no province official of the region.
        InvalidTransition: it is not closed, or certified already.
        DomainError: a check says what is missing.
    """
    lock(fair)
    if not may(actor, "fair.manage", fair):
        raise Refused()
    if FairStatus.CERTIFIED not in FAIR_TRANSITIONS[fair.status] or fair.totals_only:
        raise InvalidTransition()
    for check in certification_checks:
        check(fair)
    fair.status = FairStatus.CERTIFIED
    record_event(fair, FairEventKind.CERTIFIED, actor)
