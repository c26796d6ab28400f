"""What is in season: the products most offered and most wanted just now."""

from __future__ import annotations

import time
from datetime import timedelta

import numpy as np
from flask import current_app, url_for

from market.database import utcnow
from market.filters import local_name
from market.offers.models import Side
from market.products.queries import Named, named_products
from market.search import index
from market.search.engine import snapshots
from market.search.schema import SIDES, microseconds

LATELY = timedelta(days=14)
SHOWN = 8
# For so many seconds each process shows the same: nothing is counted while a page waits.
KEPT = 300


def hot_products() -> list[tuple[str, str]]:
    """(name, address of its offers) of the products in season, the hottest first.

    Counted are the offers on the market that were published in the last LATELY. A product
    is the hotter the more there are of both sides together; as many wanted as for sale
    count double against one side alone, because what only one side talks about is no
    market. None without an index.
    """
    kept: tuple[float, list[Named]] | None = current_app.extensions.get("hot_products")
    if kept is None or kept[0] < time.monotonic():
        try:
            named = named_products(_hottest())
        except (index.Broken, OSError):
            return []
        kept = current_app.extensions["hot_products"] = (
            time.monotonic() + KEPT,
            list(named.values()),
        )
    return [(local_name(one), url_for("offers.index", product=one.code)) for one in kept[1]]


def _hottest() -> list[str]:
    """Codes of the products in season."""
    now = utcnow()
    with snapshots(current_app).newest() as view:
        _mask, live = view.live(microseconds(now))
        recent = live[view.column("published")[live] > microseconds(now - LATELY)]
        products, sides = view.column("product")[recent], view.column("side")[recent]
        codes = view.products.codes
        sold, wanted = (
            np.bincount(products[sides == SIDES[side]], minlength=len(codes)) for side in Side
        )
    scores = balanced(sold, wanted)
    hottest = np.argsort(-scores, kind="stable")[:SHOWN]
    return [codes[number] for number in hottest if scores[number] > 0]


def balanced(sold: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Offers of both sides, times 1 where there is one side only and up to 2 where the
    sides are even."""
    more = np.maximum(sold, wanted)
    even = np.minimum(sold, wanted) / np.maximum(more, 1)
    return (sold + wanted) * (1 + even)
