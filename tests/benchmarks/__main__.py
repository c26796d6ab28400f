"""`make bench`: each figure of the whole fair with its target. It prints, it never fails.

Measures on a replay of the whole fair that ends today, so that its offers are live, in
instance/bench (or MARKET_INSTANCE); makes it when it is missing or of another day. The tables
come as they are measured; all of it is written to bench.json beside the instance.
"""

from __future__ import annotations

import time
from typing import Any

from tests.benchmarks import (
    INSTANCE,
    ROOT,
    caches,
    contest,
    crosstabs,
    freshness,
    pages,
    processor,
    stations,
    traffic,
)
from tests.benchmarks.listings import read
from tests.benchmarks.questions import all_kinds
from tests.benchmarks.replayed import prepare
from tests.benchmarks.report import Report, held
from tests.benchmarks.served import memory, seconds_of, served
from tests.quality.corpus_market import market as quality_market
from tests.quality.measure import MEASURES
from tests.quality.promises import LEAST, MOST
from tests.quality.sets import PARTS

MOST_MIB = 1024
# Each minute: a tenth of one processor.
MOST_PRICE_SECONDS = 6
# So many that none is asked for again while its page could still be kept.
OFFERS_VISITED = 8000


def main() -> None:
    report = Report()
    measure_quality(report)
    report.table("made", "Made", held(prepare(), "is"))
    from market import create_app

    app = create_app()
    with app.app_context():
        on = pages.ground(OFFERS_VISITED)
        report.table("prices", "Counting prices, as the worker does", held(count_prices(), "is"))
        measure_engines(report, app)
    measure_pages(report, on)
    title = "Processor time without the page cache, as multiples of an empty Flask route's"
    report.table("processor", title, held(processor.measure(), "times"))
    title = "Custom statistics of the whole fair, whole page, ms"
    report.table("crosstabs", title, held(crosstabs.measure(on.fair), "p95"))
    title = f"Caches, ms of processor time (below {caches.MIN_SAVED_PERCENT}% one goes)"
    report.table("caches", title, held(caches.measure(), "saved %", least=True))
    measure_traffic(report, on)
    measure_stations(report, app, on)
    searches = pages.visits(on)["search"]
    visible = held(freshness.measure(ROOT, INSTANCE, searches), "is")
    title = f"Seconds from posting to seen, {freshness.RATE} posts a second, both web processes"
    report.table("visible", title, visible)
    report.save(INSTANCE / "bench.json")


def measure_quality(report: Report) -> None:
    """How right it is, on the new rows of tests/quality: the open part and the one aside."""
    with quality_market():
        found = {n: {p: act(p).new.figures for p in PARTS} for n, act in MEASURES.items()}
    rows = [
        {
            "figure": f"{name} {figure}",
            **{part: parts[part][figure] for part in PARTS},
            "target": LEAST.get(f"{name} {figure}", MOST.get(f"{name} {figure}")),
        }
        for name, parts in found.items()
        for figure in parts["aside"]
    ]
    told = [held([row], "aside", least=row["figure"] not in MOST)[0] for row in rows]
    report.table("quality", "Quality (shares)", told)


def count_prices() -> list[dict[str, Any]]:
    """Today's, which is each minute's work, and past days for as long as the worker goes on."""
    from market.prices import jobs
    from market.worker import PAST_PRICES_SECONDS

    jobs.count_prices(PAST_PRICES_SECONDS)
    start = time.process_time()
    jobs.count_prices(0)
    seconds = time.process_time() - start
    figure = "counting today's prices, s of processor time"
    return [{"figure": figure, "is": seconds, "target": MOST_PRICE_SECONDS}]


