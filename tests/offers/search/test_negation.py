"""What a search says it doesn't want is never what it finds."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from market.offers.models import Side
from market.offers.search.parsed_text import ParsedText, PieceKind
from market.offers.search.understanding import parse_text
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon

Read = Callable[[str], ParsedText]


@pytest.fixture
def read(reference: Flask) -> Read:
    products, regions = product_lexicon(), region_lexicon()
    return lambda text: parse_text(text, products, regions)


def codes(names: str) -> set[str]:
    return {code for name in names.split() for code in product_lexicon().resolve(name)}


# What is wanted, and what is not; each pair is said in every one of the ways.
PAIRS = [
    ("苹果", "红富士"),
    ("橙子", "脐橙"),
    ("蔬菜", "大蒜"),
    ("茶叶", "红茶"),
    ("食用菌", "香菇"),
    ("猪肉", "猪肝"),
    ("生猪", "母猪"),
    ("大米", "糯米"),
    ("中药材", "黄精"),
    ("淡水鱼", "草鱼"),
    ("红薯", "紫薯"),
    ("花卉苗木", "桂花树"),
]
WAYS = (
    "{wanted} 不要{denied}",
    "{wanted} 不要 {denied}",
    "{wanted}，{denied}不要",
    "{wanted} {denied}的不要",
    "{wanted} 除了{denied}",
    "除了{denied}的{wanted}",
    "除{denied}外的{wanted}",
    "{denied}以外的{wanted}",
    "{wanted}（{denied}除外）",
    "{wanted}，{denied}勿扰",
    "{wanted} 不含{denied}",
    "{wanted} 不是{denied}",
    "{wanted} 没有{denied}",
    "{wanted} 非{denied}",
    "{wanted} 去掉{denied}",
    "{wanted} 别给我{denied}",
    "{wanted} -{denied}",
    "{wanted} 不吃{denied}",
    "{wanted} 不考虑{denied}",
    "不是{denied}的{wanted}",
)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("wanted", "denied"), PAIRS)
def test_what_is_denied_is_excluded_and_the_rest_wanted(
    read: Read, way: str, wanted: str, denied: str
) -> None:
    text = way.format(wanted=wanted, denied=denied)
    found = read(text)
    assert (set(found.named), set(found.excluded)) == (codes(wanted), codes(denied)), text
    assert (found.side, found.words) == (None, ())
    (piece,) = [one for one in found.pieces if one.kind is PieceKind.NEGATED]
    assert set(piece.excluded) == codes(denied)
    # Without the chip it asks for what it asked for but for the denial.
    assert not read(found.without(piece)).excluded


@pytest.mark.parametrize(
    "text",
    [
        "不要马铃薯",
        "马铃薯不要",
        "除了马铃薯都可以",
        "不收马铃薯",
        "don't want potatoes",
        "不要不要马铃薯",
    ],
)
def test_a_denial_alone_asks_for_nobody_who_buys_it(read: Read, text: str) -> None:
    found = read(text)
    assert (found.side, found.products, found.excluded) == (None, (), ("0103001",))


@pytest.mark.parametrize(
    ("text", "wanted", "denied"),
    [
        ("水果 不要脐橙、冰糖橙", "水果", "脐橙 冰糖橙"),
        ("茶叶 不要红茶和绿茶", "茶叶", "红茶 绿茶"),
        ("菌菇 不要香菇木耳", "食用菌", "香菇 木耳"),
        ("苹果 不要红富士 嘎啦", "苹果", "红富士 嘎啦苹果"),
        ("苹果红富士除外", "苹果", "红富士"),
        ("求购橙子脐橙不要", "橙子", "脐橙"),
        ("牛 牛心的不要", "肉牛", "牛副产品"),
        ("不要砂糖橘要沃柑", "沃柑", "砂糖橘"),
        ("求购生姜不要大蒜", "生姜", "大蒜"),
        ("求购活鸡，乌鸡不要，常德送货", "鸡", "乌鸡"),
        ("非红富士苹果", "苹果", "红富士"),
        ("收脐橙小果不要", "脐橙", ""),
        ("不要带籽的西瓜", "西瓜", ""),
        ("苹果 不要烂果", "苹果", ""),
        ("蔬菜（除大白菜外）", "蔬菜", "大白菜"),
        ("中药材 甘草黄芪勿扰", "中药材", "甘草 黄芪"),
        ("any fruit except bananas and pears", "水果", "香蕉 梨"),
        ("非脐橙不要", "脐橙", ""),
        ("oranges but not navel oranges", "橙子", "脐橙"),
        ("apples except red fuji", "苹果", "红富士"),
        ("vegetables, no garlic", "蔬菜", "大蒜"),
        ("tea without black tea", "茶叶", "红茶"),
        ("beef not frozen", "牛肉", ""),
    ],
)
def test_a_denial_reaches_as_far_as_it_goes_on(
    read: Read, text: str, wanted: str, denied: str
) -> None:
    found = read(text)
    assert (set(found.named), set(found.excluded)) == (codes(wanted), codes(denied))


@pytest.mark.parametrize(
    "text",
    [
        *(
            "无籽西瓜",
            "无核蜜桔",
            "无公害蔬菜",
            "非转基因大豆",
            "无花果",
            "非洲鲫鱼",
            "别的苹果",
            "没打药的蔬菜",
        ),
        *(
            "特别甜的西瓜",
            "要不要脐橙",
            "有没有脐橙",
            "是不是红富士",
            "有脐橙没有",
            "有红富士苹果没",
            "收不收香菇",
        ),
        *("无锡水蜜桃", "不打药的大米", "不含糖的茶", "no 1 grade garlic", "seedless watermelon"),
    ],
)
def test_properties_names_and_questions_deny_nothing(read: Read, text: str) -> None:
    found = read(text)
    assert found.excluded == found.excluded_regions == ()
    assert len(found.named) >= 1
    assert not any(piece.kind is PieceKind.NEGATED for piece in found.pieces)


@pytest.mark.parametrize(("text", "word"), [("不打药蔬菜", "不打药"), ("不含糖的茶", "不含糖")])
def test_what_denies_a_property_stays_with_its_word(read: Read, text: str, word: str) -> None:
    assert read(text).words == (word,)


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("不要湖南的脐橙", "430000"),
        ("脐橙 不要湖南脐橙", "430000"),
        ("脐橙 湖南的不要", "430000"),
        ("脐橙，长沙勿扰", "430100"),
        ("脐橙 除了常德", "430700"),
        ("navel oranges not from Hunan", "430000"),
    ],
)
def test_a_place_that_is_denied_is_no_place_to_look_in(read: Read, text: str, region: str) -> None:
    found = read(text)
    assert (found.region, found.excluded_regions) == (None, (region,))
    assert (found.products, found.excluded) == (("0301014",), ())


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("土豆 3元以上的不要", None, 3),
        ("不要超过3元的土豆", None, 3),
        ("土豆 低于2元勿扰", 2, None),
        ("土豆 3元的不要", None, None),
    ],
)
def test_a_price_that_is_denied_is_turned_into_its_other_side(
    read: Read, text: str, low: int | None, high: int | None
) -> None:
    found = read(text)
    assert (found.price_min, found.price_max) == (low, high)
    assert (found.products, found.excluded) == (("0103001",), ())


def test_a_side_that_is_denied_is_not_looked_for(read: Read) -> None:
    assert read("求购大蒜，中介勿扰").side is Side.BUY
    assert read("不卖土豆").side is None
    assert read("只收不卖 大蒜").side is Side.BUY


def test_of_a_noun_that_stands_for_many_kinds_the_others_are_left(read: Read) -> None:
    all_kinds, found = read("虾"), read("虾 不要对虾 不要小龙虾")
    assert set(found.excluded) == codes("南美白对虾 小龙虾")
    assert set(found.products) == set(all_kinds.products) - set(found.excluded)
    assert len(found.products) > 1


@pytest.mark.parametrize(
    ("text", "wanted", "denied"),
    [
        ("不卖橙子只卖苹果", "苹果", "橙"),
        ("不种水稻只种玉米", "玉米", ""),
        ("不是橙子是柑橘", "柑橘", "橙"),
        ("不是土豆而是红薯", "红薯", "马铃薯"),
        ("橙子 苹果 都不要", "", "橙 苹果"),
        ("猪肉 牛肉 都不要", "", "猪肉 牛肉"),
        ("不打农药的大米", "大米", ""),
        ("橙子不要紧", "橙", ""),
    ],
)
def test_what_is_wanted_instead_is_not_denied(
    read: Read, text: str, wanted: str, denied: str
) -> None:
    found = read(text)
    assert set(found.products) == codes(wanted)
    assert set(found.excluded) == codes(denied)


@pytest.mark.parametrize("text", ["不在湖南的大米", "大米 不在湖南的", "不要湖南的大米"])
def test_a_place_where_it_is_not_is_denied(read: Read, text: str) -> None:
    assert (read(text).region, read(text).excluded_regions) == (None, ("430000",))


@pytest.mark.parametrize("names", ["橙子 苹果", "西瓜 大蒜 草鱼", "香菇 黄精", "红富士 脐橙"])
@pytest.mark.parametrize("way", ["{}都不要", "{} 都不要", "大米，{}都不要", "{}都除外"])
def test_names_that_stand_together_are_all_denied_by_one_word(
    read: Read, names: str, way: str
) -> None:
    found = read(way.format(names.replace(" ", "")))
    assert set(found.excluded) == codes(names)
    assert not set(found.named) & codes(names)


def test_what_is_one_name_is_not_taken_apart_to_be_denied(read: Read) -> None:
    """红富士苹果 is one, and 桂花树 no flower and a tree."""
    for name in ("红富士苹果", "桂花树", "黑木耳", "麻阳冰糖橙"):
        assert set(read(f"{name}都不要").excluded) == set(read(f"{name}不要").excluded)
