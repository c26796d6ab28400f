"""Web and worker as a user runs them, for what they take of the machine."""

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
from pathlib import Path
from typing import Any
from urllib.parse import quote

TARGET_MIB = 1024
PATIENCE = 60.0


def measure_memory(root: Path, instance: Path, addresses: Sequence[str]) -> list[dict[str, Any]]:
    """Proportional memory of all processes after serving every address twice, in MiB."""
    with _served(root, instance) as (url, web, worker):
        for address in (*addresses, *addresses):
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(url + quote(address, safe="/?&=")).read()
        taken = {"web": _memory(web), "worker": _memory(worker)}
    whole = sum(taken.values())
    told = ", ".join(f"{name} {mib:.0f}" for name, mib in taken.items())
    print(f"\nmemory of web and worker: {whole:.0f} MiB ({told}; target {TARGET_MIB})")
    return [{"name": "memory", **taken, "target": TARGET_MIB}]


@contextlib.contextmanager
def _served(root: Path, instance: Path) -> Iterator[tuple[str, int, int]]:
    """(address, process of the web server, of the worker), from the Procfile."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PORT": str(port), "MARKET_INSTANCE": str(instance), "PATH": path}
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
        yield f"http://127.0.0.1:{port}", started[0].pid, started[1].pid
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait()


def _wait(port: int) -> None:
    begin = time.monotonic()
    while time.monotonic() - begin < PATIENCE:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError("the web server did not start")


def _memory(pid: int) -> float:
    """MiB of the process and those it started, shared pages divided among their users."""
    task = Path(f"/proc/{pid}")
    kib = next(
        int(line.split()[1])
        for line in (task / "smaps_rollup").read_text().splitlines()
        if line.startswith("Pss:")
    )
    children = (task / "task" / str(pid) / "children").read_text().split()
    return kib / 1024 + sum(_memory(int(child)) for child in children)
