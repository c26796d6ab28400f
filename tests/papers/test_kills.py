"""The process that makes documents is killed over and over: each document is made in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from market.database import db
from market.papers import document_jobs
from market.papers.document_jobs import COMMAND, MakerProcess
from market.papers.models import Document, DocumentStatus
from market.papers.services import MAX_TRIES
from tests.killing import ROOT

# `flask papers make`, which stops for good in the middle of a document.
STOPPING = """
import signal
from market.papers import document_jobs
document_jobs.new_file = lambda ending: signal.pause()
from wsgi import app
with app.app_context():
    document_jobs.make_queued()
"""


def environment_of(app: Any, folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "MARKET_ENV": "development",
        "MARKET_INSTANCE": str(folder),
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "FLASK_APP": "wsgi",
    }


def until(holds: Callable[[], object], process: subprocess.Popen[bytes]) -> None:
    """Wait for what the process does for as long as it lives: it is of low priority, and on a busy
    machine its turn may come late."""
    while process.poll() is None:
        if holds():
            return
        time.sleep(0.02)
    assert holds(), f"the process ended with {process.returncode} before"


def status_of(document: Document) -> DocumentStatus:
    db.session.rollback()
    return document.status


@pytest.mark.endurance
def test_a_maker_killed_in_the_middle_leaves_a_document_that_is_made_by_the_next(
    app: Any, ask: Callable[..., Document], tmp_path: Path
) -> None:
    document = ask("workbook")
    for tries in range(1, MAX_TRIES):
        process = subprocess.Popen(
            [sys.executable, "-c", STOPPING], cwd=ROOT, env=environment_of(app, tmp_path)
        )
        until(
            lambda n=tries: status_of(document) is DocumentStatus.RUNNING and document.tries == n,
            process,
        )
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert status_of(document) is DocumentStatus.RUNNING
    assert document_jobs.make_queued() == 1
    assert status_of(document) is DocumentStatus.DONE
    assert document_jobs.file_of(document).stat().st_size == document.file_size
    assert not list(document_jobs.folder().glob("*.part"))


def test_the_workshop_starts_one_maker_when_a_document_waits(
    app: Any, ask: Callable[..., Document], tmp_path: Path, monkeypatch: Any
) -> None:
    for name, value in environment_of(app, tmp_path).items():
        monkeypatch.setenv(name, value)
    workshop = MakerProcess()
    workshop.look()
    assert workshop.process is None
    document = ask("workbook")
    workshop.look()
    process = workshop.process
    workshop.look()
    assert workshop.process is process
    assert COMMAND[0] == "nice"
    assert process is not None
    until(lambda: status_of(document) is DocumentStatus.DONE, process)
    workshop.close()
    assert process.wait() in (0, -signal.SIGTERM)
