"""What is read from the database once and kept in memory while it stays the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app

# Seconds a thing is used before the database is asked again whether it still holds.
TRUSTED_FOR = 5.0

Thing = TypeVar("Thing")
_last_made: dict[str, tuple[int, Any]] = {}


def versioned(name: str, fingerprint: Callable[[], object], make: Callable[[], Thing]) -> Thing:
    """The thing of that name, made anew when `fingerprint` says something else than when
    it was made. Each app keeps its own, apps of one fingerprint share it; the fingerprint is
    asked every TRUSTED_FOR seconds."""
    things = current_app.extensions.setdefault("kept", {})
    thing, print_then, asked = things.get(name, (None, None, 0.0))
    now = time.monotonic()
    if thing is not None and now - asked < TRUSTED_FOR:
        return thing
    print_now = hash(fingerprint())
    if thing is None or print_now != print_then:
        made = _last_made.get(name)
        if made is None or made[0] != print_now:
            made = _last_made[name] = print_now, make()
        thing = made[1]
    things[name] = (thing, print_now, now)
    return thing
