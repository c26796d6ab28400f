"""A lock between the processes of one instance, held by a file."""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Iterator
from pathlib import Path

RETRY_SECONDS = 0.02


class Locked(Exception):
    """Another process holds the lock."""


@contextlib.contextmanager
def file_lock(file: Path, wait_seconds: float = 0.0) -> Iterator[None]:
    """Hold the lock of `file`, alone among processes; it falls free when the process dies.

    Raises:
        Locked: another still held it after `wait_seconds`.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    deadline = time.monotonic() + wait_seconds
    with file.open("a") as held:
        while True:
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    raise Locked(f"another process holds {file}") from None
                time.sleep(RETRY_SECONDS)
        yield
