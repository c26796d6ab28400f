from __future__ import annotations

from decimal import Decimal
from itertools import chain, combinations
from operator import attrgetter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from market.matching.basket import (
    MAX_EXACT_LOTS,
    MAX_LOTS,
    Lot,
    cost_key,
    fits,
    plan_basket,
    select_lots,
    shares,
)

SIZE, LEAST = attrgetter("quantity"), attrgetter("min_lot")
whole = st.integers(1, 60).map(Decimal)


@st.composite
def sellers(draw: st.DrawFn, at_least: int = 1, at_most: int = 7) -> list[Lot]:
    lots = []
    for number in range(draw(st.integers(at_least, at_most))):
        quantity = draw(whole)
        lots.append(
            Lot(
                number,
                quantity,
                draw(st.just(Decimal(0)) | st.integers(1, int(quantity)).map(Decimal)),
                draw(st.none() | st.integers(0, 5)),
                draw(st.none() | st.integers(1, 3).map(Decimal)),
            )
        )
    return lots


def every_choice(lots: list[Lot]):
    return chain.from_iterable(combinations(lots, size) for size in range(1, len(lots) + 1))


@given(whole, sellers())
def test_no_choice_is_better_than_the_exact_basket(wanted: Decimal, lots: list[Lot]):
    basket = plan_basket(wanted, lots)
    fitting = [cost_key(wanted, some) for some in every_choice(lots) if fits(wanted, some)]
    if not fitting:
        assert basket is None or basket.covered <= 1
        return
    assert basket
    assert basket.exact
    assert basket.covered == 1
    assert cost_key(wanted, [lot for lot, _ in basket.takes]) == min(fitting)


@given(whole, sellers(at_least=1, at_most=30))
def test_a_basket_never_takes_more_than_there_is_or_is_wanted(wanted: Decimal, lots: list[Lot]):
    basket = plan_basket(wanted, lots)
    if basket is None:
        assert all(lot.min_lot > wanted for lot in lots)
        return
    bought = sum(amount for _, amount in basket.takes)
    assert bought <= wanted
    assert basket.covered == bought / wanted
    for lot, amount in basket.takes:
        assert lot.min_lot <= amount <= lot.quantity
    usable = [lot for lot in lots if lot.min_lot <= wanted]
    assert basket.exact is (len(usable) <= MAX_EXACT_LOTS)


@given(st.integers(1, 400).map(Decimal), sellers(at_least=13, at_most=30))
def test_the_greedy_basket_takes_no_more_sellers_than_needed(wanted: Decimal, lots: list[Lot]):
    free = [Lot(lot.id, lot.quantity, km=lot.km, price=lot.price) for lot in lots]
    basket = plan_basket(wanted, free)
    assert basket
    assert not basket.exact
    largest, fewest = sorted((lot.quantity for lot in free), reverse=True), 1
    if sum(largest) < wanted:
        assert basket.covered == sum(largest) / wanted
        return
    while sum(largest[:fewest]) < wanted:
        fewest += 1
    assert len(basket.takes) == fewest
    assert basket.covered == 1


def test_fewest_sellers_come_before_distance_and_distance_before_price():
    near = Lot(1, Decimal(50), km=1, price=Decimal(9))
    also_near = Lot(2, Decimal(50), km=2, price=Decimal(9))
    far = Lot(3, Decimal(90), km=500, price=Decimal(1))
    cheap = Lot(4, Decimal(50), km=3, price=Decimal(1))
    ids = [lot.id for lot, _ in plan_basket(Decimal(100), [near, also_near, far, cheap]).takes]
    assert ids == [1, 2]
    assert [lot.id for lot, _ in plan_basket(Decimal(90), [near, also_near, far]).takes] == [3]
    same_way = [near, Lot(5, Decimal(50), km=2, price=Decimal(8)), also_near]
    assert [lot.id for lot, _ in plan_basket(Decimal(100), same_way).takes] == [1, 5]


def test_the_nearest_seller_is_filled_first():
    lots = [Lot(1, Decimal(80), km=9), Lot(2, Decimal(70), km=1)]
    assert [(lot.id, amount) for lot, amount in shares(Decimal(100), lots)] == [(2, 70), (1, 30)]


def test_sellers_who_together_fall_short_are_all_bought():
    basket = plan_basket(Decimal(100), [Lot(1, Decimal(30), km=2), Lot(2, Decimal(50), km=1)])
    assert basket.covered == Decimal("0.8")
    assert [lot.id for lot, _ in basket.takes] == [2, 1]


def test_without_a_usable_seller_there_is_no_basket():
    assert plan_basket(Decimal(10), []) is None
    assert plan_basket(Decimal(10), [Lot(1, Decimal(50), min_lot=Decimal(20))]) is None


def chosen(wanted: Decimal, lots: list[Lot]) -> list[Lot]:
    """The lots that a plan is best made from."""
    quantity, least = (np.array([float(of(lot)) for lot in lots]) for of in (SIZE, LEAST))
    km = np.array([np.nan if lot.km is None else lot.km for lot in lots], float)
    return [lots[number] for number in select_lots(float(wanted), quantity, least, km)]


@given(whole, sellers(at_most=9))
def test_what_is_not_promising_is_in_no_best_basket(wanted: Decimal, lots: list[Lot]):
    fitting = [cost_key(wanted, some) for some in every_choice(lots) if fits(wanted, some)]
    basket = plan_basket(wanted, chosen(wanted, lots))
    if fitting:
        assert basket
        assert cost_key(wanted, [lot for lot, _ in basket.takes]) == min(fitting)


def test_of_too_many_sellers_the_largest_that_are_needed_and_the_nearest_stay():
    near = [Lot(n, Decimal(1), km=0) for n in range(100)]
    far = [Lot(100 + n, Decimal(50), km=400) for n in range(3)]
    stay = {lot.id for lot in chosen(Decimal(150), near + far)}
    assert len(stay) == MAX_LOTS
    assert {100, 101, 102} <= stay
    small = [Lot(n, Decimal(1), km=0) for n in range(1000)]
    assert len(chosen(Decimal(900), small)) == MAX_LOTS


def test_a_smaller_seller_behind_enough_nearer_ones_is_not_compared():
    near = [Lot(n, Decimal(60), km=n) for n in (1, 2)]
    behind, larger = Lot(3, Decimal(50), km=3), Lot(4, Decimal(70), km=4)
    assert chosen(Decimal(100), [behind, larger, *near]) == [*near, larger]
    choosy = [Lot(n, Decimal(60), Decimal(1), km=n) for n in (1, 2)]
    assert behind in chosen(Decimal(100), [behind, larger, *choosy])
