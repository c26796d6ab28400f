from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from market.matching.freight import haulage
from market.matching.rules import (
    SPOILED,
    WEIGHTS,
    Match,
    MatchPart,
    OfferFacts,
    PartFinding,
    score,
)
from market.regions.services import read_csv
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
OTHER = {"sell": "buy", "buy": "sell"}
two_prices = st.lists(st.integers(1, 10**5), min_size=2, max_size=2, unique=True)
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
        price_basis=draw(st.sampled_from(["ex_farm", "delivered"])),
        perishable=draw(st.booleans()),
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
    def with_price(one: OfferFacts, price: str | None) -> OfferFacts:
        yuan = None if price is None else Decimal(price)
        values = {"price_low": yuan, "price_high": yuan, "price_measure": "mass"}
        return replace(one, **values, price_basis="ex_farm")

    sale, purchase = (a, b) if a.side == "sell" else (b, a)
    neutral = score(
        with_price(sale, None if silent != "b" else "4"),
        with_price(purchase, None if silent != "a" else "4"),
        NOW,
    )
    if neutral is None:
        return
    best = score(with_price(sale, "0.0001"), with_price(purchase, "400000"), NOW)
    worst = score(with_price(sale, "400000"), with_price(purchase, "0.1"), NOW)
    assert best
    assert worst
    assert "price" not in neutral.parts
    assert worst.total <= neutral.total <= best.total + 1e-9
    rest = {name: part for name, part in best.parts.items() if name != "price"}
    mean = sum(p.value * p.weight for p in rest.values()) / sum(p.weight for p in rest.values())
    assert neutral.total == pytest.approx(mean if neutral.is_in_period else mean * SPOILED)


bases = st.sampled_from(["ex_farm", "delivered"])


@given(offers(1), offers(2), bases, bases, st.data())
def test_of_two_equal_offers_the_cheaper_is_above(
    a: OfferFacts, b: OfferFacts, asked: str, bid: str, data: st.DataObject
):
    sale, purchase = (a, b) if a.side == "sell" else (b, a)
    cheap, dear = (Decimal(n) / 100 for n in sorted(data.draw(two_prices)))
    limit = Decimal(data.draw(st.integers(1, 10**5))) / 100

    def total(price: Decimal) -> Match | None:
        return score(
            replace(sale, price_low=price, price_basis=asked, price_measure="mass"),
            replace(purchase, price_high=limit, price_basis=bid, price_measure="mass"),
            NOW,
        )

    above, below = total(cheap), total(dear)
    if above is None or below is None:
        return
    freight = above.parts["price"].landed.freight or 0.0
    if asked == "delivered" and bid == "ex_farm" and cheap <= freight:
        return  # the freight alone is estimated above the price: nothing is known of what is left
    assert above.total > below.total


@given(offers(1), offers(2), offers(3))
def test_what_spoils_stands_outside_its_period_below_all_within_it(
    a: OfferFacts, b: OfferFacts, c: OfferFacts
):
    one, other = (score(a, replace(x, side=OTHER[a.side]), NOW) for x in (b, c))
    for inside, outside in ((one, other), (other, one)):
        if inside and outside and not outside.is_in_period and inside.is_in_period:
            assert outside.total < inside.total


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


def price_of(sale: OfferFacts, purchase: OfferFacts) -> MatchPart:
    return score(sale, purchase, NOW).parts["price"]


def test_a_price_counts_by_how_far_it_is_below_or_above_the_bid():
    def price(low: str) -> MatchPart:
        return price_of(facts(price_low=Decimal(low)), facts("buy"))

    assert price("5").finding is PartFinding.PRICES_MEET
    assert price("5.5").finding is PartFinding.PRICE_GAP
    assert price("5.5").amount == 10
    values = [price(low).value for low in ("1", "4.9", "5", "5.1", "5.5", "6", "6.9", "7.1", "20")]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == len(values)
    assert 0 < values[-1] < 0.05


FAR = {"region_path": "44/4401/440103", "region_code": "440103", "latitude": 23.1}
CASES = {
    # (asked and basis, bid and basis) of pears 720 km away: what is compared.
    "farm to door": (("2.2", "ex_farm"), ("2.6", "delivered"), (2.2 + 0.45, 2.6)),
    "both at the door": (("2.5", "delivered"), ("2.6", "delivered"), (2.5, 2.6)),
    "both at the farm": (("2.2", "ex_farm"), ("2.1", "ex_farm"), (2.2, 2.1)),
    "door to farm": (("2.5", "delivered"), ("2.1", "ex_farm"), (2.5 - 0.45, 2.1)),
}


