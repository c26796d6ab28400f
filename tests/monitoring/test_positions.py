"""The arrays against the same sums done one offer at a time."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from market.monitoring.positions import BUY, SELL, Area, OfferSnapshot, RecentDeals
from market.monitoring.rules import Limits, MarketSide, Position
from market.products.units import in_base, measure

TODAY = 740_000
# Three places on a line, a hundred kilometres and more apart, and one nowhere.
PLACES: dict[str, tuple[float | None, float | None]] = {
    "a": (28.0, 112.0),
    "b": (29.0, 112.0),
    "c": (30.0, 112.0),
    "d": (None, None),
}
EVERYTHING = Limits(offers=1)
LONE = [Area(code, *where, (code,)) for code, where in PLACES.items()]
TOGETHER = Area("abc", 29.0, 112.0, ("a", "b", "c"))

rows = st.lists(
    st.tuples(
        st.sampled_from(sorted(PLACES)),
        st.sampled_from(("tea", "pig")),
        st.sampled_from((SELL, BUY)),
        st.sampled_from(("jin", "kg", "ton", "head")),
        st.integers(1, 4),
        st.integers(1, 10**9),
        st.integers(TODAY - 40, TODAY),
    ),
    max_size=30,
)


def positions(
    offers: Sequence[Any], units: Sequence[Area], dealt: Sequence[RecentDeals] = ()
) -> dict[tuple[str, tuple[str, str]], Position]:
    book = OfferSnapshot(offers, dealt, PLACES, TODAY)
    return {(unit.code, good): p for unit, good, p in book.positions(units, EVERYTHING)}


def by_hand(offers: Sequence[Any]) -> tuple[Decimal, int, int, int]:
    ages = sorted(TODAY - row[6] for row in offers)
    quantity = sum((in_base(Decimal(row[5]) / 1000, row[3]) for row in offers), Decimal(0))
    owners = len({row[4] for row in offers})
    return quantity, len(offers), owners, ages[(len(ages) - 1) // 2] if ages else 0


def told(hand: MarketSide) -> tuple[Decimal, int, int, int]:
    return hand.quantity, hand.offers, hand.owners, hand.days


@given(rows)
def test_every_place_and_all_together_are_the_sums_of_their_offers(offers: list[Any]) -> None:
    for unit, found in [(u, positions(offers, LONE)) for u in LONE] + [
        (TOGETHER, positions(offers, [TOGETHER]))
    ]:
        mine = [row for row in offers if row[0] in unit.leaves]
        goods = {(row[1], str(measure(row[3]))) for row in mine}
        assert {good for code, good in found if code == unit.code} == goods
        for good in goods:
            of_it = [row for row in mine if (row[1], str(measure(row[3]))) == good]
            position = found[unit.code, good]
            assert told(position.sell) == by_hand([row for row in of_it if row[2] == SELL])
            assert told(position.buy) == by_hand([row for row in of_it if row[2] == BUY])


@given(rows)
def test_the_unit_an_offer_is_told_in_changes_nothing(offers: list[Any]) -> None:
    """2,000 jin are 1,000 kg are one tonne."""
    thousandfold = [(*row[:3], row[3], row[4], row[5] * 2000, row[6]) for row in offers]
    factors = {"jin": 1, "kg": 2, "ton": 2000}
    in_jin = [
        (*row[:3], "jin", row[4], row[5] * factors[row[3]], row[6]) if row[3] in factors else row
        for row in thousandfold
    ]
    assert positions(thousandfold, LONE) == positions(in_jin, LONE)


def test_what_is_counted_is_never_added_to_what_is_weighed() -> None:
    offers = [("a", "pig", SELL, unit, 1, 5_000, TODAY) for unit in ("kg", "head", "head")]
    found = positions(offers, LONE)
    assert found["a", ("pig", "mass")].sell.quantity == 5
    assert found["a", ("pig", "head")].sell.quantity == 10


def test_nearby_is_what_the_counties_within_reach_lack_beyond_their_own() -> None:
    offers = [
        ("a", "tea", SELL, "kg", 1, 9_000, TODAY),
        ("b", "tea", BUY, "kg", 2, 5_000, TODAY),
        ("b", "tea", SELL, "kg", 3, 1_000, TODAY),
        ("c", "tea", BUY, "kg", 4, 70_000, TODAY),
        ("d", "tea", BUY, "kg", 4, 70_000, TODAY),
    ]
    found = positions(offers, LONE) | positions(offers, [TOGETHER])
    assert found["a", ("tea", "mass")].buy.nearby == 4
    assert found["abc", ("tea", "mass")].buy.nearby == 0


def test_deals_count_on_their_side_wherever_in_the_unit_they_were() -> None:
    offers = [("a", "tea", SELL, "kg", 1, 9_000, TODAY)]
    dealt = [
        RecentDeals("a", "tea", SELL, TODAY - 3, 2),
        RecentDeals("b", "tea", SELL, TODAY - 9, 0),
        RecentDeals("b", "tea", BUY, TODAY - 1, 5),
        RecentDeals("c", "pig", SELL, TODAY, 9),
    ]
    found = positions(offers, LONE, dealt) | positions(offers, [TOGETHER], dealt)
    sides = [found[code, ("tea", "mass")] for code in ("a", "abc")]
    assert [(p.sell.last_deal, p.sell.deals) for p in sides] == [(3, 2), (3, 2)]
    assert [(p.buy.last_deal, p.buy.deals) for p in sides] == [(None, 0), (1, 5)]


def test_elsewhere_is_ordered_by_distance_and_leaves_the_unit_out() -> None:
    offers = [(code, "tea", BUY, "kg", 1, 1_000, TODAY) for code in "dcba"]
    book = OfferSnapshot(offers, (), PLACES, TODAY)
    assert [s.region for s in book.stocks(LONE[0], ("tea", "mass"), BUY)] == ["b", "c", "d"]
    assert [s.region for s in book.stocks(TOGETHER, ("tea", "mass"), BUY)] == ["d"]
    assert book.stocks(LONE[0], ("tea", "mass"), SELL) == []
    assert book.stocks(LONE[0], ("rice", "mass"), BUY) == []
