"""Databases on the PostgreSQL server that TEST_POSTGRESQL_URL names, made and dropped by tests.

The URL names a database to connect to; those made here are called after it, the worker of
pytest-xdist and a number, so that workers don't meet. One left behind by a run that was
killed is dropped when its name is wanted again.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import count

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from tests.optional import lacks

VARIABLE = "TEST_POSTGRESQL_URL"


class Server:
    """Makes databases beside the one of `url`."""

    def __init__(self, url: str) -> None:
        self.url: URL = make_url(url)
        self._worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        self._numbers = count(1)
        self._engine: Engine = create_engine(
            self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool
        )

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The URL of a new copy of the database `template`, dropped at the end."""
        name = f"{self.url.database}_{self._worker}_{next(self._numbers)}"
        drop = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        # Copying the files takes a third of the time of writing them all to the log.
        copy = "STRATEGY FILE_COPY" if self._version >= 15 else ""
        self._execute(drop, f'CREATE DATABASE "{name}" TEMPLATE "{template}" {copy}')
        try:
            yield self.url.set(database=name).render_as_string(hide_password=False)
        finally:
            self._execute(drop)

    @cached_property
    def _version(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.exec_driver_sql("SHOW server_version_num").scalar_one()) // 10_000

    def _execute(self, *statements: str) -> None:
        with self._engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


def server_or_skip() -> Server:
    """The server; without one the test is skipped, or fails where CI_NO_SKIPS is set."""
    url = os.environ.get(VARIABLE)
    if not url:
        lacks("PostgreSQL")
    return Server(url)
