"""Counting what requests do without writing in them.

A request only adds to a counter in memory; a thread writes what has gathered, at most every
FLUSH_SECONDS and apart from all requests: none ever waits for the writer's lock, and one that
can't be counted still answers. What a process held when it was killed is lost, which is no matter.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from contextlib import suppress
from threading import Lock, Thread
from typing import Generic, TypeVar

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

FLUSH_SECONDS = 30.0
# Different keys in memory at once: more are of programs.
MAX_WAITING = 5_000

Key = TypeVar("Key", bound=Hashable)


class GatheredCounts(Generic[Key]):
    """A counter of a process.

    Args:
        what: is counted, for the log.
        write: stores the counts, in a transaction of its own.
    """

    def __init__(
        self, what: str, write: Callable[[Mapping[Key, int]], None], max_waiting: int = MAX_WAITING
    ) -> None:
        self.what, self.write, self.max_waiting = what, write, max_waiting
        self._waiting: Counter[Key] = Counter()
        self._lock = Lock()
        self._flushed_at = 0.0

    def add(self, key: Key) -> None:
        """Count `key` once; never waits and never fails."""
        with self._lock:
            if len(self._waiting) < self.max_waiting or key in self._waiting:
                self._waiting[key] += 1
            due = time.monotonic() - self._flushed_at >= FLUSH_SECONDS
            if due:
                self._flushed_at = time.monotonic()
        if due and not current_app.testing:
            app = current_app._get_current_object()  # type: ignore[attr-defined]
            with suppress(RuntimeError):  # no thread to be had now: the next one writes
                Thread(target=self.flush_in, args=(app,), daemon=True).start()

    def flush_in(self, app: Flask) -> None:
        """Write what has gathered; what can't be written is lost, and the log says so."""
        with app.app_context():
            try:
                self.flush()
            except (SQLAlchemyError, OSError):
                app.logger.warning("%s could not be counted", self.what, exc_info=True)

    def flush(self) -> None:
        """Write what has gathered."""
        with self._lock:
            gathered = dict(self._waiting)
            self._waiting.clear()
        if gathered:
            self.write(gathered)
