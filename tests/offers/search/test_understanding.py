"""What somebody who typed a line is looking for."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from market.offers.models import Side
from market.offers.search.parsed_text import ParsedText, PieceKind
from market.offers.search.understanding import parse_text
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon


@pytest.fixture
def said(reference: Flask) -> Any:
    products, regions = product_lexicon(), region_lexicon()
    return lambda text: parse_text(text, products, regions)


def kinds(found: ParsedText) -> list[tuple[str, str]]:
    return [(piece.kind.value, piece.text) for piece in found.pieces]


def test_place_and_product_are_told_apart_in_one_word(said: Any) -> None:
    found = said("洪江市冰糖橙")
    assert (found.region, found.products, found.words) == ("431281", ("0301015",), ())
    assert kinds(found) == [("region", "洪江市"), ("product", "冰糖橙")]


def test_an_alias_that_begins_with_a_home_place_says_the_place_too(said: Any) -> None:
    assert (said("安化黑茶").region, said("安化黑茶").products) == ("430923", ("0401004",))


def test_a_product_named_after_a_place_elsewhere_stays_a_product(said: Any) -> None:
    for text, code in (("阳山水蜜桃", "0303003"), ("哈密瓜", "0305004"), ("东安鸡", "0503007")):
        assert (said(text).region, said(text).products) == (None, (code,))


SIDES = {
    "求购大米": Side.BUY,
    "大米采购": Side.BUY,
    "收稻谷": Side.BUY,
    "我要买土豆": Side.SELL,
    "wanted: garlic": Side.BUY,
    "出售生猪": Side.SELL,
    "生猪卖": Side.BUY,
    "garlic for sale": Side.SELL,
    "selling pork": Side.BUY,
    "garlic suppliers": Side.SELL,
    "looking for suppliers of rice": Side.SELL,
    "want to buy chili": Side.SELL,
    "we are looking for ginger": Side.SELL,
    "kiwifruit buyers": Side.BUY,
    "收割机": None,
    "出口苹果": None,
    "冷链配送": None,
}


def test_side_words_are_heard_and_only_where_they_are_words(said: Any) -> None:
    assert {text: said(text).side for text in SIDES} == SIDES


PRICES = {
    "土豆2块以下": (None, "2", "jin"),
    "不超过3元/斤": (None, "3", "jin"),
    "1.5-2元一斤": ("1.5", "2", "jin"),
    "一块五到两块的萝卜": ("1.5", "2", "jin"),
    "低于4块/公斤": (None, "4", "kg"),
    "2块钱一斤以内": (None, "2", "jin"),
    "under 2 yuan/kg": (None, "2", "kg"),
    "rice under 3 yuan": (None, "3", "jin"),
    "rice below 6 RMB a kilo": (None, "6", "kg"),
    "at most 4 yuan per kilogram": (None, "4", "kg"),
    "oil under RMB 20 per kg": (None, "20", "kg"),
    "between 4 and 6 yuan per kg": ("4", "6", "kg"),
    "rice under 4000 yuan per tonne": (None, "4000", "ton"),
    "两块五以下": (None, "2.5", "jin"),
    "八毛以上": ("0.8", None, "jin"),
    "3000元/吨以下": (None, "3000", "ton"),
    "3000元一吨以下": (None, "3000", "ton"),
    "每吨2500以内": (None, "2500", "ton"),
    "3元左右": ("2.7", "3.3", "jin"),
    "八角": (None, None, "jin"),
    "三元仔猪": (None, None, "jin"),
    "8424西瓜": (None, None, "jin"),
}


def test_price_limits_are_read_in_the_unit_said(said: Any) -> None:
    def limits(text: str) -> tuple[Any, Any, str]:
        found = said(text)
        return found.price_min, found.price_max, found.price_unit

    def exact(price: str | None) -> Decimal | None:
        return Decimal(price) if price else None

    assert {text: limits(text) for text in PRICES} == {
        text: (exact(low), exact(high), unit) for text, (low, high, unit) in PRICES.items()
    }


def test_quantities_are_pieces_and_no_words(said: Any) -> None:
    for text in ("10吨脐橙", "五千斤脐橙", "500kg脐橙"):
        found = said(text)
        assert {piece.kind for piece in found.pieces} == {PieceKind.QUANTITY, PieceKind.PRODUCT}
        assert found.words == ()


def test_numbers_that_can_limit_nothing_are_no_words(said: Any) -> None:
    for text in ("脐橙 5斤装", "脐橙 500斤起批"):
        found = said(text)
        assert {piece.kind for piece in found.pieces} == {PieceKind.NUMBER, PieceKind.PRODUCT}
        assert (found.words, found.quantity_min) == ((), None)


def test_polite_talk_is_dropped_and_the_rest_kept_as_words(said: Any) -> None:
    found = said("请问哪里有大量的本地贡川土豆吗")
    assert found.products == ("0103001",)
    assert found.words == ("本地贡川",)


def test_mere_talk_is_looked_for_all_the_same(said: Any) -> None:
    assert said("请问一下").words == ("请问一下",)


def test_an_ambiguous_word_is_asked_and_not_guessed(said: Any) -> None:
    for word in ("地瓜", "枣", "豆角", "百合", "青菜"):
        found = said(f"求购 {word}")
        assert found.products == ()
        assert [choice.text for choice in found.choices] == [word]
        assert len(found.choices[0].codes) > 1


@pytest.mark.parametrize("text", ["无人机", "大疆无人机", "收割机", "二手烘干机", "龙虾"])
def test_a_word_with_a_meaning_outside_the_trade_is_asked_about(said: Any, text: str) -> None:
    found = said(text)
    assert (found.products, len(found.choices)) == ((), 1)


@pytest.mark.parametrize("text", ["植保无人机", "联合收割机", "粮食烘干机", "拖拉机", "小龙虾"])
def test_a_word_that_says_which_is_not(said: Any, text: str) -> None:
    found = said(text)
    assert (len(found.products), found.choices) == (1, ())


def test_an_english_head_is_asked_about_in_any_company(said: Any) -> None:
    for text in ("rice", "常德 rice", "Organic rice from Changde city, under 3 yuan", "求购 rice"):
        (choice,) = said(text).choices
        assert (choice.text, choice.codes) == ("rice", ("0101001", "0101007"))
    assert said("大米 rice").products == ("0101007",)
    assert said("rice, paddy").products == ("0101001",)


PLACES = {
    "Hunan rice": "430000",
    "kiwis from Xiangxi": "433100",
    "pork in Changde City": "430700",
    "apples from Shaanxi": "610000",
    "beef from Inner Mongolia": "150000",
    "garlic from Xi'an": "610100",
}


def test_english_names_of_places_are_read(said: Any) -> None:
    assert {text: said(text).region for text in PLACES} == PLACES
    assert {text: said(text).words for text in PLACES} == dict.fromkeys(PLACES, ())


def test_a_short_name_at_home_is_a_place_where_one_is_named(said: Any) -> None:
    fruit, pears = ("0304025",), ("0302007",)
    read = {
        "Cili": ((), "430821"),
        "cili": (fruit, None),
        "Cili pears": (pears, "430821"),
        "pears from cili": (pears, "430821"),
        "tea in Xupu": (("0401001",), "431224"),
        "Xupu goose": (("0503018",), None),
    }
    assert {text: (said(text).products, said(text).region) for text in read} == read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("rock sugar oranges", "0301015"),
        ("crystal sugar orange from Mayang", "0301015"),
        ("sugar tangerines", "0301005"),
        ("vannamei shrimp", "0602005"),
    ],
)
def test_goods_are_found_by_what_their_chinese_names_mean(said: Any, text: str, code: str) -> None:
    assert (said(text).products, said(text).words) == ((code,), ())


@pytest.mark.parametrize(
    ("texts", "code"),
    [
        ("控释肥 磷酸脲 硼砂", "1001002"),
        ("海藻肥 沼渣", "1001003"),
        ("酒糟 玉米蛋白粉 DDGS", "1001004"),
        ("氯虫苯甲酰胺 嘧菌酯 枯草芽孢杆菌", "1001011"),
        ("微喷带 无滴膜", "1001012"),
        ("种姜 大蒜种 百合种球", "1001001"),
    ],
)
def test_inputs_are_known_by_the_names_on_their_packages(said: Any, texts: str, code: str) -> None:
    assert {said(text).products for text in texts.split()} == {(code,)}


@pytest.mark.parametrize("text", ["八成熟番茄", "全熟猕猴桃", "脐橙次品", "土豆价"])
def test_how_ripe_and_how_good_goods_are_is_no_other_product(said: Any, text: str) -> None:
    assert len(said(text).products) == 1


def test_prices_and_words_of_the_trade_are_read_in_pinyin_too(said: Any) -> None:
    found = said("tudou pifa 1kuai5 yixia")
    assert (found.products, found.price_max, found.words) == (("0103001",), Decimal("1.5"), ())
    found = said("xigua 5mao yi jin")
    assert (found.price_max, found.has_price_unit, found.words) == (Decimal("0.55"), True, ())
    assert said("shatangju pifa jiage").words == ()


def test_several_products_are_any_of_them_and_the_closer_word_stands_for_the_wider(
    said: Any,
) -> None:
    assert said("土豆 洋葱").products == ("0103001", "0202022")
    assert said("橙 脐橙").products == ("0301014",)


def test_a_piece_can_be_taken_out(said: Any) -> None:
    found = said("常德 大米 求购")
    assert [found.without(piece) for piece in found.pieces] == [
        "大米 求购",
        "常德 求购",
        "常德 大米",
    ]


ALPHABET = st.sampled_from(
    "红富士苹果橙梨鸡蛋油的收卖2块五以下元/斤吨 常德长沙县()abqchs.-、8角三元每不到"
) | (st.characters())


@given(st.text(ALPHABET, max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
def test_any_text_is_understood_and_its_pieces_lie_in_order(said: Any, text: str) -> None:
    found = said(text)
    end = 0
    for piece in found.pieces:
        assert end <= piece.start < piece.end <= len(text)
        assert text[piece.start : piece.end] == piece.text
        found.without(piece)
        end = piece.end
    if found.price_min is not None and found.price_max is not None:
        assert found.price_min <= found.price_max


def test_the_command_prints_a_line_of_json_for_each_line(reference: Flask) -> None:
    given_lines = "麻阳冰糖橙 2块以下\n\n地瓜\n"
    result = reference.test_cli_runner().invoke(args=["search", "understand"], input=given_lines)
    first, empty, last = map(json.loads, result.output.splitlines())
    assert first == {
        "text": "麻阳冰糖橙 2块以下",
        "side": None,
        "products": ["0301015"],
        "excluded": [],
        "region": "431226",
        "excluded_regions": [],
        "price_min": None,
        "price_max": 2,
        "price_unit": "jin",
        "quantity_min": None,
        "quantity_unit": "",
        "supply_from": None,
        "supply_to": None,
        "words": [],
        "ambiguous": [],
    }
    assert empty["words"] == []
    assert last["ambiguous"] == [{"word": "地瓜", "codes": ["0103003", "0202040"]}]


@pytest.mark.parametrize(
    ("noun", "inside", "outside"),
    [
        ("鱼", {"0601"}, {"06", "0904"}),
        ("蟹", {"06"}, {"0602"}),
        ("苗", {"0804"}, {"0201"}),
        ("肉", {"0501"}, {"0601"}),
        ("药", {"07"}, {"0202"}),
        ("油", {"0105"}, {"01"}),
        ("果", {"03"}, {"0701"}),
        ("酒", {"0403"}, {"04"}),
    ],
)
def test_a_class_noun_alone_is_all_that_is_called_so(
    said: Any, noun: str, inside: set[str], outside: set[str]
) -> None:
    for text in (noun, f"求购 {noun}", f"石门县 {noun} 10元以下"):
        found = said(text)
        if noun in ("鱼", "药", "油", "果", "酒"):
            assert inside <= set(found.products), text
        else:
            assert any(c.startswith(tuple(inside)) for c in found.products), text
        assert not outside & set(found.products), text
        assert found.words == (), text


def test_a_class_noun_beside_a_product_or_in_a_word_is_none(said: Any) -> None:
    assert said("花菇（鲜）").products == ("0208001",)
    assert said("竹").products == ()
    assert said("小苗").products == ()


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("黄牛 12000元以下", "head"),
        ("母猪 伍仟元", "head"),
        ("生猪 8元", "jin"),
        ("玉米 2400元以内", "ton"),
        ("脐橙 3元", "jin"),
        ("牛 30元一斤", "jin"),
    ],
)
def test_yuan_without_a_unit_are_for_what_such_goods_are_priced_by(text, unit, said):
    assert said(text).price_unit == unit
