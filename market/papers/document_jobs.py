"""The worker's part: start a process that makes documents whenever one waits.

Setting a page or writing a hundred thousand rows takes seconds of processor; the worker, which
has an index to keep within one, lets another process do it, last in line for the processor.
"""

from __future__ import annotations

import logging
import subprocess
import sys

from market import ROOT
from market.papers.services import is_anything_to_make

COMMAND = ("nice", "-n", "15", sys.executable, "-m", "flask", "--app", "wsgi", "papers", "make")

log = logging.getLogger("market.papers")


class DocumentJobs:
    """At most one process that makes documents, of this worker's starting."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Start the making if a document waits and none is being made."""
        if self.process is not None:
            if self.process.poll() is None:
                return
            if self.process.returncode:
                log.warning("the making of documents ended with %s", self.process.returncode)
            self.process = None
        if is_anything_to_make():
            self.process = subprocess.Popen(COMMAND, cwd=ROOT, stdout=subprocess.DEVNULL)

    def close(self) -> None:
        """Stop what is being made; it is taken up again when a worker is next at work."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
