"""The usual phrases of offers' fields in English, by the table of the trade's terms."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.text import trade_terms
from market.text.characters import is_chinese
from market.text.romanize import romanize
from market.text.trade_phrases import has_translation, translate_phrase


def english(text: str) -> str:
    """The phrase, what stayed Chinese in brackets."""
    pieces = translate_phrase(text)
    return "".join(f"[{p.text}]" if p.is_original else p.text for p in pieces)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("统货", "ungraded"),
        ("通货", "ungraded"),
        ("一级", "grade 1"),
        ("特级", "extra grade"),
        ("精品", "premium"),
        ("散装", "loose"),
        ("纸箱", "cardboard boxes"),
        ("网袋", "mesh bags"),
        ("泡沫箱加冰", "foam boxes with ice"),
        ("塑料筐", "plastic crates"),
        ("真空", "vacuum-packed"),
        ("产地自提", "collect at the farm"),
        ("包送 含税 现款", "delivery included, tax included, cash"),
        ("送到市场档口", "delivered to the market stall"),
        ("带叶，去皮", "with leaves, peeled"),
        ("干货/鲜货", "dried, fresh"),
        ("冷库保鲜", "from cold store, kept fresh"),
        ("特级（精品）", "extra grade, premium"),
    ],
)
def test_the_usual_words_are_read_in_english(written: str, read: str) -> None:
    assert english(written) == read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("果径60以上", "fruit diameter 60 mm or more"),
        ("果径70-80", "fruit diameter 70–80 mm"),
        ("果径65-80mm 带叶", "fruit diameter 65–80 mm, with leaves"),
        ("纸箱20斤", "cardboard boxes of 20 jin (10 kg)"),
        ("5升壶装", "jugs of 5 litres"),
        ("编织袋50公斤", "woven sacks of 50 kg"),
        ("20斤装", "20 jin (10 kg) packs"),
        ("30枚/箱", "30 pieces per box"),
        ("规格2-4斤", "size 2–4 jin (1–2 kg)"),
        ("3两母", "3 liang (150 g) female"),
        ("半斤左右", "0.5 jin (0.25 kg) or so"),
        ("一日龄", "1 day old"),
        ("散养180天", "free-range, 180 days"),
        ("水分14%以下", "moisture 14% or less"),
        ("零下18度冷冻", "minus 18°, frozen"),
        ("五吨以上送货到市", "5 tonnes or more, delivered to the city"),
    ],
)
def test_numbers_and_units_are_kept(written: str, read: str) -> None:
    assert english(written) == read


def test_the_longest_entry_wins() -> None:
    assert english("中果以上") == "medium fruit and larger"
    assert english("中果") == "medium fruit"
    assert english("一芽一叶") == "one bud, one leaf"


@pytest.mark.parametrize(
    "text", ["石门银峰", "我家的橙子味道很好，欢迎来电", "一心一意", "零零散散的货"]
)
def test_what_is_not_understood_stays_as_it_was_written(text: str) -> None:
    assert english(text) == f"[{text}]"
    assert not has_translation(text)


def test_a_clause_that_is_understood_stands_beside_one_that_is_not() -> None:
    assert english("石门银峰，一级") == "[石门银峰], grade 1"
    assert english("统货，石门银峰") == "ungraded, [石门银峰]"


def test_english_and_empty_texts_stay() -> None:
    assert english("60 mm up, washed") == "60 mm up, washed"
    assert translate_phrase("") == ()
    assert not has_translation("60 mm up")


WORDS = sorted(
    {*trade_terms.TERMS, *trade_terms.CONTAINERS, *trade_terms.ADDED, *trade_terms.MEASURED}
)


def test_every_entry_is_english_and_found_by_itself() -> None:
    assert len(WORDS) >= 250
    for word in WORDS:
        read = english(word)
        assert not any(map(is_chinese, read)), f"{word}: {read}"


@given(st.lists(st.sampled_from([*WORDS, *"，、（） /-0123斤两半以上年甲乙丙ab.%"]), max_size=8))
def test_no_phrase_breaks_it_and_no_chinese_is_lost(parts: list[str]) -> None:
    text = "".join(parts)
    for piece in translate_phrase(text):
        assert piece.is_original or not any(map(is_chinese, piece.text))
        if piece.is_original:
            assert any(map(is_chinese, piece.text))
            assert piece.text.strip(" ,") in text


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("石门银峰", "Shimen Yinfeng"),
        ("翠冠", "Cuiguan"),
        ("大红袍", "Dahongpao"),
        ("东安", "Dong'an"),
        ("绿宝", "Lübao"),
        ("大分四号", "Dafen Sihao"),
        ("这是一句很长的话", ""),
        ("希森6号", ""),
    ],
)
def test_a_name_is_spelt_in_words_of_two_or_three_syllables(name: str, letters: str) -> None:
    assert romanize(name) == letters
