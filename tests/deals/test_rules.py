from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.deals import rules
from market.deals.models import DEAL_TRANSITIONS, DealStatus
from market.errors import Invalid, InvalidTransition

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
    assert rules.amount_differs(amount, Decimal(10), Decimal(10)) is differs


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
    assert rules.place(SHIMEN, YUHUA, PEAR, [], HUNAN) == (None, SHIMEN)


def test_the_fair_of_the_smallest_region_takes_the_deal() -> None:
    fairs = [fair(1), fair(2, CHANGDE)]
    assert rules.place(SHIMEN, YUHUA, PEAR, fairs, HUNAN) == (2, SHIMEN)


def test_a_fair_of_the_sellers_county_goes_before_one_of_the_buyers() -> None:
    fairs = [fair(1, "43/4301"), fair(2)]
    assert rules.place(SHIMEN, YUHUA, PEAR, fairs, HUNAN) == (2, SHIMEN)


def test_a_sale_into_the_fair_counts_where_the_buyer_is() -> None:
    assert rules.place(WUHAN, YUHUA, PEAR, [fair(1)], HUNAN) == (1, YUHUA)


@pytest.mark.parametrize(
    ("theme", "fair_id"), [("03", 1), ("0302", 1), ("0302010", 1), ("0302011", 1), ("0303", None)]
)
def test_a_fair_takes_only_products_of_its_theme(theme: str, fair_id: int | None) -> None:
    assert rules.place(SHIMEN, YUHUA, PEAR, [fair(1, HUNAN, theme)], HUNAN) == (fair_id, SHIMEN)


paths = st.sampled_from([SHIMEN, YUHUA, WUHAN, "43/4307/430725", "43/4312/431224"])
regions = st.sampled_from([HUNAN, CHANGDE, "43/4301", SHIMEN, "42"])


@given(paths, paths, st.lists(regions, max_size=4))
def test_every_deal_has_one_home_that_is_a_side_of_it(
    seller: str, buyer: str, fairs: list[str]
) -> None:
    open_fairs = [fair(n, path) for n, path in enumerate(fairs, 1)]
    try:
        fair_id, home = rules.place(seller, buyer, PEAR, open_fairs, HUNAN)
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
