"""Whole public pages as a visitor gets them: size with the stylesheet, and time.

Asked over HTTP from the server that the Procfile starts, by one client, every address once
and never again: that is what a visitor waits for, with the server's own share and without
what asking a page again would find warm. (Asking the app in this process would leave out the
server and share its interpreter with the one who measures.)
"""

from __future__ import annotations

import http.client
import itertools
import random
import re
import statistics
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import func, select

MOST_KB = 14
ROUNDS = 60
SEED = 400
SEARCHES = 12_000


@dataclass(frozen=True)
class Page:
    """A kind of page.

    Attributes:
        addresses: enough to ask each once; of a page there is only one of, that one.
        target: p95, ms.
    """

    name: str
    addresses: list[str]
    target: int


@dataclass(frozen=True)
class Ground:
    """What addresses are made of: the busiest products, counties, live offers, the fair."""

    products: list[Any]
    counties: list[Any]
    prefectures: list[str]
    offers: list[int]
    fair: str


def ground(offers: int) -> Ground:
    """Read from the database: at most so many offers."""
    from market.database import db
    from market.fairs.models import Fair
    from market.offers.models import Offer, OfferStatus
    from market.products.models import Product
    from market.regions.models import Region

    busiest = (
        select(Product.code, Product.name)
        .join(Offer, Offer.product_code == Product.code)
        .group_by(Product.code)
        .order_by(func.count().desc())
        .limit(120)
    )
    home = select(Region.code, Region.short_name).where(Region.path.startswith("43/"))
    live = select(Offer.id).where(Offer.status == OfferStatus.PUBLISHED).order_by(Offer.key)
    above = select(Region.parent_code).where(Region.path.startswith("43/"), Region.is_leaf)
    return Ground(
        products=list(db.session.execute(busiest)),
        counties=list(db.session.execute(home.where(Region.is_leaf))),
        prefectures=list(db.session.scalars(above.distinct())),
        offers=list(db.session.scalars(live.limit(offers))),
        fair=db.session.scalars(select(Fair.slug).where(Fair.is_replay)).one(),
    )


def pages(on: Ground) -> list[Page]:
    """Every kind of public page."""
    pairs = list(zip(itertools.cycle(on.products), on.counties, strict=False))[:ROUNDS]
    products, offers = on.products[:ROUNDS], on.offers[: 2 * ROUNDS]
    counties, fair = [c.code for c in on.counties[:ROUNDS]], f"/fairs/{on.fair}"
    return [
        Page("home", ["/"], 30),
        Page("offers", ["/offers"], 30),
        Page("offers, words", [f"/offers?side=sell&q={quote(p.name)}" for p in products], 20),
        Page("offers, a sentence", [f"/offers?q={_asking(p, c)}" for p, c in pairs], 20),
        Page(
            "offers, filters", [f"/offers?product={p.code}&region={c.code}" for p, c in pairs], 20
        ),
        Page("offers, deep page", [f"/offers?sort=newest&page={n}" for n in range(50, 170, 2)], 20),
        Page("offer", [f"/offers/{id}" for id in offers[:ROUNDS]], 30),
        Page("matches", [f"/offers/{id}/matches" for id in offers[ROUNDS:]], 20),
        Page("prices", ["/prices"], 20),
        Page("prices of a product", [f"/prices/{p.code}" for p in products], 20),
        Page("fairs", ["/fairs"], 30),
        Page("fair", [fair], 50),
        Page("fair by deals", [f"{fair}?by=deals"], 50),
        Page("fair's counties", [f"{fair}/counties"], 50),
        Page("fair's map", [f"{fair}/map"], 50),
        Page("wall screen", [f"{fair}/screen"], 50),
        Page("figures as JSON", [f"{fair}/figures.json"], 50),
        Page("fair's province", [f"{fair}/regions/430000"], 50),
        Page("fair's prefecture", [f"{fair}/regions/{code}" for code in on.prefectures], 50),
        Page("fair's county", [f"{fair}/regions/{code}" for code in counties], 50),
        Page("county's deals", [f"{fair}/regions/{code}/deals" for code in counties], 50),
        Page("log in", ["/login"], 30),
        Page("register", ["/register"], 30),
    ]


def visits(on: Ground) -> dict[str, list[str]]:
    """Addresses by kind for mixed traffic. Of the searches 4 in 10 are asked once in a minute;
    the others are of a few hundred words, places and pages that people ask for all the time.
    """
    rng = random.Random(SEED)
    fair = f"/fairs/{on.fair}"
    places = [*on.prefectures, *(county.code for county in on.counties)]
    return {
        "home": ["/"],
        "search": [_search(rng, on) for _ in range(SEARCHES)],
        "offer": [f"/offers/{id}" for id in on.offers],
        # The board is looked at as often as all its places together.
        "fair": [one for code in places for one in (fair, f"{fair}/regions/{code}")],
    }


def measure(port: int, asked: list[Page]) -> list[dict[str, Any]]:
    """A row for each page: kB as sent with its stylesheets, by Brotli and gzip; p50 and p95, ms."""
    client = http.client.HTTPConnection("127.0.0.1", port)
    rows = []
    for page in asked:
        again = page.addresses if len(page.addresses) > 1 else page.addresses * ROUNDS
        times = [_timed(client, address) for address in again]
        rows.append(
            {
                "page": page.name,
                "br": _sent_bytes(client, page.addresses[0], "br") / 1024,
                "gzip": _sent_bytes(client, page.addresses[0], "gzip") / 1024,
                "p50": statistics.median(times),
                "p95": statistics.quantiles(times, n=20)[-1],
                "target": page.target,
            }
        )
    client.close()
    return rows


def _search(rng: random.Random, on: Ground) -> str:
    """What people ask the list for: words, a sentence, filters, the newest of a place."""
    product, county, side = rng.choice(on.products), rng.choice(on.counties), rng.choice(_SIDES)
    return rng.choices(
        (
            f"/offers?q={quote(product.name)}&side={side}",
            f"/offers?q={_asking(product, county)}",
            f"/offers?product={product.code}&region={county.code}&side={side}",
            f"/offers?region={county.code}&sort=newest",
            f"/offers?sort=newest&page={rng.randint(1, 60)}",
        ),
        (40, 20, 20, 10, 10),
    )[0]


_SIDES = ("sell", "buy")


def _asking(product: Any, county: Any) -> str:
    return quote(f"{county.short_name} {product.name}")


def _timed(client: http.client.HTTPConnection, address: str) -> float:
    start = time.perf_counter()
    _read(client, address)
    return (time.perf_counter() - start) * 1000


def _sent_bytes(client: http.client.HTTPConnection, address: str, encoding: str) -> int:
    """What a browser without anything gets before it shows the page."""
    styles = _styles(_read(client, address, "identity"))
    return sum(len(_read(client, one, encoding)) for one in (address, *styles))


def _read(client: http.client.HTTPConnection, address: str, encoding: str = "gzip, br") -> bytes:
    """The body, not decoded; raises RuntimeError when the page doesn't come."""
    headers = {"Accept-Language": "zh-CN", "Accept-Encoding": encoding}
    client.request("GET", address, headers=headers)
    response = client.getresponse()
    content = response.read()
    if response.status != 200:
        raise RuntimeError(f"{address} answered {response.status}")
    return content


def _styles(page: bytes) -> list[str]:
    """The addresses of the stylesheets of a screen."""
    links = re.findall(r"<link\b[^>]*\brel=\"stylesheet\"[^>]*>", page.decode())
    screen = [link for link in links if 'media="print"' not in link]
    return [found.group(1) for link in screen if (found := re.search(r'href="([^"]*)"', link))]
