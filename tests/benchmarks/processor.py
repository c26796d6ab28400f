"""Processor time of pages, as multiples of an empty Flask route's, because machines differ.

Asked with Flask's test client in this process, without the page cache, each address first once, as
a process that has just begun finds it, and then again. The empty route is asked in turn with them,
so that what else the machine does falls on both.
"""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Flask
from flask.testing import FlaskClient

from tests.benchmarks import pages
from tests.benchmarks.caches import session_of

ROUNDS = 100
# Asked before anything is measured: what all pages of a kind have in common.
WARMING = 20


@dataclass(frozen=True)
class Asked:
    """Pages of one kind as one kind of reader asks for them.

    Attributes:
        target: times an empty route.
        cookie: of who is logged in or reads English; "" for any other visitor.
    """

    name: str
    addresses: Sequence[str]
    target: int | None
    cookie: str = ""


def measure() -> list[dict[str, Any]]:
    """A row for each kind of page: ms, times an empty route, and the same with compression and
    when asked for the first time."""
    from market import create_app

    site = create_app(PAGE_CACHE_SECONDS={})
    with site.app_context():
        asked = _asked(pages.ground(WARMING + ROUNDS))
    return [row(site.test_client(use_cookies=False), each) for each in asked]


def row(site: FlaskClient, asked: Asked) -> dict[str, Any]:
    """The row of one kind of page."""
    empty = Flask(__name__)
    empty.add_url_rule("/", view_func=lambda: "")
    visitor, route = empty.test_client(use_cookies=False), Asked("", ["/"], None)
    kinds = {"first": "identity", "again": "identity", "compressed": "br"}
    times: dict[str, list[float]] = {"": [], **{kind: [] for kind in kinds}}
    warming, addresses = asked.addresses[:WARMING], asked.addresses[WARMING:] or asked.addresses
    for address in warming:
        _seconds(site, asked, address)
        _seconds(visitor, route, "/")
    for kind, encoding in kinds.items():
        for address in itertools.islice(itertools.cycle(addresses), ROUNDS):
            times[""].append(_seconds(visitor, route, "/"))
            times[kind].append(_seconds(site, asked, address, encoding))
    # Medians: a mean would be that of the collector's and the machine's interruptions.
    unit, first, again, compressed = map(statistics.median, times.values())
    return {
        **{"page": asked.name, "empty ms": 1000 * unit, "ms": 1000 * again},
        **{"times": again / unit, "compressed": compressed / unit, "first": first / unit},
        "target": asked.target,
    }


def _seconds(client: FlaskClient, asked: Asked, address: str, encoding: str = "") -> float:
    headers = {"Accept-Encoding": encoding}
    if asked.cookie:
        headers["Cookie"] = asked.cookie
    start = time.thread_time()
    with client.get(address, headers=headers) as response:
        response.get_data()
    seconds = time.thread_time() - start
    assert response.status_code == 200, (address, response.status)
    return seconds


def _asked(on: pages.Ground) -> list[Asked]:
    from market.accounts.models import Role

    fair, counties = f"/fairs/{on.fair}", [county.code for county in on.counties]
    words = [
        f"/offers?side={side}&q={quote(p.name)}" for side in ("sell", "buy") for p in on.products
    ]
    products = [f"/prices/{one.code}" for one in on.products]
    offers = [f"/offers/{id}" for id in on.offers]
    trader, official = session_of(None), session_of(Role.COUNTY_OFFICIAL)
    return [
        Asked("offer", offers, 7),
        Asked("offer, English", offers, 7, "language=en"),
        Asked("offer, logged in", offers, 9, trader),
        Asked("list with words", words, 9),
        Asked("list with words, logged in", words, 11, trader),
        Asked("home", ["/"], 9),
        Asked("home, logged in", ["/"], 11, trader),
        Asked("prices", ["/prices"], 9),
        Asked("prices of a product", products, 20),
        Asked("a fair's county", [f"{fair}/regions/{code}" for code in counties], 20),
        Asked("desk", ["/desk"], 60, official),
    ]
