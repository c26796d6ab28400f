"""Quartiles of groups and outliers, against the plain ones."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from market.deals.flag_rules import Quartiles
from market.prices.pictures import price_chart
from market.prices.queries import AHEAD, PriceLine, season_days
from market.prices.rules import latest_of_each, medians_by_source, quartiles_by_group, within_fences

PRICES = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 10**9)), max_size=80)


@given(PRICES)
def test_the_quartiles_of_each_group_are_its_own(pairs: list[tuple[int, int]]) -> None:
    groups, prices = np.array(pairs, dtype=np.int64).reshape(len(pairs), 2).T
    expected = {}
    for group in {group for group, _ in pairs}:
        own = sorted(price for one, price in pairs if one == group)
        if len(own) >= 5:
            ranks = [own[-(-p * len(own) // 100) - 1] for p in (25, 50, 75)]
            expected[group] = Quartiles(*map(Decimal, ranks), len(own))
    assert quartiles_by_group(groups, prices) == expected


@given(PRICES)
def test_fences_keep_every_middle_half(pairs: list[tuple[int, int]]) -> None:
    goods, prices = np.array(pairs, dtype=np.int64).reshape(len(pairs), 2).T
    kept = within_fences(goods, np.arange(len(goods)), prices)
    for good, quartiles in quartiles_by_group(goods, prices).items():
        of_good = prices[(goods == good) & kept]
        low, high = int(of_good.min()), int(of_good.max())
        assert low <= quartiles.low
        assert quartiles.high <= high


def test_a_price_for_another_unit_is_no_price() -> None:
    prices = np.array([200, 210, 220, 230, 240, 250, 2_000_000], dtype=np.int64)
    goods = np.zeros(7, dtype=np.int64)
    sources = np.arange(7)
    assert within_fences(goods, sources, prices).tolist() == [True] * 6 + [False]
    few = within_fences(goods[3:], sources[3:], prices[3:])
    assert few.tolist() == [True] * 4, "too few to know"


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(-3, 3), st.integers(1, 99)), max_size=60))
def test_each_source_has_one_price_in_each_group(said: list[tuple[int, int, int]]) -> None:
    groups, sources, prices = np.array(said, dtype=np.int64).reshape(len(said), 3).T
    expected = []
    for key in {row[:2] for row in said}:
        own = sorted(row[2] for row in said if row[:2] == key)
        expected.append((key[0], own[(len(own) + 1) // 2 - 1]))
    found = medians_by_source(groups, sources, prices)
    assert sorted(zip(*(column.tolist() for column in found), strict=True)) == sorted(expected)


def test_the_last_of_each_counts() -> None:
    assert sorted(latest_of_each(np.array([7, 8, 7, 9, 8])).tolist()) == [2, 3, 4]


FIGURES = st.none() | st.integers(1, 10**6).map(
    lambda n: Quartiles(Decimal(n), Decimal(n) * 2, Decimal(n) * 3, 5)
)


@given(*(st.lists(FIGURES, min_size=n, max_size=n) for n in (13, 13, 13 + AHEAD)))
def test_every_line_is_drawn_inside_its_box(
    asked: list[Quartiles | None], agreed: list[Quartiles | None], then: list[Quartiles | None]
) -> None:
    chart = price_chart(PriceLine(season_days(date(2026, 11, 30)), asked, agreed, then))
    if not any((*asked, *agreed, *then)):
        assert chart is None
        return
    assert chart is not None
    heights = [tick.down for tick in chart.ticks] + [down for _, down in chart.agreed]
    assert all(-0.001 <= height <= 1.001 for height in heights)
    for path in (chart.asked, chart.last_year, chart.band):
        points = path.replace("M", " ").replace("L", " ").replace("z", "").replace("h.1", "")
        for point in points.split():
            across, down = map(float, point.split(","))
            assert 0 <= across <= 1000
            assert -0.1 <= down <= 100.1
