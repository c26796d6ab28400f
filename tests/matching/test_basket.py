from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import chain, combinations
from operator import attrgetter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from market.matching.basket import (
    ABOVE,
    MAX_EXACT_LOTS,
    MAX_LOTS,
    UNPRICED,
    WITHIN,
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


@given(whole, sellers(at_least=1, at_most=30))
def test_nobody_above_the_bid_is_in_a_basket_that_those_within_it_could_fill(
    wanted: Decimal, lots: list[Lot]
):
    free = [replace(lot, min_lot=Decimal(0)) for lot in lots]
    basket = plan_basket(wanted, free)
    assert basket
    within = sum(lot.quantity for lot in free if lot.standing != ABOVE)
    bought = sum(amount for lot, amount in basket.takes if lot.standing == ABOVE)
    total = sum(lot.quantity for lot in free)
    assert bought == max(Decimal(0), min(wanted, total) - within)


@given(st.integers(1, 400).map(Decimal), sellers(at_least=13, at_most=30))
def test_the_greedy_basket_costs_as_little_as_possible(wanted: Decimal, lots: list[Lot]):
    free = [replace(lot, min_lot=Decimal(0), price=lot.price or Decimal(2)) for lot in lots]
    basket = plan_basket(wanted, free)
    assert basket
    assert not basket.exact
    left, cost = min(wanted, sum(lot.quantity for lot in free)), Decimal(0)
    for lot in sorted(free, key=lambda lot: (lot.standing, lot.price)):
        cost += min(left, lot.quantity) * lot.price
        left -= min(left, lot.quantity)
    assert basket.cost == cost


def ids_of(wanted: int, *lots: Lot) -> list[int]:
    return [lot.id for lot, _ in plan_basket(Decimal(wanted), lots).takes]


def test_the_bid_comes_before_cost_cost_before_the_number_and_the_number_before_distance():
    limit = Decimal(5)
    above = Lot(1, Decimal(100), km=1, price=Decimal(6), limit=limit)
    cheap = Lot(2, Decimal(50), km=900, price=Decimal(2), limit=limit)
    small = Lot(3, Decimal(25), km=900, price=Decimal(4), limit=limit)
    also_small = replace(small, id=4)
    large = Lot(5, Decimal(50), km=950, price=Decimal(4), limit=limit)
    near = replace(large, id=6, km=10)
    assert ids_of(100, above, cheap) == [2, 1]
    assert ids_of(100, above, cheap, small, also_small) == [2, 3, 4]
    assert ids_of(100, above, cheap, small, also_small, large) == [2, 5]
    assert ids_of(100, above, cheap, small, also_small, large, near) == [2, 6]


def test_a_seller_without_a_price_comes_after_those_within_the_bid_and_before_those_above():
    limit = Decimal(5)
    lots = [
        Lot(1, Decimal(50), price=Decimal(6), limit=limit),
        Lot(2, Decimal(50)),
        Lot(3, Decimal(50), price=Decimal(4), limit=limit),
    ]
    assert ids_of(100, *lots) == [3, 2]
    assert ids_of(150, *lots) == [3, 2, 1]


def test_a_basket_says_its_sum_against_the_bid():
    lots = [
        Lot(1, Decimal(60), price=Decimal(4), limit=Decimal(5)),
        Lot(2, Decimal(60), price=Decimal(6), limit=Decimal(5)),
        Lot(3, Decimal(10)),
    ]
    basket = plan_basket(Decimal(100), lots)
    assert (basket.cost, basket.limit) == (60 * 4 + 30 * 6, 90 * 5)
    assert [basket.count(standing) for standing in (WITHIN, UNPRICED, ABOVE)] == [1, 1, 1]
    assert plan_basket(Decimal(100), [Lot(1, Decimal(100), price=Decimal(4))]).limit is None


def test_the_cheapest_seller_is_filled_first():
    lots = [Lot(1, Decimal(80), price=Decimal(9)), Lot(2, Decimal(70), price=Decimal(1))]
    assert [(lot.id, amount) for lot, amount in shares(Decimal(100), lots)] == [(2, 70), (1, 30)]


def test_sellers_who_together_fall_short_are_all_bought():
    lots = [Lot(1, Decimal(30), price=Decimal(2)), Lot(2, Decimal(50), price=Decimal(1))]
    basket = plan_basket(Decimal(100), lots)
    assert basket.covered == Decimal("0.8")
    assert [lot.id for lot, _ in basket.takes] == [2, 1]


def test_without_a_usable_seller_there_is_no_basket():
    assert plan_basket(Decimal(10), []) is None
    assert plan_basket(Decimal(10), [Lot(1, Decimal(50), min_lot=Decimal(20))]) is None


def chosen(wanted: Decimal, lots: list[Lot]) -> list[Lot]:
    """The lots that a plan is best made from."""
    quantity, least = (np.array([float(of(lot)) for lot in lots]) for of in (SIZE, LEAST))
    price = np.array([np.nan if lot.price is None else float(lot.price) for lot in lots], float)
    standing = np.array([lot.standing for lot in lots])
    numbers = select_lots(float(wanted), quantity, least, standing, price)
    return [lots[number] for number in numbers]


@given(whole, sellers(at_most=9))
def test_what_is_not_promising_is_in_no_best_basket(wanted: Decimal, lots: list[Lot]):
    fitting = [cost_key(wanted, some) for some in every_choice(lots) if fits(wanted, some)]
    basket = plan_basket(wanted, chosen(wanted, lots))
    if fitting:
        assert basket
        assert cost_key(wanted, [lot for lot, _ in basket.takes]) == min(fitting)


def test_of_too_many_sellers_the_largest_that_are_needed_and_the_cheapest_stay():
    cheap = [Lot(n, Decimal(1), price=Decimal(1)) for n in range(100)]
    dear = [Lot(100 + n, Decimal(50), price=Decimal(4)) for n in range(3)]
    stay = {lot.id for lot in chosen(Decimal(150), cheap + dear)}
    assert len(stay) == MAX_LOTS
    assert {100, 101, 102} <= stay
    small = [Lot(n, Decimal(1), price=Decimal(1)) for n in range(1000)]
    assert len(chosen(Decimal(900), small)) == MAX_LOTS


def test_a_dearer_seller_behind_enough_cheaper_ones_is_not_compared():
    cheap = [Lot(n, Decimal(60), price=Decimal(n)) for n in (1, 2)]
    dear = Lot(3, Decimal(50), price=Decimal(3))
    assert chosen(Decimal(100), [dear, *cheap]) == cheap
    choosy = [replace(lot, min_lot=Decimal(1)) for lot in cheap]
    assert dear in chosen(Decimal(100), [dear, *choosy])
