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
from market.offers.posts import ParsedPost, parse_goods, parse_post
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon
from tests.offers.posts.samples import amount_samples, goods, samples, sides

TODAY = date(2026, 11, 21)


@pytest.fixture
def read(reference: Flask) -> Any:
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


@pytest.mark.parametrize("kind", dict.fromkeys(sample.kind for sample in amount_samples()))
def test_what_a_post_says_of_amounts_is_told_from_sizes_grades_and_other_prices(
    read: Any, kind: str
) -> None:
    slips = {
        sample.text: found
        for sample in amount_samples()
        if sample.kind == kind and (found := sample.slips(read(sample.text)))
    }
    assert slips == {}


@pytest.mark.parametrize("side", ["sell", "buy", "?"])
def test_the_side_is_heard_whoever_is_spoken_to(read: Any, side: str) -> None:
    slips = {text: post.side for text in sides(side) if _side(post := read(text)) != side}
    assert slips == {}


def test_only_what_is_traded_is_a_good_of_a_post(read: Any) -> None:
    slips = {
        text: found
        for text, named, denied in goods()
        if (found := _goods(read(text))) != (named, denied)
    }
    assert slips == {}


def _goods(post: ParsedPost) -> tuple[set[str], set[str]]:
    return set(post.products), set(post.excluded)


def _side(post: ParsedPost) -> str:
    assert (post.side is None) == ("side" in post.unsure)
    return post.side.value if post.side else "?"


def test_what_no_field_takes_stays_in_the_words_of_the_person_and_in_their_order(read: Any) -> None:
    text = "出售纽荷尔脐橙5吨，树上熟，不打蜡，2.6元/斤，装箱另算，找老李13900001234，晚上别打"
    post: ParsedPost = read(text)
    assert post.words == ("纽荷尔脐橙", "树上熟", "不打蜡", "装箱另算", "找老李", "晚上别打")


def test_a_post_longer_than_is_read_keeps_its_end_as_words(read: Any) -> None:
    post: ParsedPost = read("收土豆10吨。" + "质量要好，" * 300 + "谢谢老板")
    assert (post.products, post.words[-1]) == (("0103001",), "谢谢老板")


@pytest.fixture
def goods_of(reference: Flask) -> Any:
    products, regions = product_lexicon(), region_lexicon()
    return lambda text: [
        (post.name, post.quantity and int(post.quantity), post.unit, post.price_low)
        for post in parse_goods(text, products, regions, TODAY)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("卖50吨大米和30吨稻谷", [("大米", 50, "ton", None), ("稻谷", 30, "ton", None)]),
        (
            "卖脐橙2万斤1.5元一斤，冰糖橙1万斤2元一斤",
            [
                ("脐橙", 20_000, "jin", Decimal("1.5")),
                ("冰糖橙", 10_000, "jin", Decimal(2)),
            ],
        ),
        ("卖红薯、土豆各5吨", [("红薯", 5, "ton", None), ("土豆", 5, "ton", None)]),
        ("卖脐橙5吨，果径65以上", [("脐橙", 5, "ton", None)]),
    ],
)
def test_each_of_several_goods_has_its_own_quantity_and_price(
    goods_of: Any, text: str, expected: list[Any]
) -> None:
    assert goods_of(text) == expected


def test_both_ends_of_a_range_of_quantities_stay(read: Any) -> None:
    post = read("石门脐橙三万到五万斤，1.8元一斤")
    assert post.quantity == 30_000
    assert [post.text[mark.start : mark.end] for mark in post.rest] == ["三万到五万斤"]


def test_who_sells_some_and_not_others_sells(read: Any) -> None:
    post = read("卖橙子 不要脐橙")
    assert (post.side, post.products, post.excluded) == (Side.SELL, ("0301013",), ("0301014",))


DENIED = {
    "收苹果10吨，不要红富士": ("0302002",),
    "求购橙子，脐橙不要，5吨": ("0301014",),
    "采购鱼，除了草鱼都行": ("0601001",),
    "米厂收晚稻，粳的不要，100吨": ("0101004",),
    "收橙子10吨，小的不要": (),
    "大米3块一斤，不用化肥农药": (),
    "茯苓没有了，天麻有30斤": (),
}


@pytest.mark.parametrize(("text", "excluded"), DENIED.items())
def test_what_is_not_wanted_is_told_apart_from_what_the_goods_lack(
    read: Any, text: str, excluded: tuple[str, ...]
) -> None:
    assert read(text).excluded == excluded


def test_a_price_for_a_container_of_no_known_size_is_never_one_by_weight(read: Any) -> None:
    post: ParsedPost = read("柑橘300篓，45元一篓")
    assert (post.price_low, post.price_unit, post.unit) == (Decimal(45), "", "")
    assert {"unit", "price_unit"} <= set(post.unsure)


def test_posts_are_printed_one_object_a_line_whatever_the_line(reference: Flask) -> None:
    lines = "食堂要土豆2吨，送到长沙\n\x00\xff\n\n" + "价" * 3000 + "\n"
    result = reference.test_cli_runner().invoke(
        args=["search", "understand", "--post"], input=lines
    )
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
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_text_makes_it_raise(read: Any, text: str) -> None:
    assert read(text).text == text
