"""Words with spaces and invisible characters inside them, in searches and posts."""

from __future__ import annotations

import pytest
from flask import Flask

from market.offers.posts import parse_post
from market.offers.search.understanding import parse_text
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon
from market.web.home_time import home_today

NAMES = ("苹果", "土豆", "红富士", "西红柿", "猕猴桃", "白菜", "生猪", "鸭屎香", "羊肚菌")
GAPS = {
    "zero width": "\u200b",
    "joiner": "\u200d",
    "byte order mark": "\ufeff",
    "word joiner": "\u2060",
    "soft hyphen": "\u00ad",
    "space": " ",
    "wide space": "\u3000",
    "no break": "\u00a0",
}


def _read(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    products, regions, today = product_lexicon(), region_lexicon(), home_today()
    found = parse_text(text, products, regions, today)
    for piece in found.pieces:
        assert piece.text == text[piece.start : piece.end]
    assert found.text == text
    post = parse_post(f"{text} 三千斤", products, regions, today)
    return found.named, post.products


@pytest.mark.parametrize("gap", GAPS.values(), ids=GAPS.keys())
@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_read_through_what_stands_between_its_characters(
    reference: Flask, name: str, gap: str
) -> None:
    whole = _read(name)
    assert whole[0]
    assert _read(gap.join(name)) == whole
    assert _read(f"石门 {gap.join(name)} 批发") == _read(f"石门 {name} 批发")


@pytest.mark.parametrize("gap", [" ", "\u3000", "\u200b"])
@pytest.mark.parametrize("parts", [("红富", "士"), ("西红", "柿"), ("猕猴", "桃"), ("小龙", "虾")])
def test_a_name_is_read_where_its_parts_name_nothing(
    reference: Flask, parts: tuple[str, str], gap: str
) -> None:
    assert _read(gap.join(parts)) == _read("".join(parts))


@pytest.mark.parametrize("gap", [" ", "  ", "\u3000"])
@pytest.mark.parametrize(
    "names", [("苹果", "香蕉"), ("花生", "油菜"), ("玉米", "大豆"), ("羊", "牛")]
)
def test_two_names_stay_two(reference: Flask, names: tuple[str, str], gap: str) -> None:
    named = _read(gap.join(names))[0]
    for name in names:
        assert set(_read(name)[0]) & set(named)


@pytest.mark.parametrize("text", ["to\u200bmato", "5\u200b0吨"])
def test_letters_and_digits_are_not_put_together(reference: Flask, text: str) -> None:
    found = parse_text(text, product_lexicon(), region_lexicon(), home_today())
    assert not found.named
    assert found.quantity_min != 50
