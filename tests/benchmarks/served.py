"""Web and worker as a user runs them, and what they take of the machine."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.ports import free_port

# A busy machine takes a minute for what takes an idle one five seconds.
PATIENCE = 300.0


@dataclass(frozen=True)
class Served:
    """The market being served.

    Attributes:
        web, worker: ids of the processes that the Procfile starts.
    """

    port: int
    web: int
    worker: int

    @property
    def workers(self) -> list[int]:
        """The processes that answer, of the web server."""
        return children(self.web)


@contextlib.contextmanager
def served(root: Path, instance: Path) -> Iterator[Served]:
    """Web and worker of the instance from the Procfile, on a port that is free."""
    port = free_port()
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {
        **os.environ,
        "BIND": f"127.0.0.1:{port}",
        "MARKET_INSTANCE": str(instance),
        "PATH": path,
    }
    lines = (root / "Procfile").read_text("utf-8").splitlines()
    started = [
        subprocess.Popen(
            ["/bin/sh", "-c", f"exec {line.split(':', 1)[1]}"],
            env=environment,
            cwd=root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for line in lines
    ]
    try:
        _wait(port)
        yield Served(port, started[0].pid, started[1].pid)
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def memory(pages: Served, addresses: Sequence[str]) -> dict[str, float]:
    """Proportional memory of web and worker after serving every address twice, in MiB."""
    for address in (*addresses, *addresses):
        with contextlib.suppress(urllib.error.HTTPError):
            url = f"http://127.0.0.1:{pages.port}{quote(address, safe='/?&=%')}"
            urllib.request.urlopen(url).read()
    return {"web": _memory(pages.web), "worker": _memory(pages.worker)}


def seconds_of(pid: int) -> float:
    """Processor seconds that the process and those it started have taken."""
    told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
    return own + sum(map(seconds_of, children(pid)))


def _wait(port: int) -> None:
    begin = time.monotonic()
    while time.monotonic() - begin < PATIENCE:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError("the web server did not start")


def children(pid: int) -> list[int]:
    """The processes that the process has started."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in found]


def _memory(pid: int) -> float:
    """MiB of the process and those it started, shared pages divided among their users."""
    kib = next(
        int(line.split()[1])
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        if line.startswith("Pss:")
    )
    return kib / 1024 + sum(map(_memory, children(pid)))
