"""The instance that is measured: the whole fair, replayed so that it ends today."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from typing import Any

from sqlalchemy import select

from market.search import index
from tests.benchmarks import INSTANCE, ROOT


def prepare(anew: bool = True) -> list[dict[str, Any]]:
    """Make the replay where there is none of today, and its index; what each took.

    Args:
        anew: build the index even where there is one.
    """
    rows = []
    if not _is_of_today():
        start = time.perf_counter()
        _flask("fair", "replay", "--folder", str(INSTANCE), "--as-if-today", "--again")
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        seconds = time.perf_counter() - start
        rows.append({"figure": "replaying the whole fair, s", "is": seconds, "target": 300})
        rows.append({"figure": "memory for it, MiB", "is": memory, "target": None})
    # One of an older version has its tables brought up to date.
    _flask("init")
    if not anew and index.current(INSTANCE / "index") is not None:
        return rows
    start = time.perf_counter()
    _flask("reindex")
    seconds = time.perf_counter() - start
    rows.append(
        {"figure": "rebuilding the index, s, with starting up", "is": seconds, "target": 30}
    )
    return rows


def _flask(*arguments: str) -> None:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)


def _is_of_today() -> bool:
    from market import create_app
    from market.database import db
    from market.fairs.models import Fair
    from market.web.home_time import home_today

    if not (INSTANCE / "market.sqlite3").exists():
        return False
    app = create_app()
    with app.app_context():
        today = home_today()
        found = select(Fair.id).where(Fair.is_replay, Fair.ends_on == today)
        return db.session.scalar(found) is not None
