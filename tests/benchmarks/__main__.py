"""`make bench`: each figure of the whole fair with its target. It prints, it never fails.

Measures on a replay of the whole fair that ends today, so that its offers are live, in
instance/bench (or MARKET_INSTANCE); makes it when it is missing or of another day.
"""

from __future__ import annotations

import gzip
import itertools
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

import brotli
from sqlalchemy import func, select

ROOT = Path(__file__).resolve().parents[2]
INSTANCE = Path(os.environ.setdefault("MARKET_INSTANCE", str(ROOT / "instance" / "bench")))
PAGE_TARGET_KB = 14
ROUNDS = 60
OFFERS_TRIED = 60


def kilobytes(content: bytes) -> tuple[float, float]:
    """(brotli, gzip) size in kB."""
    return len(brotli.compress(content, quality=5)) / 1024, len(gzip.compress(content, 6)) / 1024


def timed(act: Callable[[Any], object], asked: Iterable[Any]) -> tuple[float, float]:
    """(p50, p95) in ms of ROUNDS calls, each with the next of `asked`, after one to warm up."""
    things = itertools.cycle(asked)
    act(next(things))
    times = []
    for _ in range(ROUNDS):
        thing = next(things)
        start = time.perf_counter()
        act(thing)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def flask(*arguments: str) -> str:
    """What a `flask` command on the benchmark's instance prints."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return done.stdout


def prepare() -> list[dict[str, Any]]:
    """A replay that ends today and its index, made where there is none; what each took."""
    results = []
    if not is_of_today():
        start = time.perf_counter()
        print(flask("fair", "replay", "--folder", str(INSTANCE), "--as-if-today", "--again"))
        memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        seconds = time.perf_counter() - start
        print(f"replaying it all: {seconds:.0f} s (target 300), {memory:.0f} MiB at most")
        results.append({"name": "replay", "seconds": seconds, "target": 300})
    start = time.perf_counter()
    print(flask("reindex").strip())
    seconds = time.perf_counter() - start
    print(f"rebuilding the index: {seconds:.1f} s with starting up (target 30)\n")
    return [*results, {"name": "reindex", "seconds": seconds, "target": 30}]


def is_of_today() -> bool:
    """Whether the instance holds a fair replayed so that it ends today."""
    from market import create_app
    from market.database import utcnow
    from market.extensions import db
    from market.fairs.models import Fair
    from market.offers.rules import local_day

    if not (INSTANCE / "market.sqlite3").exists():
        return False
    app = create_app()
    with app.app_context():
        today = local_day(utcnow(), app.config["HOME_TIME_ZONE"])
        found = db.session.scalar(select(Fair.id).where(Fair.is_replay, Fair.ends_on == today))
        return found is not None


def engine_questions() -> dict[str, tuple[list[Any], float]]:
    """(distinct questions for the engine, target p95 in ms) by kind."""
    from market.extensions import db
    from market.offers.finding import Filters
    from market.offers.models import Offer, Side
    from market.products.models import Product
    from market.regions.models import Region

    busiest = (
        select(Product.path, Product.name)
        .join(Offer, Offer.product_code == Product.code)
        .group_by(Product.code)
        .order_by(func.count().desc())
        .limit(30)
    )
    products = db.session.execute(busiest).all()
    counties = db.session.execute(
        select(Region.path, Region.short_name).where(Region.is_leaf, Region.path.startswith("43"))
    ).all()
    pairs = list(zip(itertools.cycle(products), counties, strict=False))
    return {
        "find: facets": (
            [
                Filters(side=side, product_path=p.path[:4], region_path=r.path[:7])
                for (p, r), side in zip(pairs, itertools.cycle(Side), strict=False)
            ],
            1,
        ),
        "find: price": ([Filters(price_min=Decimal(n), sort="price") for n in range(60)], 1),
        "find: one word": ([Filters(text=p.name) for p in products], 2),
        "find: free text": ([Filters(text=f"{r.short_name} {p.name}") for p, r in pairs], 2),
        "find: deep page": ([Filters(sort="newest", page=n) for n in range(100, 500, 7)], 1),
    }


def measure_engine(offers: list[int]) -> list[dict[str, Any]]:
    """The engine alone: finding, and what matching adds to it."""
    from market.extensions import db
    from market.matching.queries import CANDIDATES, matches_for, promise, relatives
    from market.offers.models import Offer
    from market.search.engine import counterparts, find

    def candidates(asked: tuple[Any, ...]) -> None:
        counterparts(*asked)

    def ranked(offer_id: int) -> None:
        matches_for(db.session.get_one(Offer, offer_id), 20)

    loaded = [db.session.get_one(Offer, offer_id) for offer_id in offers]
    sides = [
        (offer.side.other, relatives(offer.product), CANDIDATES, promise(offer)) for offer in loaded
    ]
    questions: list[tuple[str, Callable[[Any], object], list[Any], float]] = [
        (name, find, asked, target) for name, (asked, target) in engine_questions().items()
    ]
    questions.append(("match: candidates", candidates, sides, 1))
    questions.append(("match: ranked", ranked, offers, 20))
    print(f"{'engine alone':<22}{'p50 ms':>9}{'p95 ms':>9}{'target':>9}")
    results = []
    for name, act, asked, target in questions:
        p50, p95 = timed(act, asked)
        results.append({"name": name, "p50": p50, "p95": p95, "target": target})
        print(f"{name:<22}{p50:>9.2f}{p95:>9.2f}{target:>9}{'  over' if p95 > target else ''}")
    return results


def pages(offers: list[int]) -> dict[str, tuple[list[str], int]]:
    """(addresses, target p95 in ms) of the public pages by name; several are asked in turn."""
    from market.extensions import db
    from market.fairs.models import Fair

    slug = db.session.scalar(select(Fair.slug).where(Fair.is_replay))
    words = ("柑橘", "大米", "茶叶", "生猪", "鱼", "辣椒", "油茶", "葡萄")
    return {
        "home": (["/"], 30),
        "offers": (["/offers"], 30),
        "offers, filtered": ([f"/offers?side=sell&q={word}" for word in words], 20),
        "offers, region": ([f"/offers?region={code}" for code in ("430700", "431000")], 20),
        "offers, deep page": ([f"/offers?sort=newest&page={n}" for n in range(40, 400, 6)], 20),
        "offer": ([f"/offers/{id}" for id in offers], 30),
        "matches": ([f"/offers/{id}/matches" for id in offers], 20),
        "fairs": (["/fairs"], 30),
        "fair": ([f"/fairs/{slug}"], 50),
        "fair's map": ([f"/fairs/{slug}/map.svg"], 50),
        "fair's province": ([f"/fairs/{slug}/regions/430000"], 50),
        "fair's prefecture": ([f"/fairs/{slug}/regions/430700"], 50),
        "fair's county": ([f"/fairs/{slug}/regions/430726"], 50),
        "log in": (["/login"], 30),
        "register": (["/register"], 30),
    }


def measure_pages(app: Any, asked: dict[str, tuple[list[str], int]]) -> list[dict[str, Any]]:
    """Whole pages in this process: size with the stylesheet, and time."""
    client, style = app.test_client(), app.extensions["stylesheet"]()
    print(f"\n{'page':<20}{'br kB':>7}{'gzip kB':>9}{'target':>8}", end="")
    print(f"{'p50 ms':>9}{'p95 ms':>9}{'target':>8}")
    results = []
    for name, (addresses, target) in asked.items():
        response = client.get(addresses[0])
        br, gz = kilobytes(response.get_data() + style)
        p50, p95 = timed(client.get, addresses)
        measured = {"br": br, "gzip": gz, "p50": p50, "p95": p95, "target": target}
        results.append({"name": name, "status": response.status_code, **measured})
        notes = [f"status {response.status_code}"] if response.status_code != 200 else []
        notes += ["large"] if br > PAGE_TARGET_KB else []
        notes += ["slow"] if p95 > target else []
        print(f"{name:<20}{br:>7.1f}{gz:>9.1f}{PAGE_TARGET_KB:>8}", end="")
        print(f"{p50:>9.1f}{p95:>9.1f}{target:>8}  {', '.join(notes)}")
    return results


def main() -> None:
    """Print the tables and write them as JSON beside the instance."""
    results = {"made": prepare()}
    from market import create_app
    from market.extensions import db
    from market.offers.models import Offer, Status
    from tests.benchmarks.served import measure_memory

    app = create_app()
    with app.app_context():
        live = select(Offer.id).where(Offer.status == Status.PUBLISHED).order_by(Offer.key)
        offers = list(db.session.scalars(live.limit(OFFERS_TRIED)))
        results["engine"] = measure_engine(offers)
        asked = pages(offers)
    # Outside the context, so that each request has one of its own, as when it is served.
    results["pages"] = measure_pages(app, asked)
    results["memory"] = measure_memory(
        ROOT, INSTANCE, [address for addresses, _ in asked.values() for address in addresses]
    )
    (INSTANCE / "bench.json").write_text(json.dumps(results, ensure_ascii=False, indent=1))


if __name__ == "__main__":
    main()
