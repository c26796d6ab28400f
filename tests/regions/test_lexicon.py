"""The lexicon of places: what a word means, and the places named in a text."""

from __future__ import annotations

import pytest
from flask import Flask

from market.regions.lexicon import RegionLexicon
from market.regions.queries import region_lexicon


@pytest.fixture
def lexicon(app: Flask) -> RegionLexicon:
    return region_lexicon()


def named(lexicon: RegionLexicon, text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (text[spot.start : spot.end], spot.codes)
        for start in range(len(text))
        for spot in lexicon.mentions(text, start)
    ]


def test_a_short_name_of_two_regions_means_the_prefecture(lexicon: RegionLexicon) -> None:
    assert named(lexicon, "长沙") == [("长沙", ("430100",))]
    assert ("长沙县", ("430121",)) in named(lexicon, "长沙县")


def test_a_home_place_wins_over_others_of_its_name(lexicon: RegionLexicon) -> None:
    assert lexicon.resolve("永定区") == ("430802",)
    assert all(lexicon.at_home(code) for code in lexicon.resolve("永定区"))


def test_a_county_is_no_place_of_offers_when_only_leaves_are_asked(lexicon: RegionLexicon) -> None:
    assert lexicon.resolve("常德") == ()
    assert lexicon.resolve("常德", leaves_only=False) == ("430700",)


def test_an_everyday_word_is_no_place_abroad(lexicon: RegionLexicon) -> None:
    assert named(lexicon, "颗粒丰满") == []
    assert named(lexicon, "和平") == []


def test_places_named_together_mean_the_narrowest(lexicon: RegionLexicon) -> None:
    assert lexicon.narrowest_region([("430000",), ("431100",)]) == "431100"
    assert lexicon.narrowest_region([("431226",), ("431200",)]) == "431226"
    assert lexicon.narrowest_region([]) is None


def test_a_name_of_several_is_settled_by_the_one_above_it(lexicon: RegionLexicon) -> None:
    several = lexicon.resolve("鼓楼区")
    assert len(several) > 1
    assert lexicon.narrowest_region([several]) is None
    assert lexicon.narrowest_region([("320100",), several]) == "320106"


def test_suggestions_put_home_first(lexicon: RegionLexicon) -> None:
    for typed in ("s", "石", "sm", "shim"):
        codes = lexicon.suggest(typed)
        homes = [lexicon.at_home(code) for code in codes]
        assert homes == sorted(homes, reverse=True)
        assert homes[0]
