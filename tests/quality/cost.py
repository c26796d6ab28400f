"""What understanding costs: milliseconds a text and the megabytes of the lexicons.

`python -m tests.quality.cost FOLDER` prints the megabytes; the folder is that of an app of
`tests.conftest.make_app`, and the process is a fresh one, in which nothing is loaded yet.
"""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import quantiles

from flask import current_app

from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon
from tests.conftest import make_app, running
from tests.quality import sets
from tests.quality.measure import understood
from tests.quality.posts import read_post

# The quickest of these counts: the others are the machine's.
ROUNDS = 5


def p95_ms(act: Callable[[str], object], texts: list[str]) -> float:
    """Milliseconds that one of twenty texts takes longer than."""
    for text in texts:
        act(text)
    with _without_collection():
        times = [min(_ms(act, text) for _ in range(ROUNDS)) for text in texts]
    return quantiles(times, n=20)[-1]


@contextmanager
def _without_collection() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _ms(act: Callable[[str], object], text: str) -> float:
    start = time.perf_counter()
    act(text)
    return (time.perf_counter() - start) * 1000


def query_ms() -> float:
    return p95_ms(understood, [r["text"] for p in sets.PARTS for r in sets.rows("queries", p)])


def post_ms() -> float:
    return p95_ms(read_post, [row["text"] for p in sets.PARTS for row in sets.rows("posts", p)])


def lexicon_megabytes() -> float:
    """Of resident memory that both lexicons, and all that reading a text makes of them, add."""
    command = [sys.executable, "-m", "tests.quality.cost", str(current_app.config["INSTANCE"])]
    root = Path(__file__).parents[2]
    told = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return float(told.stdout.split()[-1])


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def main(folder: Path) -> None:
    queries = [row["text"] for row in sets.rows("queries", "open")]
    posts = [row["text"] for row in sets.rows("posts", "open")]
    with running(make_app(folder)):
        gc.collect()
        before = _resident()
        product_lexicon()
        region_lexicon()
        for text in queries:
            understood(text)
        for text in posts:
            read_post(text)
        gc.collect()
        print((_resident() - before) / 2**20)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
