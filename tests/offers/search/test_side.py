"""Which side of the offers is looked for by somebody who says what they want."""

from __future__ import annotations

import pytest
from flask import Flask

from market.offers.models import Side
from market.offers.search.understanding import parse_text
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon

GOODS = ("脐橙", "大蒜", "草鱼", "仔猪", "香菇", "大米", "黑茶", "黄精")
# Wants goods: looks for who has them.
WANTS = (
    *(
        "想买{}",
        "我想买点{}",
        "需要{}",
        "急需{}10吨",
        "长期需要{}",
        "哪里有{}",
        "哪里有{}卖",
        "谁有{}",
        "谁家有{}",
    ),
    *(
        "有没有{}",
        "{}有没有",
        "有没有卖{}的",
        "求推荐{}",
        "要{}",
        "要5000斤{}",
        "去哪买{}",
        "哪里能买到{}",
        "有{}卖吗",
    ),
    *("附近有卖{}的吗", "我想收一批{}", "我要买 {}", "预订{}", "有人卖{}吗"),
)
# Has goods: looks for who wants them.
HAS = (
    *(
        "想卖{}",
        "{}要出手",
        "我有{}要卖",
        "我有一批{}要处理",
        "家里有两千斤{}想卖，有人要吗",
        "有人要{}吗",
        "有没有人要{}",
    ),
    *(
        "谁要{}",
        "谁收{}",
        "哪里收{}",
        "哪里收购{}",
        "{}卖给谁",
        "{}卖不出去",
        "{}想找销路",
        "有要{}的吗",
        "{}需要的老板联系",
    ),
    *("自家的{}要卖", "帮忙卖{}"),
)
# What offers are called stays what it says.
BUY = (
    "求购{}",
    "收购{}",
    "采购{}",
    "{}求购",
    "常德收购{}",
    "收{}",
    "{}采购商",
    "我们是食品厂，求购大量{}",
)
SELL = ("供应{}", "出售{}", "{}供应", "{}供应商", "有{}出售吗", "急售{}")
ENGLISH = {
    "buy garlic": Side.SELL,
    "want to buy garlic": Side.SELL,
    "looking for garlic": Side.SELL,
    "need 5 tonnes of garlic": Side.SELL,
    "where to buy garlic": Side.SELL,
    "garlic for sale": Side.SELL,
    "garlic suppliers": Side.SELL,
    "who sells garlic": Side.SELL,
    "sell garlic": Side.BUY,
    "want to sell garlic": Side.BUY,
    "where can I sell my garlic": Side.BUY,
    "wanted: garlic": Side.BUY,
    "garlic buyers": Side.BUY,
    "who buys garlic": Side.BUY,
    "looking for buyers of garlic": Side.BUY,
}


def side_of(text: str) -> Side | None:
    return parse_text(text, product_lexicon(), region_lexicon()).side


@pytest.mark.parametrize(
    ("ways", "side"), [(WANTS, Side.SELL), (HAS, Side.BUY), (BUY, Side.BUY), (SELL, Side.SELL)]
)
def test_the_side_is_that_of_the_offers_the_person_wants(
    reference: Flask, ways: tuple[str, ...], side: Side
) -> None:
    texts = [way.format(goods) for way in ways for goods in GOODS]
    assert {text: side_of(text) for text in texts} == dict.fromkeys(texts, side)


def test_so_it_is_in_english(reference: Flask) -> None:
    assert {text: side_of(text) for text in ENGLISH} == ENGLISH


def test_words_that_only_hold_a_side_word_say_none(reference: Flask) -> None:
    texts = ("收割机", "冷链配送", "出口苹果", "脐橙 要求甜", "不卖土豆")
    assert {text: side_of(text) for text in texts} == dict.fromkeys(texts)


DENIED = ("不要{}", "不看{}", "不想看{}", "不找{}", "别看{}", "不是{}")


@pytest.mark.parametrize("way", DENIED)
@pytest.mark.parametrize(
    ("term", "side"),
    [
        ("供应", Side.BUY),
        ("出售", Side.BUY),
        ("供货", Side.BUY),
        ("求购", Side.SELL),
        ("收购", Side.SELL),
    ],
)
def test_who_denies_one_side_looks_for_the_other(
    reference: Flask, way: str, term: str, side: Side
) -> None:
    for name in GOODS[:3]:
        for text in (f"{way.format(term)} {name}", f"{name} {way.format(term)}"):
            found = parse_text(text, product_lexicon(), region_lexicon())
            assert found.side is side, text
            assert set(found.named) == set(product_lexicon().resolve(name)), text
            assert not found.excluded, text
