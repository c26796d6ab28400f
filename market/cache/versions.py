"""Values read from the database once and reused until their version changes."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import Flask, current_app, g, has_request_context

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
_storing = threading.Lock()


def versioned(name: str, version_key: VersionKey, make: Callable[[], Value]) -> Value:
    """The value of that name, made again when `version_key()` differs from when it was made.

    Each app has values of its own, because each may have another database; what was made last
    for one serves the others of the same version. The version is read every
    VERSION_CHECK_SECONDS.
    """
    before, now = _of_app().get(name), time.monotonic()
    known = before
    if known is None or now - known.checked_at >= VERSION_CHECK_SECONDS:
        version = hash(version_key())
        if known is None or known.version != version:
            known = _newest.get(name)
        if known is None or known.version != version:
            known = _newest[name] = Versioned(make(), version, version_key, now)
        known = _store(name, before, replace(known, checked_at=now))
    value: Value = known.value
    return value


def _store(name: str, before: Versioned | None, found: Versioned) -> Versioned:
    """Put `found` in the place of `before`, the one that was there; returns what is there now.

    Another thread may have looked meanwhile, and later: what it found is never put back.
    """
    values = _of_app()
    with _storing:
        there = values.get(name)
        if there is None or there is before:
            there = values[name] = found
    return there


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
                _store(name, known, replace(known, checked_at=now))
    return found


def versions_before() -> dict[str, int]:
    """The versions of the app's values so far as this request found them, before it read anything
    else: what it shows may be newer than they are, never older."""
    if not has_request_context():
        return current_versions()
    if "versions_before" not in g:
        _note_versions()
    found: dict[str, int] = g.versions_before
    return found


def _note_versions() -> None:
    g.versions_before = current_versions()


def init_app(app: Flask) -> None:
    """Read the versions at the start of each request: its reading transaction, which begins then,
    shows what is older than what another thread reads a moment later."""
    app.before_request(_note_versions)


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
