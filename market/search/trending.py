"""What is in season: the products most offered and most wanted just now."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta

from flask import current_app, url_for

from market.database import utcnow
from market.offers.models import Side
from market.products.queries import Named, named_products
from market.search.engine import newly_offered
from market.web.filters import local_name

LATELY = timedelta(days=14)
SHOWN = 8
# For so many seconds each process shows the same: nothing is counted while a page waits.
KEPT = 300


def trending_products() -> list[tuple[str, str]]:
    """(name, address of its offers) of the products in season, the hottest first.

    Counted are the offers on the market that were published in the last LATELY. A product
    is the hotter the more there are of both sides together; as many wanted as for sale
    count double against one side alone, because what only one side talks about is no
    market. None without an index.
    """
    kept: tuple[float, list[Named]] | None = current_app.extensions.get("trending_products")
    if kept is None or kept[0] < time.monotonic():
        named = named_products(hottest(newly_offered(utcnow() - LATELY)))
        kept = time.monotonic() + (KEPT if named else 0), list(named.values())
        current_app.extensions["trending_products"] = kept
    return [(local_name(one), url_for("offers.index", product=one.code)) for one in kept[1]]


def hottest(counts: Mapping[str, Mapping[Side, int]]) -> list[str]:
    """Codes of the SHOWN products most offered: offers of both sides, times 1 where there is
    one side only and up to 2 where the sides are even."""

    def heat(code: str) -> float:
        fewer, more = sorted(counts[code].values())
        return (fewer + more) * (1 + fewer / more)

    return sorted(counts, key=lambda code: (-heat(code), code))[:SHOWN]
