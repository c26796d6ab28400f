"""Balance, movement and idleness judged on figures alone."""

from __future__ import annotations

from dataclasses import fields, replace
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from market.monitoring.labels import ACTIVITY, MARKET, PRICES
from market.monitoring.rules import (
    AlertLevel,
    Direction,
    ImbalanceKind,
    Limits,
    MarketSide,
    Position,
    find_imbalance,
    idle_level,
    price_movement,
)

LIMITS = Limits()
MUCH = MarketSide(Decimal(420_000), offers=20, owners=18, days=21)
LITTLE = MarketSide(Decimal(30_000), offers=2, owners=2, days=3)

hands = st.builds(
    MarketSide,
    quantity=st.integers(0, 10**7).map(Decimal),
    offers=st.integers(0, 50),
    owners=st.integers(0, 50),
    days=st.integers(0, 60),
    nearby=st.integers(0, 10**7).map(Decimal),
    last_deal=st.none() | st.integers(0, 90),
    deals=st.integers(0, 3),
)
positions = st.builds(Position, st.sampled_from(("mass", "head", "plant")), hands, hands)
prices = st.lists(st.integers(1, 100_000).map(Decimal), max_size=40)


def at(**changes: object) -> Position:
    return Position("mass", replace(MUCH, **changes), LITTLE)  # type: ignore[arg-type]


def test_much_for_sale_long_and_in_vain_is_an_alert_of_a_glut() -> None:
    found = find_imbalance(at(), LIMITS)
    assert found
    assert (found.kind, found.level) == (ImbalanceKind.GLUT, AlertLevel.ALERT)
    assert (found.gap, found.ratio) == (Decimal(390_000), Decimal(14))


def test_much_wanted_of_what_nobody_has_is_a_shortage_without_a_ratio() -> None:
    found = find_imbalance(Position("mass", MarketSide(), MUCH), LIMITS)
    assert found
    assert (found.kind, found.level, found.ratio) == (
        ImbalanceKind.SHORTAGE,
        AlertLevel.ALERT,
        None,
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"offers": LIMITS.offers - 1},
        {"owners": LIMITS.owners - 1},
        {"days": LIMITS.posted_notice - 1},
        {"quantity": LITTLE.quantity * 3 - 1},
    ],
)
def test_small_numbers_and_what_is_new_are_no_signal(changes: dict[str, object]) -> None:
    assert find_imbalance(at(**changes), LIMITS) is None


def test_a_difference_below_a_truckload_is_no_signal() -> None:
    few = Position("mass", replace(MUCH, quantity=Decimal(LIMITS.gap_mass - 1)), MarketSide())
    assert find_imbalance(few, LIMITS) is None
    assert find_imbalance(
        replace(few, sell=replace(few.sell, quantity=Decimal(LIMITS.gap_mass))), LIMITS
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"days": LIMITS.posted_alert - 1},
        {"deals": 1},
        {"quantity": LITTLE.quantity * LIMITS.ratio_alert - 1},
    ],
)
def test_what_is_not_so_grave_is_a_notice(changes: dict[str, object]) -> None:
    found = find_imbalance(at(**changes), LIMITS)
    assert found
    assert found.level is AlertLevel.NOTICE


def test_a_glut_that_the_counties_around_could_take_is_a_notice() -> None:
    around = replace(LITTLE, nearby=Decimal(390_000))
    found = find_imbalance(Position("mass", MUCH, around), LIMITS)
    assert found
    assert (found.level, found.covered) == (AlertLevel.NOTICE, True)


@given(positions)
def test_gluts_and_shortages_mirror_each_other(position: Position) -> None:
    found = find_imbalance(position, LIMITS)
    mirrored = find_imbalance(Position(position.measure, position.buy, position.sell), LIMITS)
    assert (found is None) == (mirrored is None)
    if found and mirrored:
        assert replace(mirrored, kind=found.kind) == found
        assert (mirrored.kind is found.kind) == (found.gap == 0)


