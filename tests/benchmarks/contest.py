"""The market's engine and its peers on the same questions: how long, and whether right.

Everyone is warm (each question was asked once before), has one connection and returns ids,
and the total and facets where the question asks for them. The contestants take turns over
each kind, so that what else the machine does falls on all of them.
"""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from tests.benchmarks.listings import Answer, Listings

ROUNDS = 3
MARKET = "market"


@dataclass(frozen=True)
class Kind:
    """A kind of question.

    Attributes:
        ask: the method of every contestant that answers it.
        target: p95 of the market, ms.
        most: the market's p50 as a share of SQLite's and PostgreSQL's, and of tantivy's.
        ordered: the order is fixed, so the ids are held against brute force too.
    """

    name: str
    ask: str
    target: float
    most: tuple[float, float] = (1.0, 1.0)
    ordered: bool = True


KINDS = (
    Kind("place", "place", 0.5),
    Kind("newest", "newest", 0.5),
    Kind("text", "text", 2.0, (1.0, 2.0), ordered=False),
    Kind("text, filtered", "text", 2.0, (1.0, 2.0), ordered=False),
    Kind("matching", "wanted", 1.0),
    Kind("suggestion", "begins", 0.2),
)


class Contestant(Protocol):
    """Who answers; each of the methods that a Kind names takes a question.

    Attributes:
        simpler: methods that answer something simpler than was asked, for want of means; their
            answers are not judged.
    """

    name: str
    simpler: tuple[str, ...]


@contextlib.contextmanager
def peers(listings: Listings, told: list[str]) -> Iterator[list[Any]]:
    """Those that could be set up and filled; why another was not measured goes to `told`."""
    found = []
    with contextlib.ExitStack() as stack:
        for name, start in _STARTS.items():
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
            begin = time.perf_counter()
            try:
                peer = start(folder)
            except (ImportError, OSError, subprocess.CalledProcessError) as error:
                told.append(f"{name}: not measured ({error})")
                continue
            stack.callback(peer.close)
            peer.fill(listings)
            told.append(f"{peer.name}: filled in {time.perf_counter() - begin:.1f} s")
            found.append(peer)
        yield found


def contest(
    market: Any, rivals: list[Any], listings: Listings, questions: dict[str, list[Any]]
) -> list[dict[str, Any]]:
    """A row for each kind and contestant: p50, p95 in ms, and how many answers were wrong."""
    rows = []
    for kind in KINDS:
        asked = questions[kind.name]
        truth = [getattr(listings, kind.ask)(question) for question in asked]
        taken: dict[str, list[float]] = {}
        wrong: dict[str, int | None] = {}
        everyone = [market, *rivals]
        for one in everyone:
            answers = [getattr(one, kind.ask)(question) for question in asked]
            judged = kind.ask not in one.simpler
            pairs = zip(answers, truth, strict=True)
            wrong[one.name] = sum(not agree(kind, *pair) for pair in pairs) if judged else None
        for _ in range(ROUNDS):
            for one in everyone:
                taken.setdefault(one.name, []).extend(times(getattr(one, kind.ask), asked))
        rows += [
            {
                **row(kind.name, one.name, taken[one.name], len(asked)),
                "wrong": wrong[one.name],
                "target": kind.target if one is market else None,
            }
            for one in everyone
        ]
    return rows


def agree(kind: Kind, answer: Answer, truth: Answer) -> bool:
    """Whether an answer is what counting one by one gives."""
    if kind.ordered:
        same = answer.ids == truth.ids
    else:
        # The order is each engine's own: the right set, and as many as a page has.
        same = set(answer.ids) <= set(truth.ids) and len(answer.ids) == min(20, len(truth.ids))
    if truth.total is None:
        return same
    return same and answer.total == truth.total and answer.facets == truth.facets


def ratios(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The market's p50 as a share of each peer's, with what it may at most be."""
    most = {kind.name: kind.most for kind in KINDS}
    ours = {row["kind"]: row["p50"] for row in rows if row["engine"] == MARKET}
    return [
        {
            "kind": row["kind"],
            "engine": row["engine"],
            "ratio": ours[row["kind"]] / row["p50"],
            "target": most[row["kind"]][row["engine"].startswith("tantivy")],
        }
        for row in rows
        if row["engine"] != MARKET
    ]


def row(kind: str, engine: str, taken: list[float], questions: int) -> dict[str, Any]:
    """p50 and p95 of times in ms."""
    return {
        **{"kind": kind, "engine": engine, "questions": questions},
        **{"p50": statistics.median(taken), "p95": statistics.quantiles(taken, n=20)[-1]},
    }


def times(ask: Callable[[Any], object], asked: list[Any]) -> list[float]:
    """How long each of the questions takes, ms."""
    taken = []
    for question in asked:
        start = time.perf_counter()
        ask(question)
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def _sqlite(folder: Path) -> Any:
    from tests.benchmarks.peers_sqlite import SQLite

    return SQLite(folder)


def _postgresql(folder: Path) -> Any:
    from tests.benchmarks.peers_postgresql import PostgreSQL

    return PostgreSQL(folder)


def _tantivy(folder: Path) -> Any:
    from tests.benchmarks.peers_tantivy import Tantivy

    return Tantivy(folder)


_STARTS: dict[str, Callable[[Path], Any]] = {
    "SQLite FTS5": _sqlite,
    "PostgreSQL": _postgresql,
    "tantivy": _tantivy,
}
