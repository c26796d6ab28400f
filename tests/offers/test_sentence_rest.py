"""What is left of a sentence for a public field: whole pieces of it, and nothing of its joints."""

from __future__ import annotations

import pytest
from flask import Flask

from market.offers.models import Side
from market.offers.sentence import Sentence, read_sentence

PLACES = {
    "芦苇5吨 2块 沅江的": "益阳市·沅江市",
    "鼎城的脐橙5吨 2块": "常德市·鼎城区",
    "脐橙5吨 2块 石门县的": "常德市·石门县",
    "脐橙5吨 2块 云南省那边的": "云南省",
    "脐橙5吨 2块 南县周边": "益阳市·南县",
    "脐橙5吨 2块 在石门这边": "常德市·石门县",
    "石门产的脐橙5吨 2块": "常德市·石门县",
    "脐橙5吨 2块 石门县城": "常德市·石门县",
    "石门自家种的脐橙5吨 2块": "常德市·石门县",
    "石门县的 自家种的脐橙5吨 2块": "常德市·石门县",
    "脐橙5吨 2块 石门县皂市镇的": "常德市·石门县皂市镇",
    "脐橙5吨 2块 石门皂市": "常德市·石门县皂市",
}
DESCRIPTIONS = {
    "石门自家种的脐橙5吨 2块": "自家种的",
    "石门县的 自家种的脐橙5吨 2块": "自家种的",
    "脐橙5吨 2块，另外还有椪柑3吨1块5": "",
    "We need 20 tonnes of garlic": "",
    "we are looking for 20 tonnes of garlic": "",
    "I have 20 tonnes of garlic for sale": "",
    "大鲵（娃娃鱼）人工养殖 20斤 100一斤": "（娃娃鱼）人工养殖",
    "娃娃鱼（人工养殖）20斤 100一斤": "人工养殖",
    "娃娃鱼）人工养殖 20斤 100一斤": "人工养殖",
    "冰糖橙5吨2块，（很甜）很脆": "（很甜）很脆",
    "萝卜5吨 地头价六毛 送到长沙八毛": "送到长沙八毛",
    "萝卜5吨 送到长沙八毛一斤，地头价六毛一斤": "送到长沙八毛一斤",
    "脐橙5吨 2块 明天就可以装车": "",
    "脐橙5吨 2块 下周有货": "",
    "脐橙5吨 2块 从12月中旬到过年": "",
    "脐橙5吨 2块 卖到腊月底": "",
    "Selling 2,000 eggs at 1.2 yuan each, ready next Monday": "",
    "garlic 20 tonnes, 4 yuan/kg, very white, hand sorted": "very white, hand sorted",
    "大蒜20吨，2块一斤，很白，very clean": "很白，very clean",
}


def values(text: str) -> dict[str, str]:
    post = read_sentence(text)[0]
    return Sentence(post, post.side or Side.SELL).values


@pytest.mark.parametrize(("sentence", "place"), PLACES.items())
def test_a_place_is_named_without_the_words_that_only_say_it_is_one(
    app: Flask, sentence: str, place: str
) -> None:
    assert values(sentence)["region"] == place


@pytest.mark.parametrize(("sentence", "rest"), DESCRIPTIONS.items())
def test_what_is_published_as_description_are_whole_pieces(
    app: Flask, sentence: str, rest: str
) -> None:
    assert values(sentence).get("description", "") == rest


@pytest.mark.parametrize("quantity", ["5吨 ", ""])
@pytest.mark.parametrize("lot", ["20斤起卖", "20斤起批", "最低起订20斤"])
def test_from_how_much_somebody_sells_is_the_minimum_lot(
    app: Flask, quantity: str, lot: str
) -> None:
    assert values(f"脐橙{quantity}2块一斤，{lot}")["min_lot"] == lot


ASKED = {
    "活鸭1200只，7块8": True,
    "活鸭1200只，按斤卖，7块8": False,
    "土鸡300只 45元": True,
    "土鸡300只 45元一只": False,
    "鸡苗500只 2块5": False,
    "羊2头3000块": True,
    "羊两头，三千块两头": True,
    "水牛两头三千块钱两头都给你": False,
    "母猪5头，一头三千五": False,
}


@pytest.mark.parametrize(("sentence", "asked"), ASKED.items())
def test_what_a_price_of_animals_is_for_is_asked_where_it_may_be_the_weight_or_all(
    app: Flask, sentence: str, asked: bool
) -> None:
    assert ("price_unit" in read_sentence(sentence)[0].unsure) is asked
