"""A writer waits for the one write lock of SQLite without being overtaken for long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from market import database
from market.database import db, sqlite_module, transaction


@pytest.fixture
def other(app: Flask) -> Iterator[Any]:
    """Somebody else who is writing."""
    connection = sqlite_module().connect(db.engine.url.database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    yield connection
    connection.close()


def test_who_waits_to_write_looks_again_at_even_steps(
    other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[float] = []

    def wait(seconds: float) -> None:
        steps.append(seconds)
        if len(steps) == 40:
            other.rollback()

    monkeypatch.setattr(database.time, "sleep", wait)
    with transaction():
        assert steps == [database.LOOK_AGAIN] * 40
    assert _busy_timeout() == database.PATIENCE * 1000


def test_who_waited_too_long_is_told_and_may_try_again(
    other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.0)
    with pytest.raises(OperationalError, match="locked"), transaction():
        pass
    other.rollback()
    with transaction():
        pass


def _busy_timeout() -> float:
    """Milliseconds for which SQLite itself waits, where there is no transaction to begin."""
    return db.session.execute(text("PRAGMA busy_timeout")).scalar_one()
