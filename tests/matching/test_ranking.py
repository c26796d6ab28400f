"""The vectorised ranking is held to the pure rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.matching import ranking
from market.matching.rules import OfferFacts, score
from market.search.schema import MEASURES, days, microseconds
from market.search.tables import Products, Regions
from tests.matching.facts import NOW, facts

PRODUCTS = sorted(
    [
        "03/0302/0302001",
        "03/0302/0302007",
        "03/0302/0302007/0302011",
        "03/0302/0302007/0302011/0302090",
        "03/0302/0302007/0302012",
        "03/0302/0302007/0302012/0302091",
        "03/0302/0302020",
        "04/0401/0401001",
    ]
)
STORAGE = ["dry" if path.startswith("04") else "fresh" for path in PRODUCTS]
TABLE = Products(PRODUCTS, {}, PRODUCTS, STORAGE, [kind == "fresh" for kind in STORAGE])
CARRIAGE = ranking.Carriage(TABLE)
REGIONS = sorted(
    [
        "11/110101",
        "11/110102",
        "43",
        "43/4301/430121",
        "43/4307",
        "43/4307/430725",
        "43/4307/430726",
        "44/4420",
        "44/4420/442001",
    ]
)


degrees = st.tuples(
    *(st.tuples(st.none() | st.floats(-90, 90), st.floats(-180, 180)) for _ in REGIONS)
)
dates = st.none() | st.dates(date(2026, 5, 1), date(2026, 9, 1))
amounts = st.decimals("0.001", 10**9, places=3) | st.sampled_from(
    [Decimal(n) for n in (0, 1, 500, 1000)]
)
prices = (
    st.none()
    | st.sampled_from([Decimal("4.0"), Decimal("4.7"), Decimal("6.3")])
    | st.decimals("0.0001", 10**6, places=4)
)
measures = st.sampled_from(["mass", "mass", "box", "head"])


@st.composite
def offers(
    draw: st.DrawFn, number: int, places: tuple[tuple[float | None, float], ...]
) -> OfferFacts:
    product, region = draw(st.sampled_from(PRODUCTS)), draw(st.sampled_from(REGIONS))
    latitude, longitude = places[REGIONS.index(region)]
    price = draw(prices)
    return facts(
        draw(st.sampled_from(["sell", "buy"])),
        id=number,
        owner_id=draw(st.integers(1, 4)),
        product_code=product[-7:],
        product_path=product,
        region_code=region,
        region_path=region,
        latitude=latitude,
        longitude=None if latitude is None else longitude,
        quantity=draw(amounts),
        min_lot=draw(st.none() | amounts),
        measure=draw(measures),
        price_low=price,
        price_high=price and price + draw(st.integers(0, 3)),
        price_measure=draw(measures),
        price_basis=draw(st.sampled_from(["ex_farm", "delivered"])),
        storage_class=STORAGE[PRODUCTS.index(product)],
        perishable=STORAGE[PRODUCTS.index(product)] == "fresh",
        supply_from=draw(dates),
        supply_to=draw(dates),
        published_at=draw(
            st.datetimes(datetime(2025, 1, 1), datetime(2026, 8, 1), timezones=st.just(UTC))
        ),
        verified=draw(st.booleans()),
        finished_deals=draw(st.integers(0, 9)),
    )


@st.composite
def markets(draw: st.DrawFn) -> tuple[OfferFacts, list[OfferFacts], Regions]:
    """An offer, others, and the regions they lie in."""
    places = draw(degrees)
    latitude, longitude = zip(*places, strict=True)
    own = draw(offers(0, places))
    others = [draw(offers(n, places)) for n in range(1, draw(st.integers(1, 12)) + 1)]
    return own, others, Regions(REGIONS, latitude, longitude)


def columns(many: list[OfferFacts]) -> dict[str, np.ndarray]:
    """The facts as the index holds them."""

    def number(value: Decimal | None) -> float:
        return np.nan if value is None else float(value)

    rows = {
        "owner": ("i8", lambda f: f.owner_id),
        "product": ("u2", lambda f: PRODUCTS.index(f.product_path)),
        "region": ("u2", lambda f: REGIONS.index(f.region_path)),
        "side": ("u1", lambda f: f.side == "buy"),
        "verified": ("u1", lambda f: f.verified),
        "measure": ("u1", lambda f: MEASURES[f.measure]),
        "price_measure": ("u1", lambda f: MEASURES[f.price_measure]),
        "delivered": ("u1", lambda f: f.price_basis == "delivered"),
        "quantity": ("f8", lambda f: float(f.quantity)),
        "min_lot": ("f8", lambda f: number(f.min_lot)),
        "price_low": ("f8", lambda f: number(f.price_low)),
        "price_high": ("f8", lambda f: number(f.price_high)),
        "supply_from": ("i4", lambda f: days(f.supply_from)),
        "supply_to": ("i4", lambda f: days(f.supply_to)),
        "published": ("i8", lambda f: microseconds(f.published_at)),
        "finished": ("u2", lambda f: f.finished_deals),
    }
    return {name: np.array([of(f) for f in many], kind) for name, (kind, of) in rows.items()}


def ranked(
    own: OfferFacts, others: list[OfferFacts], table: Regions, now: datetime
) -> tuple[np.ndarray, ...]:
    """(totals, ceilings) of the others."""
    rows = columns(others)
    worth = ranking.product_worth(TABLE, own)[rows["product"]]
    border, km = ranking.borders(table, own), ranking.kilometres(table, own)
    place = rows["region"]
    related = ranking.related(own, CARRIAGE, worth, rows["product"], border[place], km[place])
    totals = ranking.totals(own, rows.__getitem__, related, now)
    return totals, ranking.ceilings(own, related, now)


@given(markets())
def test_the_ranking_is_the_rules(market: tuple[OfferFacts, list[OfferFacts], Regions]):
    own, others, table = market
    totals, ceilings = ranked(own, others, table, NOW)
    for one, total, ceiling in zip(others, totals, ceilings, strict=True):
        match = score(own, one, NOW)
        assert np.isnan(total) == (match is None)
        if match:
            assert total == pytest.approx(match.total, abs=1e-9)
            assert total <= ceiling + 1e-9


@given(markets())
def test_the_ranking_is_the_same_from_both_ends(
    market: tuple[OfferFacts, list[OfferFacts], Regions],
):
    own, others, table = market
    one = replace(others[0], side="buy" if own.side == "sell" else "sell")
    (here,), _ = ranked(own, [one], table, NOW)
    (there,), _ = ranked(one, [own], table, NOW)
    assert here == pytest.approx(there, abs=1e-12, nan_ok=True)
