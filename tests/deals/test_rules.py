from __future__ import annotations

from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.deals import rules
from market.deals.models import DEAL_TRANSITIONS, DealStatus
from market.web.errors import Invalid, InvalidTransition

SHIMEN, YUHUA, CHANGDE, HUNAN = "43/4307/430726", "43/4301/430111", "43/4307", "43"
WUHAN = "42/4201/420102"
PEAR = "03/0302/0302010/0302011"

quantities = st.decimals("0.001", "999999999", places=3)
prices = st.decimals("0.0001", "9999999", places=4)


def test_half_a_fen_is_rounded_up() -> None:
    assert rules.amount_fen(Decimal("0.5"), Decimal("0.01")) == 1
    assert rules.amount_fen(Decimal(3), Decimal("2.3549")) == 706


@given(quantities, prices)
def test_an_amount_is_never_more_than_half_a_fen_off(quantity: Decimal, price: Decimal) -> None:
    assert abs(rules.amount_fen(quantity, price) - quantity * price * 100) <= Decimal("0.5")


@pytest.mark.parametrize(
    ("amount", "differs"), [(9900, False), (10100, False), (9899, True), (10101, True)]
)
def test_an_amount_differs_when_more_than_one_percent_away(amount: int, differs: bool) -> None:
    gap = rules.amount_gap(amount, Decimal(10), Decimal(10))
    assert gap is (rules.Gap.SOME if differs else rules.Gap.NONE)


def test_a_deal_belongs_to_the_sellers_county_else_the_buyers() -> None:
    assert rules.home_region(SHIMEN, YUHUA, HUNAN) == SHIMEN
    assert rules.home_region(WUHAN, YUHUA, HUNAN) == YUHUA
    with pytest.raises(Invalid):
        rules.home_region(WUHAN, WUHAN, HUNAN)


def test_a_path_that_only_begins_alike_is_not_inside() -> None:
    with pytest.raises(Invalid):
        rules.home_region("430/4307/430726", WUHAN, HUNAN)


def fair(id: int, path: str = HUNAN, *themes: str) -> rules.OpenFair:
    return rules.OpenFair(id, path, themes)


def test_a_deal_without_a_fair_is_daily() -> None:
    assert rules.choose_fair(SHIMEN, YUHUA, PEAR, [], HUNAN) == (None, SHIMEN)


def test_the_fair_of_the_smallest_region_takes_the_deal() -> None:
    fairs = [fair(1), fair(2, CHANGDE)]
    assert rules.choose_fair(SHIMEN, YUHUA, PEAR, fairs, HUNAN) == (2, SHIMEN)


def test_a_fair_of_the_sellers_county_goes_before_one_of_the_buyers() -> None:
    fairs = [fair(1, "43/4301"), fair(2)]
    assert rules.choose_fair(SHIMEN, YUHUA, PEAR, fairs, HUNAN) == (2, SHIMEN)


def test_a_sale_into_the_fair_counts_where_the_buyer_is() -> None:
    assert rules.choose_fair(WUHAN, YUHUA, PEAR, [fair(1)], HUNAN) == (1, YUHUA)


@pytest.mark.parametrize(
    ("theme", "fair_id"), [("03", 1), ("0302", 1), ("0302010", 1), ("0302011", 1), ("0303", None)]
)
def test_a_fair_takes_only_products_of_its_theme(theme: str, fair_id: int | None) -> None:
    assert rules.choose_fair(SHIMEN, YUHUA, PEAR, [fair(1, HUNAN, theme)], HUNAN) == (
        fair_id,
        SHIMEN,
    )


def test_in_one_region_a_theme_goes_before_everything_and_the_narrower_before_the_wider() -> None:
    order = [fair(5, HUNAN, "0302011"), fair(4, HUNAN, "0302010"), fair(3, HUNAN, "0302")]
    order += [fair(2, HUNAN, "03", "0401"), fair(1)]
    while order:
        assert rules.choose_fair(SHIMEN, YUHUA, PEAR, order[::-1], HUNAN) == (order[0].id, SHIMEN)
        order.pop(0)


def test_a_smaller_region_goes_before_a_narrower_theme_and_the_older_decides_the_rest() -> None:
    fairs = [fair(1, HUNAN, "0302011"), fair(2, CHANGDE), fair(3, CHANGDE)]
    assert rules.choose_fair(SHIMEN, YUHUA, PEAR, fairs, HUNAN) == (2, SHIMEN)
    # Several prefixes are worth their deepest that fits; one that does not fit is worth nothing.
    fairs = [fair(1, HUNAN, "03"), fair(2, HUNAN, "0302", "0301014"), fair(3, HUNAN, "0302")]
    assert rules.choose_fair(SHIMEN, YUHUA, PEAR, fairs, HUNAN) == (2, SHIMEN)


themes = st.lists(st.sampled_from(["03", "0302", "0302010", "0302011", "0401", "04"]), max_size=3)
any_fairs = st.lists(
    st.tuples(st.sampled_from([HUNAN, CHANGDE, "43/4301", SHIMEN, "42"]), themes), max_size=6
)


@given(any_fairs, st.randoms(), st.sampled_from([SHIMEN, WUHAN]))
def test_which_fair_takes_a_deal_is_one_order_whatever_they_are_listed_in(
    given_fairs: list[tuple[str, list[str]]], random: Any, seller: str
) -> None:
    fairs = [fair(n, path, *of) for n, (path, of) in enumerate(given_fairs, 1)]
    ranked, left = [], fairs
    while left:
        taken, _home = rules.choose_fair(seller, YUHUA, PEAR, left, HUNAN)
        shuffled = random.sample(left, len(left))
        assert rules.choose_fair(seller, YUHUA, PEAR, shuffled, HUNAN)[0] == taken
        if taken is None:
            break
        ranked.append(taken)
        left = [f for f in left if f.id != taken]
    # Between any two of them the order is that of all: nothing depends on who else is open.
    by_id = {f.id: f for f in fairs}
    for before, after in combinations(ranked, 2):
        pair = [by_id[after], by_id[before]]
        assert rules.choose_fair(seller, YUHUA, PEAR, pair, HUNAN)[0] == before


paths = st.sampled_from([SHIMEN, YUHUA, WUHAN, "43/4307/430725", "43/4312/431224"])
regions = st.sampled_from([HUNAN, CHANGDE, "43/4301", SHIMEN, "42"])


@given(paths, paths, st.lists(regions, max_size=4))
def test_every_deal_has_one_home_that_is_a_side_of_it(
    seller: str, buyer: str, fairs: list[str]
) -> None:
    open_fairs = [fair(n, path) for n, path in enumerate(fairs, 1)]
    try:
        fair_id, home = rules.choose_fair(seller, buyer, PEAR, open_fairs, HUNAN)
    except Invalid:
        assert not any(path.startswith("43/") for path in (seller, buyer))
    else:
        assert home in (seller, buyer)
        assert home.startswith(fairs[fair_id - 1] if fair_id else HUNAN)


@given(st.sampled_from(DealStatus), st.sampled_from(DealStatus))
def test_only_listed_transitions_pass(now: DealStatus, then: DealStatus) -> None:
    if then in DEAL_TRANSITIONS[now]:
        rules.check_transition(now, then)
    else:
        with pytest.raises(InvalidTransition):
            rules.check_transition(now, then)
