"""The process that makes documents is killed over and over: each document is made in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from market.database import db
from market.papers import builder
from market.papers.document_jobs import COMMAND, DocumentJobs
from market.papers.models import Document, Making
from market.papers.services import MOST_TRIES
from tests.killing import PATIENCE, ROOT, until

# `flask papers make`, slow enough to be killed in the middle of a document.
SLOWLY = """
import sys, time
from market.papers import builder
right = builder._new_file
def slowly(ending):
    time.sleep(float(sys.argv.pop()))
    return right(ending)
builder._new_file = slowly
from wsgi import app
with app.app_context():
    builder.make_waiting()
"""


def environment_of(app: Any, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "MARKET_ENV": "development",
        "MARKET_INSTANCE": str(folder),
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "FLASK_APP": "wsgi",
    }


def status_of(document: Document) -> Making:
    db.session.rollback()
    return document.status


@pytest.mark.endurance
def test_a_maker_killed_in_the_middle_leaves_a_document_that_is_made_by_the_next(
    app: Any, ask: Callable[..., Document], tmp_path: Path
) -> None:
    document = ask("workbook")
    for tries in range(1, MOST_TRIES):
        process = subprocess.Popen(
            [sys.executable, "-c", SLOWLY, "60"], cwd=ROOT, env=environment_of(app, tmp_path)
        )
        until(lambda n=tries: status_of(document) is Making.RUNNING and document.tries == n)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert status_of(document) is Making.RUNNING
    assert builder.make_waiting() == 1
    assert status_of(document) is Making.DONE
    assert builder.file_of(document).stat().st_size == document.file_size
    assert not list(builder.folder().glob("*.part"))


def test_the_workshop_starts_one_maker_when_a_document_waits(
    app: Any, ask: Callable[..., Document], tmp_path: Path, monkeypatch: Any
) -> None:
    for name, value in environment_of(app, tmp_path).items():
        monkeypatch.setenv(name, value)
    workshop = DocumentJobs()
    workshop.look()
    assert workshop.process is None
    document = ask("workbook")
    workshop.look()
    process = workshop.process
    workshop.look()
    assert workshop.process is process
    assert COMMAND[0] == "nice"
    until(lambda: status_of(document) is Making.DONE)
    workshop.close()
    assert process is not None
    assert process.wait(PATIENCE) in (0, -signal.SIGTERM)
