"""The queue of what is due by the clock, which is made anew when its file is broken.

Losing it loses nothing: what it asks for each minute and each day can be asked for again.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path

from huey import Huey
from huey.consumer import Consumer
from huey.storage import SqliteStorage

SIDECARS = ("", "-journal", "-wal", "-shm")

log = logging.getLogger("market.calendar.jobs")


class JobStorage(SqliteStorage):
    """A queue whose file keeps nothing of the jobs that are done."""

    def _create_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._create_connection()
        connection.execute("PRAGMA secure_delete=ON")
        return connection


class QuietConsumer(Consumer):
    """A consumer in the threads of a worker that answers the signals itself."""

    def _set_signal_handlers(self) -> None:
        pass


class Jobs:
    """A queue and who works it off, in threads of this process.

    Args:
        path: of the queue's file.
        fill: makes the queue on that file, with what it asks for.
        stop_within: seconds that stopping waits for what is being done.
    """

    def __init__(self, path: Path, fill: Callable[[], Huey], stop_within: float) -> None:
        self.path, self.fill, self.stop_within = path, fill, stop_within
        self.consumer: Consumer | None = None

    def look(self) -> None:
        """Start, or start again on a new file where the present one is broken or gone.

        Raises whatever keeps the file from being made: a full disk, no right to write.
        """
        if self.consumer is not None and (not self.path.exists() or is_broken(self.path)):
            log.error("%s is broken or gone: the queue is begun anew", self.path)
            self.stop()
        if self.consumer is not None:
            return
        if is_broken(self.path):
            log.error("%s is broken: the queue is begun anew", self.path)
            for end in SIDECARS:
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        consumer = QuietConsumer(
            self.fill(), workers=1, max_delay=1.0, shutdown_timeout=self.stop_within
        )
        consumer.start()
        self.consumer = consumer

    def stop(self) -> None:
        """End the threads, after what they are doing."""
        if self.consumer is not None:
            self.consumer.stop(graceful=True)
            self.consumer.huey.storage.close()
            self.consumer = None


def is_broken(path: Path) -> bool:
    """Whether the SQLite file is there and can't be read as one; locked or full it is whole.

    Read with the library that the queue uses: a second one in the process would, on closing
    the file, take the first one's locks away, and its shared memory with them.
    """
    if not path.exists():
        return False
    try:
        connection = sqlite3.connect(path, timeout=1)
        try:
            return bool(connection.execute("PRAGMA quick_check").fetchone()[0] != "ok")
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return False
    except sqlite3.DatabaseError:
        return True
