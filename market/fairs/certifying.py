"""Certifying a closed fair: the province's act, once everybody who has a say agrees.

Rooms above add their check to `certifying`; each gets the fair and raises a DomainError
when it must not be certified yet.
"""

from __future__ import annotations

from collections.abc import Callable

from market.accounts.models import Account
from market.database import lock
from market.fairs.history import tell
from market.fairs.models import FAIR_TRANSITIONS, Fair, FairEventKind, FairStatus
from market.permissions import may
from market.web.errors import InvalidTransition, Refused

certifying: list[Callable[[Fair], None]] = []


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
    for check in certifying:
        check(fair)
    fair.status = FairStatus.CERTIFIED
    tell(fair, FairEventKind.CERTIFIED, actor)
