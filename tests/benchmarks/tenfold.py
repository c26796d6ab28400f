"""`make bench-tenfold`: how the time of each kind grows with ten times the listings.

The listings of the replayed fair, then ten of each with numbers of their own, other places,
prices and times, go straight into an index. The same questions are asked of both sizes and
checked alike, one by one. Only the market grows: how it stands to its peers, `make bench`
tells. It takes several minutes and some 6 GiB of memory.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import lru_cache
from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.benchmarks import contest
from tests.benchmarks.listings import Listings, listed
from tests.benchmarks.questions import all_kinds
from tests.benchmarks.replayed import INSTANCE, prepare
from tests.benchmarks.report import Report, held

TIMES = (1, 10)
MOST_GROWTH = 8.0
BATCH = 2000
SEED = 1350
MATCHINGS = 30


class Cutter:
    """The index's words, each text cut once: the copies of a listing say the same."""

    def __init__(self, words: Any) -> None:
        self.words = words
        self.cut = lru_cache(maxsize=None)(words.cut)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.words, name)


def main() -> None:
    report = Report()
    report.table("made", "Made", held(prepare(anew=False), "is"))
    from market import create_app

    app = create_app()
    with app.app_context():
        rows, words = _source(app)
        questions: dict[str, list[Any]] = {}
        sizes = []
        for times in TIMES:
            listings = listed(multiplied(rows, times), words)
            questions = questions or _questions(listings, words)
            sizes.append(_measured(report, app, rows, words, listings, questions, times))
    report.table("growth", "From one to ten times the listings", held(_growth(sizes), "growth"))
    report.save(INSTANCE / "bench-tenfold.json")


def _questions(listings: Listings, words: Any) -> dict[str, list[Any]]:
    found = all_kinds(listings, words)
    # Their truth is told one by one, of tens of thousands for each.
    return {**found, "matching": found["matching"][:MATCHINGS]}


def multiplied(rows: list[Any], times: int) -> Iterator[Any]:
    """The rows, and after each `times - 1` like it, elsewhere and at another time."""
    rng = random.Random(SEED)
    places = [(row.region_code, row.region_path) for row in rows]
    step = max(row.id for row in rows)
    for row in rows:
        yield row
        for copy in range(1, times):
            code, path = rng.choice(places)
            price = row.price_per_base
            if price is not None:
                price = (price * rng.randint(80, 120) / 100).quantize(price)
            yield SimpleNamespace(
                **{
                    **vars(row),
                    "id": row.id + copy * step,
                    "region_code": code,
                    "region_path": path,
                    "price_per_base": price,
                    "published_at": row.published_at - timedelta(seconds=rng.randint(1, 86400)),
                }
            )


def _source(app: Any) -> tuple[list[Any], Any]:
    """The rows of the database and the words of its index."""
    from market.database import db
    from market.search.engine import snapshots
    from market.search.services import columns

    words = Cutter(snapshots(app).newest().words)
    found = db.session.execute(columns()).all()
    return [SimpleNamespace(**row._mapping) for row in found], words


def _measured(
    report: Report,
    app: Any,
    rows: list[Any],
    words: Any,
    listings: Listings,
    questions: dict[str, list[Any]],
    times: int,
) -> list[dict[str, Any]]:
    from market.search import index, schema, services
    from market.search.snapshots import Snapshots
    from tests.benchmarks.engine import Market

    finished, told = services.finished_deals(), []

    def documents() -> Iterator[Any]:
        source = multiplied(rows, times)
        while batch := list(islice(source, BATCH)):
            yield from schema.documents(batch, words, finished)

    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        begin = time.perf_counter()
        with index.writing(Path(folder)):
            index.build(Path(folder), words.words, documents())
        told.append(f"market: filled in {time.perf_counter() - begin:.1f} s")
        before, app.extensions["search"] = app.extensions["search"], Snapshots(Path(folder))
        market = Market(app, [])
        found = contest.contest(market, [], listings, questions)
        app.extensions["search"].close()
        app.extensions["search"] = before
    report.note("\n".join(told))
    title = f"Engine alone, {len(listings)} listings, ms"
    report.table(f"engines, {times}", title, found)
    return found


def _growth(sizes: list[list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return [
        {
            **{"kind": one["kind"], "engine": one["engine"]},
            **{"p50 once": one["p50"], "p50 tenfold": ten["p50"]},
            "growth": ten["p50"] / one["p50"],
            "target": MOST_GROWTH,
        }
        for one, ten in zip(*sizes, strict=True)
    ]


if __name__ == "__main__":
    main()