def measure_engines(report: Report, app: Any) -> None:
    """The engine alone against its peers, and baskets, which none of them has."""
    from market.search.engine import snapshots
    from tests.benchmarks.engine import Market

    words = snapshots(app).newest().words
    listings = read(words)
    questions = all_kinds(listings, words)
    told: list[str] = []
    buyers = questions["basket"]
    market = Market(app, buyers)
    with contest.peers(listings, told) as rivals:
        rows = contest.contest(market, rivals, listings, questions)
    report.note("\n".join(told))
    title = f"Engine alone, {len(listings)} live listings, ms (wrong: answers unlike brute force)"
    report.table("engines", title, held(rows, "p95"))
    ratios = held(contest.ratios(rows), "ratio")
    report.table("ratios", "The market's p50 as a share of each peer's", ratios)
    contest.times(market.basket, buyers)
    baskets = contest.row("basket", market.name, contest.times(market.basket, buyers), len(buyers))
    report.table("baskets", "Baskets, with reading their offers (no peer plans any)", [baskets])


def measure_pages(report: Report, on: pages.Ground) -> None:
    asked = pages.pages(on)
    with served(ROOT, INSTANCE) as market:
        rows = held(pages.measure(market.port, asked), "p95")
        rows = [{**row, "over": row["over"] or row["br"] > pages.MOST_KB} for row in rows]
        title = f"Whole pages, one client, ms, and kB with the stylesheet (at most {pages.MOST_KB})"
        report.table("pages", title, rows)
        taken = memory(market, [address for page in asked for address in page.addresses])
    whole = {"figure": "memory of web and worker, MiB", "is": sum(taken.values())}
    parts = ({"figure": f"  {name}", "is": mib, "target": None} for name, mib in taken.items())
    rows = [{**whole, "target": MOST_MIB}, *parts]
    report.table("memory", "Memory after serving every address twice", held(rows, "is"))


def measure_traffic(report: Report, on: pages.Ground) -> None:
    """The target's rate, and the highest that is kept up with."""
    requests = traffic.mixed(pages.visits(on), 1)
    rows: list[dict[str, Any]] = []
    with served(ROOT, INSTANCE) as market:

        def attempt(rate: float, seconds: float = traffic.STEP_SECONDS) -> traffic.Traffic:
            web = seconds_of(market.web)
            told = traffic.send(market.port, requests, rate, seconds)
            cores = (seconds_of(market.web) - web) / told.seconds
            rows.append(_row(told, cores))
            return told

        attempt(50, traffic.WARMING)
        rows.clear()
        highest = traffic.highest(attempt)
        steps, rows = rows, []
        time.sleep(1)
        whole = attempt(traffic.RATE, traffic.SECONDS)
    report.table("steps", "Mixed traffic, step by step, ms", held(steps, "p99"))
    title = f"Mixed traffic at {traffic.RATE} a second for {traffic.SECONDS:.0f} s, ms"
    kinds = [
        {"visit": kind or "all", "p50": p50, "p95": p95, "p99": p99, "target": traffic.P99_MS}
        for kind in ("", *traffic.SHARES)
        for p50, p95, p99 in [whole.percentiles(kind)]
    ]
    report.table("traffic", title, held(kinds, "p99"))
    report.table("rates", "Requests a second", held(_rates(rows[-1], highest), "is", least=True))


def measure_stations(report: Report, app: Any, on: pages.Ground) -> None:
    """Imports and village sheets, and what visitors notice of them."""
    with app.app_context():
        rows = held(stations.measure(ROOT, INSTANCE, pages.visits(on)), "is")
    title = f"Stations' work in the background beside {stations.RATE:.0f} visits a second"
    report.table("stations", title, rows)


def _row(told: traffic.Traffic, cores: float) -> dict[str, Any]:
    p50, p95, p99 = told.percentiles()
    return {
        **{"asked /s": told.rate, "answered /s": told.achieved, "errors": told.errors},
        **{"p50": p50, "p95": p95, "p99": p99, "target": traffic.P99_MS},
        **{"web, cores": cores, "generator, cores": told.busy},
    }


def _rates(row: dict[str, Any], highest: float) -> list[dict[str, Any]]:
    return [
        {"figure": "answered", "is": row["answered /s"], "target": 0.98 * traffic.RATE},
        {"figure": "errors", "is": row["errors"], "target": None},
        {"figure": "highest with p99 under 100 ms", "is": highest, "target": traffic.RATE},
    ]


if __name__ == "__main__":
    main()
