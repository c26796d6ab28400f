"""What was done with a fair: written down in the transaction that does it."""

from __future__ import annotations

from typing import Any

from market.accounts.models import Account
from market.database import db, utcnow
from market.fairs.models import Fair, FairEvent, FairEventKind


def tell(fair: Fair, kind: FairEventKind, by: Account | None = None, **said: Any) -> FairEvent:
    """Write a step of the fair's life down; `by` None: the calendar did it.

    Args:
        said: other columns of FairEvent: reason, about, from_day, to_day, source_id; `at`
            where it was not now.
    """
    event = FairEvent(
        fair_id=fair.id, kind=kind, by_id=by.id if by else None, **{"at": utcnow(), **said}
    )
    db.session.add(event)
    db.session.flush()
    return event
