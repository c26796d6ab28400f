"""`make bench`: each figure of the whole fair with its target. It prints, it never fails.

Reads the replayed fair in instance/replay (or MARKET_INSTANCE); makes it when it is missing.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import brotli
from sqlalchemy import select

ROOT = Path(__file__).resolve().parents[2]
INSTANCE = Path(os.environ.setdefault("MARKET_INSTANCE", str(ROOT / "instance" / "replay")))
PAGE_TARGET = 14 * 1024
ROUNDS = 40


def kilobytes(content: bytes) -> tuple[float, float]:
    """(brotli, gzip) size in kB."""
    return len(brotli.compress(content, quality=5)) / 1024, len(gzip.compress(content, 6)) / 1024


def timed(act: Callable[[], object], rounds: int = ROUNDS) -> tuple[float, float]:
    """(p50, p95) in ms of `rounds` calls after one that warms up."""
    act()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        act()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def replay() -> None:
    """Make the whole fair where there is none yet, and say what it took."""
    if (INSTANCE / "market.sqlite3").exists():
        return
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "flask", "--app", "wsgi", "fair", "replay"], check=True)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"replay: {time.perf_counter() - start:.0f} s (target 300), {memory:.0f} MiB at most\n")


def pages() -> dict[str, str]:
    """The public pages to measure by name: paths in the replayed fair."""
    from market.extensions import db
    from market.fairs.models import Fair
    from market.offers.models import Offer, Status

    slug = db.session.scalar(select(Fair.slug).where(Fair.is_replay))
    live = db.session.scalar(select(Offer.id).where(Offer.status == Status.PUBLISHED).limit(1))
    found = {
        "home": "/",
        "offers": "/offers",
        "offers, filtered": "/offers?side=sell&q=柑橘",
        "offers, page 40": "/offers?sort=newest&page=40",
        "fairs": "/fairs",
        "fair": f"/fairs/{slug}",
        "fair's county": f"/fairs/{slug}/regions/430726",
        "log in": "/login",
        "register": "/register",
    }
    if live:
        found |= {"offer": f"/offers/{live}", "matches": f"/offers/{live}/matches"}
    return found


def main() -> None:
    """Print the tables and write them as JSON beside the instance."""
    replay()
    from market import create_app

    app = create_app()
    results = []
    with app.app_context():
        client = app.test_client()
        style = app.extensions["stylesheet"]()
        print(f"{'page':<20}{'br kB':>8}{'gzip kB':>9}{'target':>8}{'p50 ms':>9}{'p95 ms':>9}")
        for name, path in pages().items():
            response = client.get(path)
            br, gz = kilobytes(response.get_data() + style)
            p50, p95 = timed(lambda path=path: client.get(path))
            results.append(
                {
                    "page": name,
                    "status": response.status_code,
                    "br": br,
                    "gzip": gz,
                    "p50": p50,
                    "p95": p95,
                }
            )
            note = "" if response.status_code == 200 else f"  status {response.status_code}"
            over = "" if br * 1024 <= PAGE_TARGET else "  over"
            print(f"{name:<20}{br:>8.1f}{gz:>9.1f}{14:>8}{p50:>9.1f}{p95:>9.1f}{note}{over}")
    (INSTANCE / "bench.json").write_text(json.dumps(results, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
