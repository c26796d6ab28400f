"""Whether a time can be right, by the time seen before. Pure functions."""

from __future__ import annotations

import enum
from datetime import datetime, timedelta

# A clock that is being set right goes back by a little; a broken one by days or years.
MAX_BEHIND = timedelta(minutes=10)


class Jump(enum.StrEnum):
    """How a time can't follow the one seen before."""

    AHEAD = "ahead"
    BEHIND = "behind"


def clock_jump(now: datetime, seen: datetime, max_ahead: timedelta) -> Jump | None:
    """How `now` can't be right, when the calendar ran each minute until `seen`.

    Args:
        max_ahead: for how long the worker may have been away without anybody confirming that
            the time is right: a clock ahead expires offers and closes fairs for good.
    """
    if now - seen > max_ahead:
        return Jump.AHEAD
    if seen - now > MAX_BEHIND:
        return Jump.BEHIND
    return None
