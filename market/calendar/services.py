"""Checking the clock, and undoing what a wrong one did. Called inside transaction()."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app

from market.calendar.models import Clock
from market.calendar.rules import clock_jump
from market.database import db, lock

log = logging.getLogger("market.calendar")

# Called each minute with the time, each in its own transaction; rooms add theirs.
scheduled_steps: list[Callable[[datetime], Any]] = []
# Undo what those did by a wrong clock: called with the time now and the time since when (or
# None); each returns lines that say what was undone.
undo_steps: list[Callable[[datetime, datetime | None], list[str]]] = []


def load_clock(now: datetime) -> Clock:
    """The clock's row; the first time seen is `now`."""
    clock = db.session.get(Clock, 1)
    if clock is None:
        clock = Clock(seen_at=now)
        db.session.add(clock)
        db.session.flush()
    return clock


def observe(now: datetime) -> bool:
    """Whether the calendar may go on at `now`; the time is noted either way.

    It stops when the time can't follow the last one seen, and goes on by itself once it can.
    """
    clock = lock(load_clock(now))
    max_ahead = timedelta(hours=current_app.config["CLOCK_MAX_AHEAD_HOURS"])
    if (direction := clock_jump(now, clock.seen_at, max_ahead)) is not None:
        clock.stopped_at = now
        log.error(
            "the clock is %s: it says %s and was last seen at %s. The calendar stands still;"
            " set the clock, or, if it is right: flask calendar confirm",
            direction,
            now.isoformat(timespec="seconds"),
            clock.seen_at.isoformat(timespec="seconds"),
        )
        return False
    if clock.stopped_at is not None:
        log.warning("the clock is plausible again: the calendar goes on")
    clock.stopped_at = None
    clock.seen_at = max(clock.seen_at, now)
    return True


def confirm(now: datetime) -> None:
    """An operator says that `now` is right: the calendar goes on from here."""
    clock = lock(load_clock(now))
    log.warning("the time is confirmed; last seen before: %s", clock.seen_at.isoformat())
    clock.seen_at, clock.stopped_at = now, None


def stopped_clock() -> Clock | None:
    """The clock while the calendar stands still, else None."""
    clock = db.session.get(Clock, 1)
    return clock if clock is not None and clock.stopped_at is not None else None


def undo(now: datetime, since: datetime | None = None) -> list[str]:
    """Put right what the calendar did that can't be right at `now`; lines that say what.

    Args:
        since: leave alone what was done earlier, by the clock as it was then.
    """
    return [line for step in undo_steps for line in step(now, since)]
