"""Killed in the middle an import makes all or nothing, and the next worker makes the rest."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from market.accounts.models import Account
from market.database import db
from market.imports import making
from market.imports.jobs import work
from market.imports.models import MAX_TRIES, ImportState
from market.offers.models import Offer, OfferChange
from tests.conftest import Client
from tests.imports.conftest import ROWS, newest, tried, workbook
from tests.killing import ROOT

# The worker's process, which stops for good where everything is written and not yet committed.
STUCK = """
import sys, time
from market.imports import jobs, making
write = making._write
def stuck(*arguments):
    write(*arguments)
    print("written", flush=True)
    time.sleep(600)
making._write = stuck
from wsgi import app
with app.app_context():
    jobs.work()
"""


def count(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(db.select(db.func.count()).select_from(model)) or 0


def start(station: Client) -> None:
    trial = tried(station, workbook(ROWS))
    page = f"/station/imports/{trial.id}"
    station.send(f"{page}/start", {"policy": "skip"}, page)


def test_what_breaks_inside_the_transaction_leaves_nothing(
    station: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(station)
    accounts = count(Account)
    write = making._write

    def broken(*arguments: Any) -> None:
        write(*arguments)
        raise RuntimeError("in the middle")

    monkeypatch.setattr(making, "_write", broken)
    work()
    assert (newest().state, newest().error) == (ImportState.FAILED, "broken")
    assert (count(Offer), count(OfferChange), count(Account)) == (0, 0, accounts)


def test_a_process_killed_in_the_middle_leaves_nothing_and_the_next_imports_it_all(
    app: Any, station: Client, tmp_path: Path
) -> None:
    start(station)
    environment = {
        **os.environ,
        "MARKET_ENV": "development",
        "MARKET_INSTANCE": str(tmp_path),
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "FLASK_APP": "wsgi",
    }
    db.session.rollback()
    command = [sys.executable, "-c", STUCK]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"written\n"
        process.send_signal(signal.SIGKILL)
    assert (count(Offer), newest().state) == (0, ImportState.QUEUED)
    work()
    assert (count(Offer), newest().state, newest().tries) == (3, ImportState.DONE, 0)


def test_what_stops_three_times_is_given_up(
    station: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(station)
    monkeypatch.setattr("market.imports.jobs._work_on", lambda imported: sys.exit())
    for _ in range(MAX_TRIES):
        with pytest.raises(SystemExit):
            work()
    work()
    assert (newest().state, newest().error) == (ImportState.FAILED, "stopped")
    assert count(Offer) == 0
