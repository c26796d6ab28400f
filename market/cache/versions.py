"""Values read from the database once and reused until their version changes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import current_app

# Seconds for which a value is reused before the database is asked for its version again.
VERSION_CHECK_SECONDS = 5.0

Value = TypeVar("Value")
VersionKey = Callable[[], object]


@dataclass(frozen=True)
class Versioned:
    """A value, its version, and the monotonic second at which that version was read."""

    value: Any
    version: int
    version_key: VersionKey
    checked_at: float


# Of all apps of the process: the value made last, by name.
_newest: dict[str, Versioned] = {}


def versioned(name: str, version_key: VersionKey, make: Callable[[], Value]) -> Value:
    """The value of that name, made again when `version_key()` differs from when it was made.

    Each app has values of its own, because each may have another database; what was made last
    for one serves the others of the same version. The version is read every
    VERSION_CHECK_SECONDS.
    """
    values = _of_app()
    known, now = values.get(name), time.monotonic()
    if known is None or now - known.checked_at >= VERSION_CHECK_SECONDS:
        version = hash(version_key())
        if known is None or known.version != version:
            known = _newest.get(name)
        if known is None or known.version != version:
            known = _newest[name] = Versioned(make(), version, version_key, now)
        known = values[name] = replace(known, checked_at=now)
    value: Value = known.value
    return value


def current_versions(names: Iterable[str] | None = None) -> dict[str, int]:
    """The versions of the app's values of these names, or of all it has so far, each read at
    most VERSION_CHECK_SECONDS ago."""
    values, now = _of_app(), time.monotonic()
    found = {}
    for name in list(values) if names is None else names:
        known = values[name]
        found[name] = known.version
        if now - known.checked_at >= VERSION_CHECK_SECONDS:
            found[name] = hash(known.version_key())
            if found[name] == known.version:
                values[name] = replace(known, checked_at=now)
    return found


def names_in_memory() -> Set[str]:
    """The names of the app's values so far."""
    return _of_app().keys()


def recheck(*names: str) -> None:
    """Have the versions of the app's values of these names read again at their next use: this
    process has just changed what they are made of."""
    values = _of_app()
    for name in names:
        if name in values:
            values[name] = replace(values[name], checked_at=-math.inf)


def _of_app() -> dict[str, Versioned]:
    values: dict[str, Versioned] = current_app.extensions.setdefault("versioned", {})
    return values
