"""What is in season: the products most offered and most wanted just now."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from market.cache.stores import TimeLimitedStore, app_store
from market.database import utcnow
from market.offers.models import Side
from market.products.queries import named_products
from market.search.engine import newly_offered
from market.web.addresses import cached_url_for
from market.web.filters import local_name

MAX_AGE = timedelta(days=14)
MAX_PRODUCTS = 8
# For so many seconds each process shows the same: counting them is most of the front page.
CACHE_SECONDS = 300


def trending_products() -> list[tuple[str, str]]:
    """(name, address of its offers) of the products in season, the most popular first.

    Counted are the offers on the market that were published in the last MAX_AGE. A product
    ranks higher the more there are of both sides together; as many wanted as for sale
    count double against one side alone, because what only one side asks for is no market.
    None without an index.
    """
    store: TimeLimitedStore[list[str]] = app_store(
        "trending", lambda: TimeLimitedStore(1, CACHE_SECONDS)
    )
    popular = store.get("products")
    if popular is None:
        popular = most_popular(newly_offered(utcnow() - MAX_AGE))
        if popular:
            store.put("products", popular)
    products = named_products(popular).values()
    return [(local_name(one), cached_url_for("offers.index", product=one.code)) for one in products]


def most_popular(counts: Mapping[str, Mapping[Side, int]]) -> list[str]:
    """Codes of the MAX_PRODUCTS products most offered: offers of both sides, times 1 where
    there is one side only and up to 2 where the sides are even."""

    def popularity(code: str) -> float:
        fewer, more = sorted(counts[code].values())
        return (fewer + more) * (1 + fewer / more)

    return sorted(counts, key=lambda code: (-popularity(code), code))[:MAX_PRODUCTS]
