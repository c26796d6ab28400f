"""What is unusual, in numbers alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.deals.flag_rules import (
    ProductSeason,
    Quartiles,
    SamePersonReason,
    is_far_above,
    is_outside,
    product_season,
    same_person_reason,
)
from tests.deals.quartiles import quartiles_of

figures = st.decimals(min_value="0.01", max_value="9900000000", places=2)
samples = st.lists(figures, min_size=5, max_size=40)


def usual(*numbers: object) -> Quartiles:
    found = quartiles_of([Decimal(str(number)) for number in numbers])
    assert found
    return found


def test_quartiles_are_the_nearest_ranks() -> None:
    assert usual(*range(1, 21)) == Quartiles(Decimal(5), Decimal(10), Decimal(15), 20)
    assert usual(3, 1, 2, 5, 4) == Quartiles(Decimal(2), Decimal(3), Decimal(4), 5)


def test_too_few_figures_say_nothing_about_what_is_usual() -> None:
    assert quartiles_of([Decimal(1)] * 4) is None
    assert not is_outside(Decimal(1000), None)
    assert not is_far_above(Decimal(1000), None)


def test_a_price_is_unusual_only_well_outside_the_quartiles() -> None:
    usual_price = usual("2.2", "2.3", "2.35", "2.4", "2.6")
    judged = {p: is_outside(Decimal(p), usual_price) for p in ("1.5", "2", "2.35", "3", "3.5")}
    assert judged == {"1.5": True, "2": False, "2.35": False, "3": False, "3.5": True}
    assert is_far_above(Decimal("3.5"), usual_price)
    assert not is_far_above(Decimal("1.5"), usual_price)


@given(samples)
def test_what_lies_between_the_quartiles_is_never_unusual(sample: list[Decimal]) -> None:
    usual_figure = usual(*sample)
    assert usual_figure.low <= usual_figure.median <= usual_figure.high
    for figure in (usual_figure.low, usual_figure.median, usual_figure.high):
        assert not is_outside(figure, usual_figure)


@given(samples, st.decimals(min_value=1000, max_value=100000, places=0))
def test_one_wild_figure_never_hides_itself(sample: list[Decimal], times: Decimal) -> None:
    """However wild, a single outlier can't stretch the quartiles far enough to be usual."""
    plain = [Decimal(100) + n % 7 for n in range(7 + len(sample))]
    wild = Decimal(100) * times
    assert is_outside(wild, usual(*plain, wild))
    assert is_outside(Decimal(100) / times, usual(*plain, Decimal(100) / times))


@given(samples, figures, st.sampled_from([Decimal("0.5"), Decimal(1000), Decimal("0.01")]))
def test_the_unit_makes_no_difference(
    sample: list[Decimal], figure: Decimal, factor: Decimal
) -> None:
    usual_figure = usual(*sample)
    lowest, highest = usual_figure.fences
    if figure in (lowest, highest):
        return
    scaled = usual_figure.times(factor)
    assert is_far_above(figure, usual_figure) == is_far_above(figure * factor, scaled)


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2099, 12, 31)))
def test_a_season_is_the_month_and_its_neighbours_this_year_and_last(day: date) -> None:
    (first, last), (first_before, last_before) = product_season(day).spans
    assert first < day.replace(day=1) <= day <= last
    assert 89 <= (last - first).days + 1 <= 92
    assert first.day == first_before.day == 1
    assert (first.month, last.month) == (first_before.month, last_before.month)
    assert first.year - first_before.year == last.year - last_before.year == 1


def test_the_season_of_january_begins_in_december() -> None:
    assert ProductSeason(2027, 1).spans[0] == (date(2026, 12, 1), date(2027, 2, 28))


@dataclass
class Party:
    id: int
    name: str = "甲"
    region_code: str = "430726"
    represented_by_id: int | None = None


@pytest.mark.parametrize(
    ("one", "other", "tie"),
    [
        (
            Party(1, "甲", represented_by_id=9),
            Party(2, "乙", represented_by_id=9),
            SamePersonReason.STATION,
        ),
        (Party(1, "甲", represented_by_id=2), Party(2, "乙"), SamePersonReason.SPEAKS_FOR),
        (Party(1, "甲"), Party(2, "乙", represented_by_id=1), SamePersonReason.SPEAKS_FOR),
        (Party(1, "甲"), Party(2, " 甲"), SamePersonReason.NAME),
        (Party(1, "甲"), Party(2, "甲", "430111"), None),
        (Party(1, "甲"), Party(2, "乙"), None),
        (Party(1, "甲", represented_by_id=8), Party(2, "乙", represented_by_id=9), None),
    ],
)
def test_who_may_be_one_person(one: Party, other: Party, tie: SamePersonReason | None) -> None:
    assert same_person_reason(one, other) is tie
    assert same_person_reason(other, one) is tie
