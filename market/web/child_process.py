"""A process that the worker starts for what takes seconds of processor time."""

from __future__ import annotations

import logging
import subprocess
from collections.abc import Callable, Sequence

from market import ROOT

log = logging.getLogger("market.worker")


class ChildProcess:
    """At most one process of a command, started by this worker while there is something to do.

    Killed at any moment it loses nothing: the next one does what is left.
    """

    def __init__(self, command: Sequence[str], is_needed: Callable[[], bool]) -> None:
        self.command, self.is_needed = command, is_needed
        self.process: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Start the process if something waits and none is at it."""
        if self.process is not None:
            if self.process.poll() is None:
                return
            if self.process.returncode:
                log.warning("%s ended with %s", self.command[-2:], self.process.returncode)
            self.process = None
        if self.is_needed():
            self.process = subprocess.Popen(self.command, cwd=ROOT, stdout=subprocess.DEVNULL)

    def close(self) -> None:
        """Stop the process; the next worker starts another."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
