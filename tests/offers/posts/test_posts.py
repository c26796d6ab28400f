"""What a post says, field by field, whoever wrote it and however."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.offers.models import Side
from market.offers.posts import ParsedPost, parse_post
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon
from tests.offers.posts.samples import samples, sides

TODAY = date(2026, 11, 21)


@pytest.fixture
def read(app: Flask) -> Any:
    products, regions = product_lexicon(), region_lexicon()
    return lambda text: parse_post(text, products, regions, TODAY)


def test_a_sale_is_read_field_by_field(read: Any) -> None:
    post: ParsedPost = read(
        "麻阳冰糖橙8万斤，1块6一斤，统货，果径60以上，电话一三九零零零零一二三四"
    )
    assert post.side is Side.SELL
    assert (post.products, post.region) == (("0301015",), "431226")
    assert (post.quantity, post.unit) == (Decimal(80_000), "jin")
    assert (post.price_low, post.price_high, post.price_unit) == (
        Decimal("1.6"),
        Decimal("1.6"),
        "jin",
    )
    assert post.phone == "+8613900001234"
    assert post.words == ("麻阳冰糖橙", "统货", "果径60以上")
    assert post.unsure == ()


@pytest.mark.parametrize("kind", dict.fromkeys(sample.kind for sample in samples()))
def test_posts_of_many_trades_are_read_as_meant(read: Any, kind: str) -> None:
    slips = {
        sample.text: found
        for sample in samples()
        if sample.kind == kind and (found := sample.slips(read(sample.text)))
    }
    assert slips == {}


@pytest.mark.parametrize("side", ["sell", "buy", "?"])
def test_the_side_is_heard_whoever_is_spoken_to(read: Any, side: str) -> None:
    slips = {text: post.side for text in sides(side) if _side(post := read(text)) != side}
    assert slips == {}


def _side(post: ParsedPost) -> str:
    assert (post.side is None) == ("side" in post.unsure)
    return post.side.value if post.side else "?"


def test_posts_are_printed_one_object_a_line_whatever_the_line(app: Flask) -> None:
    lines = "食堂要土豆2吨，送到长沙\n\x00\xff\n\n" + "价" * 3000 + "\n"
    result = app.test_cli_runner().invoke(args=["search", "understand", "--post"], input=lines)
    assert result.exit_code == 0, result.output
    reports = [json.loads(line) for line in result.output.splitlines()]
    assert len(reports) == 4
    assert reports[0]["side"] == "buy"
    assert (reports[0]["quantity"], reports[0]["unit"]) == (2.0, "ton")
    assert reports[1]["side"] is None
    assert "side" in reports[1]["unsure"]


@given(st.text(max_size=200))
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_text_makes_it_raise(read: Any, text: str) -> None:
    assert read(text).text == text
