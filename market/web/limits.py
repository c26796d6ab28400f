"""How often something may be tried, counted in one small file that all workers share.

The counts live in a SQLite file of their own, so that a flood of log-ins never touches
the market's database. Losing the file loses nothing but the counts: a broken one is begun anew,
and while it can't be written (a full disk) each process counts for itself.
"""

from __future__ import annotations

import hmac
import logging
import threading
import time
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from flask_babel import gettext as _
from flask_babel import ngettext
from limits import RateLimitItem
from limits.storage import Storage

from market.database import sqlite_module
from market.extensions import limiter
from market.web.errors import DomainError

SCHEMA = (
    "CREATE TABLE IF NOT EXISTS counts"
    " (key TEXT PRIMARY KEY, count INTEGER NOT NULL, expires REAL NOT NULL) WITHOUT ROWID"
)


# Seconds a process waits for the others to have counted.
LOCK_TIMEOUT_SECONDS = 2.0
TORN = ("malformed", "not a database", "no such column", "no such table")
SIDECARS = ("", "-journal", "-wal", "-shm")

log = logging.getLogger("market.web.limits")


class SQLiteStorage(Storage):
    """Fixed-window counts in the SQLite file of a `sqlite:///<path>` address.

    Every call opens the file anew: it is fast enough for the few requests that are
    limited, and safe over forks and threads. No call fails: a limit is no reason to refuse
    a log-in that is right.
    """

    STORAGE_SCHEME = ["sqlite"]  # noqa: RUF012

    def __init__(self, uri: str | None = None, **options: Any) -> None:
        super().__init__(uri, **options)
        self.path = Path((uri or "").removeprefix("sqlite:///"))
        self.driver = sqlite_module()
        self._own = self.driver.connect(":memory:", isolation_level=None, check_same_thread=False)
        self._own_lock = threading.Lock()
        self._failing = False
        self.check()

    @property
    def base_exceptions(self) -> type[Exception]:
        return self.driver.Error

    def _ask(self, statement: str, *values: Any) -> tuple[Any, int]:
        """The first row of a statement, or None, and how many rows it changed."""
        try:
            answer = self._ask_file(statement, values)
        except (self.driver.Error, OSError) as error:
            return self._ask_own(statement, values, error)
        if self._failing:
            log.warning("%s counts tries again", self.path)
            self._failing = False
        return answer

    def _ask_file(self, statement: str, values: tuple[Any, ...]) -> tuple[Any, int]:
        try:
            return self._ask_once(statement, values)
        except self.driver.DatabaseError as error:
            if not any(sign in str(error) for sign in TORN):
                raise
            log.error("%s is broken (%s): it is begun anew", self.path, error)
            for end in SIDECARS:
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        return self._ask_once(statement, values)

    def _ask_once(self, statement: str, values: tuple[Any, ...]) -> tuple[Any, int]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = self.driver.connect(
            self.path, timeout=LOCK_TIMEOUT_SECONDS, isolation_level=None
        )
        try:
            # A power cut may tear the file, which is then begun anew.
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("PRAGMA secure_delete=ON")
            return self._run(connection, statement, values)
        finally:
            connection.close()

    def _ask_own(
        self, statement: str, values: tuple[Any, ...], error: Exception
    ) -> tuple[Any, int]:
        """In this process's memory, while the file can't be used."""
        if not self._failing:
            log.error("%s can't count tries (%s): each process counts its own", self.path, error)
            self._failing = True
        with self._own_lock:
            return self._run(self._own, statement, values)

    @staticmethod
    def _run(connection: Any, statement: str, values: tuple[Any, ...]) -> tuple[Any, int]:
        connection.execute("BEGIN IMMEDIATE")
        try:
            connection.execute(SCHEMA)
            connection.execute("DELETE FROM counts WHERE expires <= ?", [time.time()])
            cursor = connection.execute(statement, values)
            row, changed = cursor.fetchone(), cursor.rowcount
            cursor.close()
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return row, changed

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more and return the count; its window of `expiry` seconds
        begins with the first."""
        row, _changed = self._ask(
            "INSERT INTO counts (key, count, expires) VALUES (?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET count = count + excluded.count"
            " RETURNING count",
            *(key, amount, time.time() + expiry),
        )
        count: int = row[0]
        return count

    def get(self, key: str) -> int:
        row, _changed = self._ask("SELECT count FROM counts WHERE key = ?", key)
        return row[0] if row else 0

    def get_expiry(self, key: str) -> float:
        """When the window of `key` ends, in seconds since the epoch."""
        row, _changed = self._ask("SELECT expires FROM counts WHERE key = ?", key)
        return row[0] if row else time.time()

    def check(self) -> bool:
        """Whether the file is whole and can be written; a broken one is begun anew."""
        self._ask("SELECT count(*) FROM counts")
        return not self._failing

    def reset(self) -> int | None:
        return self._ask("DELETE FROM counts")[1]

    def clear(self, key: str) -> None:
        self._ask("DELETE FROM counts WHERE key = ?", key)


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


def _sealed(key: tuple[str, ...]) -> str:
    """The key as it is stored: whose tries are counted can't be read from the counts."""
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.digest(secret, "\0".join(key).encode(), "sha256").hex()


def spend(limit: RateLimitItem, *key: str, cost: int = 1) -> None:
    """Count one try of `key`, before it is made: many at once can't slip past together.

    Args:
        cost: as how many tries it counts.

    Raises:
        TooManyTries: the limit is used up.
    """
    if limiter.enabled and not limiter.limiter.hit(limit, _sealed(key), cost=cost):
        ends = limiter.storage.get_expiry(limit.key_for(_sealed(key)))
        raise TooManyTries(max(1, round(ends - time.time())))


def record(limit: RateLimitItem, *key: str) -> None:
    """Count one of `key` that nothing is refused for; is_spent() says when there were many."""
    if limiter.enabled:
        limiter.limiter.hit(limit, _sealed(key))


def refund(limit: RateLimitItem, *key: str) -> None:
    """Take back one try of `key` that was spent: it turned out not to count."""
    if limiter.enabled:
        limiter.storage.incr(limit.key_for(_sealed(key)), limit.get_expiry(), amount=-1)


def is_spent(limit: RateLimitItem, *key: str) -> bool:
    """Whether `key` has no try left, without counting one."""
    return limiter.enabled and not limiter.limiter.test(limit, _sealed(key))


def forgive(limit: RateLimitItem, *key: str) -> None:
    """Forget the tries of `key`: the last one was right."""
    if limiter.enabled:
        limiter.storage.clear(limit.key_for(_sealed(key)))


def init_app(app: Flask) -> None:
    """Count in LIMITS_DATABASE, unless RATELIMIT_STORAGE_URI names another storage."""
    app.config.setdefault("RATELIMIT_STORAGE_URI", f"sqlite:///{app.config['LIMITS_DATABASE']}")
    # Tries are counted by name, in views: as if its hooks were there already, which would look for
    # limits of the view at each request.
    app.extensions.setdefault("limiter", set()).add(limiter)
    limiter.init_app(app)
