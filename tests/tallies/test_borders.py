"""Borders between groups of areas that share their corners."""

from __future__ import annotations

from itertools import pairwise

import pytest

from market.tallies import county_map
from market.tallies.borders import border_lines, middle

# Two squares side by side, and one on the first.
SQUARES = {
    "a": [[(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)]],
    "b": [[(10, 0), (20, 0), (20, 10), (10, 10), (10, 0)]],
    "c": [[(0, 10), (10, 10), (10, 20), (0, 20), (0, 10)]],
}


def edges(groups: str) -> set[frozenset[tuple[int, int]]]:
    lines = border_lines(SQUARES, dict(zip(SQUARES, groups, strict=True)))
    found = [frozenset(edge) for line in lines for edge in pairwise(line)]
    assert len(found) == len(set(found)), "no line is drawn twice"
    return set(found)


@pytest.mark.parametrize(
    ("groups", "between"),
    [
        ("xxx", set()),
        ("xyx", {frozenset({(10, 0), (10, 10)})}),
        ("xyz", {frozenset({(10, 0), (10, 10)}), frozenset({(0, 10), (10, 10)})}),
    ],
)
def test_borders_are_around_all_and_between_groups_alone(
    groups: str, between: set[frozenset[tuple[int, int]]]
) -> None:
    found = edges(groups)
    inner = {frozenset({(10, 0), (10, 10)}), frozenset({(0, 10), (10, 10)})}
    assert found & inner == between
    assert len(found - inner) == 8


def test_the_prefectures_of_the_shipped_map_have_borders_and_names(app: object) -> None:
    codes = frozenset({"430726", "430725", "430802", "430821"})
    drawn = county_map.outline("430000", codes)
    assert drawn is not None
    assert drawn.borders.startswith("M")
    assert {"430700", "430800", *codes} == set(drawn.middles)
    for x, y in drawn.middles.values():
        assert 0 < x < drawn.width
        assert 0 < y < drawn.height


def test_the_middle_is_that_of_the_whole_area_and_of_the_corners_of_a_line() -> None:
    assert middle([*SQUARES["a"], *SQUARES["b"]]) == (10, 5)
    assert middle([[(0, 0), (4, 2)]]) == (2, 1)


def test_the_map_names_places_without_their_kind_and_peoples() -> None:
    names = county_map.short_names()
    assert names["430700"] == ("常德", "Changde")
    assert names["433100"] == ("湘西", "Xiangxi")
    assert names["532900"] == ("大理", "Dali")
    assert not [code for code, (_, english) in names.items() if "Autonomous P" in english]
