"""A copy of the demonstration market, which the tests of a room only read."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import make_app, running


@pytest.fixture(scope="session")
def moment(demonstration: Path) -> datetime:
    """The moment the demonstration was made for."""
    return datetime.fromisoformat((demonstration / "moment").read_text("utf-8"))


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory, demonstration: Path) -> Iterator[Flask]:
    """The demonstration as `flask seed demo` made it, for tests that change nothing of it."""
    folder = tmp_path_factory.mktemp("seeded") / "market"
    shutil.copytree(demonstration, folder)
    with running(make_app(folder)) as app:
        yield app
