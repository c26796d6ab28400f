"""The history of a fair: each change adds a FairEvent in its own transaction."""

from __future__ import annotations

from typing import Any

from market.accounts.models import Account
from market.database import db, utcnow
from market.fairs.models import Fair, FairEvent, FairEventKind
from market.fairs.signals import fair_event_recorded


def record_event(
    fair: Fair, kind: FairEventKind, by: Account | None = None, **columns: Any
) -> FairEvent:
    """Add an event to the fair's history.

    Args:
        by: who did it; None: the calendar.
        columns: other columns of FairEvent: reason, about, from_day, to_day, source_id, and `at`
            if it isn't now.
    """
    event = FairEvent(
        fair_id=fair.id, kind=kind, by_id=by.id if by else None, **{"at": utcnow(), **columns}
    )
    db.session.add(event)
    db.session.flush()
    fair_event_recorded.send(fair=fair, event=event)
    return event
