"""Answers kept for a minute in each process: a whole market is too much to read for each page."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

from flask import current_app

Thing = TypeVar("Thing")


# How many times longer what is merely announced may be kept.
LATELY = 10


def for_a_minute(name: Hashable, make: Callable[[], Thing], lately: bool = False) -> Thing:
    """The thing of that name, made anew when it is older than MONITORING_SECONDS.

    What is kept carries the time it was made at, so that a page can say of when its
    figures are.

    Args:
        lately: one ten times as old will do, for who only announces it.
    """
    things: dict[Hashable, tuple[float, Any]]
    things = current_app.extensions.setdefault("monitoring", {})
    seconds, now = current_app.config["MONITORING_SECONDS"], time.monotonic()
    made = things.get(name)
    if made is None or now - made[0] >= seconds * (LATELY if lately else 1):
        for old in [key for key, (at, _) in things.items() if now - at >= seconds * LATELY]:
            things.pop(old, None)
        made = things[name] = time.monotonic(), make()
    thing: Thing = made[1]
    return thing