@pytest.mark.parametrize(("asked", "bid", "compared"), CASES.values(), ids=CASES)
def test_a_price_is_compared_with_the_bid_where_the_bid_stands(
    asked: tuple[str, str], bid: tuple[str, str], compared: tuple[float, float]
):
    sale = facts(price_low=Decimal(asked[0]), price_basis=asked[1])
    purchase = facts("buy", price_high=Decimal(bid[0]), price_basis=bid[1], **FAR)
    part = price_of(sale, purchase)
    assert part.landed.freight == pytest.approx(0.45, abs=0.05)
    assert part.landed.gap == pytest.approx(compared[0] / compared[1] - 1, abs=0.03)
    assert (part.finding is PartFinding.PRICE_GAP) is (part.landed.gap > 0)


def test_of_two_sellers_the_one_cheaper_at_the_door_is_above_whatever_the_farm_price():
    buyer = facts("buy", price_high=Decimal("3.2"), price_basis="delivered", **FAR)
    carried = facts(price_low=Decimal("2.9"), price_basis="delivered")
    fetched = facts(price_low=Decimal("2.7"))
    assert price_of(carried, buyer).value > price_of(fetched, buyer).value


def test_freight_of_what_is_counted_goes_by_its_weight_and_is_unknown_without_one():
    head = {"measure": "head", "price_measure": "head", "price_unit": "head"}
    hog = {"product_path": "05/0501/0501001", "storage_class": "live", **head}
    tree = {"product_path": "08/0804/0804001", "storage_class": "plant", **head}
    for kind, known in ((hog, True), (tree, False)):
        buyer = facts("buy", price_high=Decimal(1500), price_basis="delivered", **FAR, **kind)
        landed = price_of(facts(price_low=Decimal(1400), **kind), buyer).landed
        assert (landed.freight is not None) is known
        assert landed.cost > 1450 if known else landed.cost == 1400


def test_the_sooner_it_spoils_the_more_the_way_counts():
    buyer = facts("buy", **FAR)
    kinds = (("03/0304/0304012", "fresh"), ("03/0302/0302002", "fresh"), ("07/0702/0702010", "dry"))
    worths = []
    for path, storage in kinds:
        kind = {"product_path": path, "storage_class": storage}
        sale = facts(**kind)
        worths.append(score(sale, replace(buyer, **kind), NOW).parts["region"].value)
    assert worths == sorted(worths)
    assert worths[0] < 0.2 < 0.6 < worths[1] < 0.8 < worths[2]


def test_strawberries_are_worth_half_at_150_km_and_goji_berries_nearly_all():
    strawberries, goji = haulage("03/0304/0304012", "fresh"), haulage("07/0702/0702010", "dry")
    assert strawberries.halfway_km == 150
    assert goji.halfway_km >= 3000


@pytest.mark.parametrize("row", read_csv(config.REFERENCE / "products.csv"), ids=itemgetter("code"))
def test_every_product_can_be_carried(row: dict[str, str]):
    path = f"{row['code'][:2]}/{row['code'][:4]}/{row['code']}"
    found = haulage(path, row["storage_class"])
    assert 0 < found.loading < found.yuan_per_kg(1000) < 2
    assert 30 <= found.halfway_km <= 4000


@pytest.mark.parametrize("name", ["carrying_distances.csv", "animal_weights.csv"])
def test_the_data_of_carrying_name_products_of_the_tree(name: str):
    products = {row["code"]: row for row in read_csv(config.REFERENCE / "products.csv")}
    for row in read_csv(config.REFERENCE / name):
        code = row["code"]
        below = [product for one, product in products.items() if one.startswith(code)]
        assert below
        storage = row.get("storage_class")
        assert storage is None or storage in {product["storage_class"] for product in below}


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
    assert (part(35, 60).finding, part(35, 60).amount) == (PartFinding.SPOILS_BEFORE, 5)
    assert part(-60, -10).finding is PartFinding.SPOILS_BEFORE
    assert part(90, None).value == 0
    assert part(-20, None).value == 1


def test_trust_and_freshness_break_a_tie():
    plain = score(facts(), facts("buy"), NOW).total
    assert score(facts(verified=True), facts("buy"), NOW).total > plain
    assert score(facts(finished_deals=3), facts("buy"), NOW).total > plain
    old = facts(published_at=NOW - timedelta(days=20))
    assert score(old, facts("buy"), NOW).total < plain
