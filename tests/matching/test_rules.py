from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.matching.rules import WEIGHTS, OfferFacts, PartFinding, score
from tests.matching.facts import NOW, facts

PRODUCTS = (
    "03/0302/0302007",
    "03/0302/0302007/0302011",
    "03/0302/0302007/0302012",
    "03/0302/0302020",
    "04/0401/0401001",
)
REGIONS = ("43/4307/430726", "43/4307/430725", "43/4301/430121", "11/110101", "44/4420")
days = st.dates(datetime(2026, 5, 1).date(), datetime(2026, 10, 1).date())
amounts = st.decimals("0.001", 10**9, places=3)
prices = st.none() | st.tuples(
    st.decimals("0.0001", 10**6, places=4), st.decimals(0, 100, places=4)
)


@st.composite
def offers(draw: st.DrawFn, number: int) -> OfferFacts:
    product, region = draw(st.sampled_from(PRODUCTS)), draw(st.sampled_from(REGIONS))
    price, since, until = draw(prices), draw(st.none() | days), draw(st.none() | days)
    if since and until and until < since:
        since, until = until, since
    return facts(
        draw(st.sampled_from(["sell", "buy"])),
        id=number,
        owner_id=draw(st.integers(1, 5)),
        product_code=product[-7:],
        product_path=product,
        region_code=region.rpartition("/")[2].ljust(6, "0"),
        region_path=region,
        latitude=draw(st.none() | st.floats(-90, 90)),
        longitude=draw(st.none() | st.floats(-180, 180)),
        quantity=draw(amounts | st.just(Decimal(0))),
        min_lot=draw(st.none() | amounts),
        measure=draw(st.sampled_from(["mass", "box"])),
        price_low=price and price[0],
        price_high=price and price[0] + price[1],
        price_measure=draw(st.sampled_from(["mass", "box"])),
        supply_from=since,
        supply_to=until,
        published_at=draw(
            st.datetimes(datetime(2020, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))
        ),
        verified=draw(st.booleans()),
        finished_deals=draw(st.integers(0, 10**6)),
    )


def test_the_weights_sum_to_one():
    assert sum(WEIGHTS.values()) == pytest.approx(1, abs=1e-12)


@given(offers(1), offers(2))
def test_a_score_is_the_same_from_both_ends(a: OfferFacts, b: OfferFacts):
    assert score(a, b, NOW) == score(b, a, NOW)


@given(offers(1), offers(2))
def test_every_part_and_the_total_lie_between_nothing_and_one(a: OfferFacts, b: OfferFacts):
    match = score(a, b, NOW)
    if match:
        assert 0 <= match.total <= 1
        for name, part in match.parts.items():
            assert 0 <= part.value <= 1, name
            assert part.weight == WEIGHTS[name]


@given(offers(1), offers(2), st.sampled_from(["a", "b", "both"]))
def test_a_price_on_request_lies_between_the_best_and_the_worst_price(
    a: OfferFacts, b: OfferFacts, silent: str
):
    def with_prices(one: OfferFacts, price: int | None) -> OfferFacts:
        values = {name: getattr(one, name) for name in OfferFacts.__slots__}
        each_price = None if price is None else Decimal(price)
        return OfferFacts(
            **values | {"price_low": each_price, "price_high": each_price, "price_measure": "mass"}
        )

    sale, purchase = (a, b) if a.side == "sell" else (b, a)
    neutral = score(
        with_prices(sale, None if silent != "b" else 4),
        with_prices(purchase, None if silent != "a" else 4),
        NOW,
    )
    if neutral is None:
        return
    best = score(with_prices(sale, 4), with_prices(purchase, 4), NOW)
    worst = score(with_prices(sale, 400), with_prices(purchase, 4), NOW)
    assert best
    assert worst
    assert "price" not in neutral.parts
    assert worst.total <= neutral.total <= best.total
    rest = {name: part for name, part in best.parts.items() if name != "price"}
    mean = sum(p.value * p.weight for p in rest.values()) / sum(p.weight for p in rest.values())
    assert neutral.total == pytest.approx(mean)


def test_one_side_or_one_owner_or_strangers_among_products_are_no_match():
    assert score(facts(), facts("buy"), NOW)
    assert score(facts(), facts("sell", id=2, owner_id=2), NOW) is None
    assert score(facts(), facts("buy", owner_id=1), NOW) is None
    assert score(facts(), facts("buy", product_path="03/0302/0302020"), NOW) is None


def test_products_under_one_category_but_no_common_product_are_no_siblings():
    sale = facts(product_path="03/0302/0302007")
    assert score(sale, facts("buy", product_path="03/0302/0302020"), NOW) is None