@given(positions, st.integers(1, 10**6))
def test_more_of_what_there_is_too_much_of_is_never_less_grave(
    position: Position, more: int
) -> None:
    found = find_imbalance(position, LIMITS)
    if found and found.kind is ImbalanceKind.GLUT and found.light.nearby < found.gap:
        grown = replace(position.sell, quantity=position.sell.quantity + more)
        again = find_imbalance(replace(position, sell=grown), LIMITS)
        assert again
        assert (again.kind, again.level) == (found.kind, found.level) or (
            again.level is AlertLevel.ALERT
        )


def test_a_median_that_is_up_by_a_fifth_is_an_alert() -> None:
    before = [Decimal(n) for n in (98, 99, 100, 100, 100, 101, 102, 103)]
    moved = price_movement([Decimal(n) for n in (119, 120, 121, 122, 123)], before, [], LIMITS)
    assert (moved.now, moved.before, moved.change) == (121, 100, Decimal("0.21"))
    assert (moved.direction, moved.level) == (Direction.RISE, AlertLevel.ALERT)
    back = price_movement([Decimal(n) for n in (85, 88, 88, 88, 90)], before, before, LIMITS)
    assert (back.direction, back.level) == (Direction.FALL, AlertLevel.NOTICE)
    assert back.over_year == Decimal("-0.12")


def test_too_few_prices_say_nothing() -> None:
    moved = price_movement([Decimal(9)] * 4, [Decimal(1)] * 20, [], LIMITS)
    assert (moved.change, moved.level) == (None, None)
    moved = price_movement([Decimal(9)] * 5, [Decimal(1)] * 7, [Decimal(1)] * 4, LIMITS)
    assert (moved.change, moved.level, moved.year_ago) == (None, None, None)


def test_one_absurd_price_moves_nothing() -> None:
    before = [Decimal(n) for n in (98, 99, 100, 100, 100, 101, 102, 103)]
    assert price_movement([*before[:4], Decimal(10**9)], before, [], LIMITS).level is None
    assert price_movement(before[:5], [*before, Decimal(10**9)], [], LIMITS).level is None


torn = st.lists(st.sampled_from([Decimal(n) for n in (50, 80, 115, 130)]), min_size=5, max_size=9)
settled = st.lists(st.integers(97, 103).map(Decimal), min_size=8, max_size=12)


@given(torn | prices, settled | prices, st.sampled_from([Decimal(1), Decimal(10**9)]))
@example([Decimal(n) for n in (50, 50, 115, 120, 120)], [Decimal(100)] * 8, Decimal(1))
def test_an_outlier_never_makes_a_fall_of_a_rise(
    now: list[Decimal], before: list[Decimal], outlier: Decimal
) -> None:
    first = price_movement(now, before, [], LIMITS).direction
    second = price_movement([*now, outlier], before, [], LIMITS).direction
    assert first is None or second in (first, None)


@given(prices, prices, st.sampled_from((2, 5, 1000)))
def test_another_unit_of_the_price_changes_nothing(
    now: list[Decimal], before: list[Decimal], factor: int
) -> None:
    one = price_movement(now, before, before, LIMITS)
    other = price_movement([p * factor for p in now], [p * factor for p in before], [], LIMITS)
    assert (other.level, other.direction, other.change) == (one.level, one.direction, one.change)


def test_a_county_sleeps_after_two_weeks_or_when_it_never_woke() -> None:
    assert [idle_level(days, LIMITS) for days in (0, 6, 7, 13, 14, None)] == [
        *(None, None, AlertLevel.NOTICE, AlertLevel.NOTICE, AlertLevel.ALERT, AlertLevel.ALERT)
    ]


def test_every_threshold_stands_in_the_table_with_its_reason() -> None:
    told = [threshold.field for threshold in (*MARKET, *PRICES, *ACTIVITY)]
    assert told == [field.name for field in fields(Limits)]
    assert all(str(t.label) and str(t.reason) for t in (*MARKET, *PRICES, *ACTIVITY))
