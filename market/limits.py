"""How often something may be tried, counted in one small file that all workers share.

The counts live in a SQLite file of their own, so that a flood of log-ins never touches
the market's database. Losing the file loses nothing but the counts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import ngettext
from limits import RateLimitItem
from limits.storage import Storage

from market.database import sqlite_module
from market.errors import DomainError
from market.extensions import limiter

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS counts"
    " (key TEXT PRIMARY KEY, count INTEGER NOT NULL, expires REAL NOT NULL) WITHOUT ROWID"
)


class SQLiteStorage(Storage):
    """Fixed-window counts in the SQLite file of a `sqlite:///<path>` address.

    Every call opens the file anew: it is fast enough for the few requests that are
    limited, and safe over forks and threads.
    """

    STORAGE_SCHEME = ["sqlite"]  # noqa: RUF012

    def __init__(self, uri: str | None = None, **options: Any) -> None:
        super().__init__(uri, **options)
        self.path = Path((uri or "").removeprefix("sqlite:///"))
        self.driver = sqlite_module()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if not self.check():
            # Written with synchronous=OFF: a power cut may have torn it.
            self.path.unlink(missing_ok=True)

    @property
    def base_exceptions(self) -> type[Exception]:
        return self.driver.Error

    @contextmanager
    def _writing(self) -> Iterator[Any]:
        connection = self.driver.connect(self.path, timeout=10, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(SCHEMA)
            connection.execute("DELETE FROM counts WHERE expires <= ?", [time.time()])
            yield connection
            connection.execute("COMMIT")
        finally:
            connection.close()

    def _value(self, column: str, key: str) -> Any:
        with self._writing() as connection:
            row = connection.execute(f"SELECT {column} FROM counts WHERE key = ?", [key]).fetchone()
        return row[0] if row else None

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more and return the count; its window of `expiry` seconds
        begins with the first."""
        with self._writing() as connection:
            return connection.execute(
                "INSERT INTO counts (key, count, expires) VALUES (?, ?, ?)"
                " ON CONFLICT (key) DO UPDATE SET count = count + excluded.count"
                " RETURNING count",
                [key, amount, time.time() + expiry],
            ).fetchone()[0]

    def get(self, key: str) -> int:
        return self._value("count", key) or 0

    def get_expiry(self, key: str) -> float:
        """When the window of `key` ends, in seconds since the epoch."""
        return self._value("expires", key) or time.time()

    def check(self) -> bool:
        """Whether the file can be read and is whole."""
        try:
            with self._writing() as connection:
                return connection.execute("PRAGMA quick_check").fetchone()[0] == "ok"
        except self.driver.DatabaseError:
            return False

    def reset(self) -> int | None:
        with self._writing() as connection:
            return connection.execute("DELETE FROM counts").rowcount

    def clear(self, key: str) -> None:
        with self._writing() as connection:
            connection.execute("DELETE FROM counts WHERE key = ?", [key])


class TooManyTries(DomainError):
    """A limit is used up.

    Attributes:
        retry_after: seconds until it may be tried again.
    """

    status = 429

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(_("Too many tries: try again in %(time)s.", time=waiting(retry_after)))


def waiting(seconds: int) -> str:
    """So long in words, rounded up to minutes, beyond two hours to hours."""
    minutes = max(1, -(-seconds // 60))
    if minutes <= 120:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes)
    return ngettext("%(num)s hour", "%(num)s hours", -(-minutes // 60))


def spend(limit: RateLimitItem, *key: str) -> None:
    """Count one try of `key`, before it is made: many at once can't slip past together.

    Raises:
        TooManyTries: the limit is used up.
    """
    if limiter.enabled and not limiter.limiter.hit(limit, *key):
        ends = limiter.storage.get_expiry(limit.key_for(*key))
        raise TooManyTries(max(1, round(ends - time.time())))


def record(limit: RateLimitItem, *key: str) -> None:
    """Count one of `key` that nothing is refused for; is_spent() says when there were many."""
    if limiter.enabled:
        limiter.limiter.hit(limit, *key)


def refund(limit: RateLimitItem, *key: str) -> None:
    """Take back one try of `key` that was spent: it turned out not to count."""
    if limiter.enabled:
        limiter.storage.incr(limit.key_for(*key), limit.get_expiry(), amount=-1)


def is_spent(limit: RateLimitItem, *key: str) -> bool:
    """Whether `key` has no try left, without counting one."""
    return limiter.enabled and not limiter.limiter.test(limit, *key)


def forgive(limit: RateLimitItem, *key: str) -> None:
    """Forget the tries of `key`: the last one was right."""
    if limiter.enabled:
        limiter.storage.clear(limit.key_for(*key))


def init_app(app: Flask) -> None:
    """Count in LIMITS_DATABASE, unless RATELIMIT_STORAGE_URI names another storage."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", f"sqlite:///{app.config['LIMITS_DATABASE']}")
    limiter.init_app(app)
