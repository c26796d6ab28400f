"""When a message that did not go out is tried again."""

from __future__ import annotations

from datetime import datetime, timedelta

# From one attempt to the next: a line that is down for a moment, a gateway that is down for an
# evening.
WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
)


def next_try(attempts: int, now: datetime, expires_at: datetime | None) -> datetime | None:
    """When to try again after `attempts` of them; None: no more, or only when it is too late."""
    if attempts > len(WAITS):
        return None
    at = now + WAITS[attempts - 1]
    return None if expires_at is not None and at >= expires_at else at