@pytest.mark.parametrize(
    ("sold", "wanted", "finding"),
    [
        ("03/0302/0302007/0302011", "03/0302/0302007/0302011", PartFinding.SAME_PRODUCT),
        ("03/0302/0302007/0302011", "03/0302/0302007", PartFinding.NARROWER),
        ("03/0302/0302007", "03/0302/0302007/0302011", PartFinding.WIDER),
        ("03/0302/0302007/0302011", "03/0302/0302007/0302012", PartFinding.SIBLING),
    ],
)
def test_neighbouring_products_match_and_say_how(sold: str, wanted: str, finding: PartFinding):
    match = score(facts(product_path=sold), facts("buy", product_path=wanted), NOW)
    assert match
    assert match.parts["product"].finding is finding


def test_the_closer_the_product_the_higher_the_score():
    sold = ("0302007/0302011", "0302007/0302011/0302013", "0302007", "0302007/0302012")
    totals = [
        score(facts(product_path=f"03/0302/{path}"), facts("buy"), NOW).total for path in sold
    ]
    assert totals == sorted(totals, reverse=True)
    assert len(set(totals)) == 4


def test_the_nearer_the_place_the_higher_the_score_across_borders_too():
    buyer = facts("buy")
    places = [
        facts(),
        facts(region_code="430725", region_path="43/4307/430725", latitude=28.9),
        facts(region_code="430121", region_path="43/4301/430121", latitude=27.8),
        facts(region_code="350121", region_path="35/3501/350121", latitude=25.0),
        facts(region_code="110101", region_path="11/110101", latitude=40.0),
    ]
    values = [score(one, buyer, NOW).parts["region"].value for one in places]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 5
    neighbour = facts(region_code="420100", region_path="42/4201/420101", latitude=29.7)
    assert score(neighbour, buyer, NOW).parts["region"].value > values[1]


def test_the_distance_between_two_capitals_is_right():
    changsha = facts(region_path="43/4301/430102", region_code="1", latitude=28.2, longitude=112.97)
    beijing = facts("buy", region_path="11/110101", latitude=39.9, longitude=116.4)
    part = score(changsha, beijing, NOW).parts["region"]
    assert part.finding is PartFinding.APART
    assert part.amount == pytest.approx(1338, abs=5)


def test_an_asking_price_above_the_bid_counts_by_how_far():
    def price(low: str):
        return score(facts(price_low=Decimal(low)), facts("buy"), NOW).parts["price"]

    assert price("5").value == price("1").value == 1
    assert price("5.5").finding is PartFinding.PRICE_GAP
    assert price("5.5").amount == 10
    assert 1 > price("5.5").value > price("6").value > price("9").value == 0


def test_different_units_are_never_compared():
    match = score(facts(measure="box", price_measure="box"), facts("buy"), NOW)
    assert match
    assert not {"price", "quantity"} & match.parts.keys()


def test_quantity_says_how_much_of_the_purchase_is_covered():
    def part(quantity: int, **values: object):
        return score(facts(quantity=Decimal(quantity), **values), facts("buy"), NOW).parts[
            "quantity"
        ]

    assert (part(1000).finding, part(1000).value) == (PartFinding.COVERS_ALL, 1)
    assert (part(600).finding, part(600).amount) == (PartFinding.COVERS_PART, 60)
    assert part(10).value < part(600).value < part(1000).value
    assert part(10**6).value < part(1000).value
    assert part(5000, min_lot=Decimal(2000)).finding is PartFinding.LOT_TOO_LARGE
    assert part(999_999).amount is None


def test_supply_periods_overlap_or_say_how_many_days_lie_between():
    def part(start: int | None, end: int | None):
        values = {
            "supply_from": None if start is None else NOW.date() + timedelta(days=start),
            "supply_to": None if end is None else NOW.date() + timedelta(days=end),
        }
        return score(facts(**values), facts("buy"), NOW).parts.get("time")

    assert part(None, None) is None
    assert (part(0, 30).finding, part(0, 30).value) == (PartFinding.PERIODS_MEET, 1)
    assert 0.6 < part(25, 60).value < 1
    assert (part(35, 60).finding, part(35, 60).amount) == (PartFinding.PERIODS_APART, 5)
    assert part(-60, -10).finding is PartFinding.PERIODS_APART
    assert part(90, None).value == 0
    assert part(-20, None).value == 1


def test_trust_and_freshness_break_a_tie():
    plain = score(facts(), facts("buy"), NOW).total
    assert score(facts(verified=True), facts("buy"), NOW).total > plain
    assert score(facts(finished_deals=3), facts("buy"), NOW).total > plain
    old = facts(published_at=NOW - timedelta(days=20))
    assert score(old, facts("buy"), NOW).total < plain
