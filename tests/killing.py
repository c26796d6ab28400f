"""Web and worker as processes that are started, and killed, hundreds of times."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask

ROOT = Path(__file__).resolve().parents[1]
# Seconds; long, because a busy machine is no fault.
PATIENCE = 300.0
# What Python loads is loaded once; each line read, a process's arguments, makes one that
# starts from there, in a group of its own so that all of it can be killed at once.
STARTER = """
import os, signal, sys
import wsgi, market.worker, market.cli, market.search.services, market.tallies.services
from flask.cli import cli
from gunicorn.app.wsgiapp import run
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
for line in sys.stdin:
    child = os.fork()
    if not child:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        kind, *arguments = line.split()
        if kind == "web":
            sys.argv = ["gunicorn", *arguments, "wsgi:app"]
            sys.exit(run())
        cli.main(["--app", "wsgi", "worker"])
    print(child, flush=True)
"""


def until(holds: Callable[[], object]) -> None:
    """Wait for something that another process does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def kill(process: int) -> None:
    """Kill it and all that it started, and wait until it is gone."""
    os.killpg(process, signal.SIGKILL)
    until(lambda: not lives(process))


class Starter:
    """Starts web and worker of a test's instance."""

    def __init__(self, app: Flask) -> None:
        self.running: set[int] = set()
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-c", STARTER],
            cwd=ROOT,
            env={
                **os.environ,
                "MARKET_ENV": "development",
                "MARKET_INSTANCE": str(app.config["INSTANCE"]),
                "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def worker(self) -> int:
        """A worker's process number, which is its group's too."""
        return self._start("worker")

    def web(self, port: int) -> int:
        """A web server's, two processes of two threads as in the Procfile."""
        kind = "--workers 2 --threads 2 --worker-class gthread --preload --no-control-socket"
        return self._start(f"web {kind} --log-level critical --bind 127.0.0.1:{port}")

    def _start(self, line: str) -> int:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        self.running.add(started := int(self.process.stdout.readline()))
        return started

    def end(self) -> None:
        """Kill what still runs."""
        for process in filter(lives, self.running):
            kill(process)
        self.process.communicate()
