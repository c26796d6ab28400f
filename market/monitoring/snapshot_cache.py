"""Figures of the whole market, read once a minute in each process."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from flask import current_app

from market.cache.stores import TimeLimitedStore, app_store

Value = TypeVar("Value")

# How many times MONITORING_SECONDS a figure may be old on a page that only announces it.
ANNOUNCED_AGE = 10
MAX_SNAPSHOTS = 512


def time_limited(name: Hashable, make: Callable[[], Value], is_announced: bool = False) -> Value:
    """The value of that name, made again when it is older than MONITORING_SECONDS.

    Args:
        make: its result carries the time it was made at where a page shows that.
        is_announced: ANNOUNCED_AGE times as old will do, for a page that only announces it.
    """
    seconds: float = current_app.config["MONITORING_SECONDS"]
    store = app_store("monitoring", lambda: _store(seconds))
    made: tuple[float, Any] | None = store.get(name)
    age_seconds = time.monotonic() - made[0] if made else 0.0
    if made is None or age_seconds >= seconds * (ANNOUNCED_AGE if is_announced else 1):
        made = time.monotonic(), make()
        store.put(name, made)
    value: Value = made[1]
    return value


def _store(seconds: float) -> TimeLimitedStore[tuple[float, Any]]:
    return TimeLimitedStore(MAX_SNAPSHOTS, seconds * ANNOUNCED_AGE)
