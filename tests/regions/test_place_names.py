"""Places named in a text: every name of the data, alone, behind its province, and as it was."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from market.offers.search.parsed_text import ParsedText
from market.offers.search.understanding import parse_text
from market.products.queries import product_lexicon
from market.regions.lexicon import RegionLexicon
from market.regions.names import Place
from market.regions.queries import region_lexicon
from market.text.characters import fold


@pytest.fixture
def lexicon(reference: Flask) -> RegionLexicon:
    return region_lexicon()


def parsed(text: str) -> ParsedText:
    return parse_text(text, product_lexicon(), region_lexicon())


def region_of(text: str) -> str | None:
    code = parsed(text).region
    return region_lexicon().places[code].name if code else None


def known(lexicon: RegionLexicon) -> list[Place]:
    return [place for place in lexicon.places.values() if place.known]


def outer(lexicon: RegionLexicon, place: Place, level: int) -> Place | None:
    """The province (0) or prefecture (1) that the place lies in."""
    above = lexicon.above(place)
    while above and above.level > level:
        above = lexicon.above(above)
    return above if above and above.level == level else None


def pairs(lexicon: RegionLexicon, level: int) -> Iterator[tuple[Place, Place]]:
    """Each place whose short name is the highest of that name inside its outer one."""
    by_name: dict[tuple[str, str], list[Place]] = {}
    for place in known(lexicon):
        if above := outer(lexicon, place, level):
            by_name.setdefault((above.code, place.short_name), []).append(place)
    for (code, _name), places in by_name.items():
        highest = [p for p in places if p.level == min(p.level for p in places)]
        if len(highest) == 1:
            yield lexicon.places[code], highest[0]


def wholly(lexicon: RegionLexicon, text: str) -> tuple[str, ...]:
    """What the whole text means, where one mention is all of it."""
    folded = fold(text)
    return next((m.codes for m in lexicon.mentions(folded, 0) if m.end == len(text)), ())


def test_every_short_name_behind_its_province_is_that_place(lexicon: RegionLexicon) -> None:
    found = list(pairs(lexicon, 0))
    assert len(found) > 3100
    wrong = [
        province.short_name + place.short_name
        for province, place in found
        for written in (province.short_name, province.name)
        if wholly(lexicon, written + place.short_name) != (place.code,)
    ]
    assert wrong == []


def test_every_county_behind_its_prefecture_is_that_county(lexicon: RegionLexicon) -> None:
    found = list(pairs(lexicon, 1))
    assert len(found) > 2700
    wrong = [
        prefecture.short_name + place.short_name
        for prefecture, place in found
        for written in (prefecture.short_name, prefecture.name)
        if wholly(lexicon, written + place.short_name) != (place.code,)
    ]
    assert wrong == []


@pytest.mark.parametrize("product", ["大白菜", "柠檬"])
def test_a_product_behind_them_takes_no_character_of_the_place(
    lexicon: RegionLexicon, product: str
) -> None:
    wrong = []
    for province, place in list(pairs(lexicon, 0))[:: 2 if product == "柠檬" else 3]:
        text = province.short_name + place.short_name + product
        if parsed(text).region != place.code:
            wrong.append(text)
    assert wrong == []


def test_every_place_written_out_from_the_province_down_is_that_place(
    lexicon: RegionLexicon,
) -> None:
    wrong = []
    for place in known(lexicon):
        above, text = lexicon.above(place), place.name
        while above:
            above, text = lexicon.above(above), above.name + text
        if place.level and wholly(lexicon, text) != (place.code,):
            wrong.append(text)
    assert wrong == []


def test_a_short_name_with_a_kind_is_no_county_whose_name_it_ends_in(
    lexicon: RegionLexicon,
) -> None:
    names = {place.name for place in known(lexicon)}
    asked = [
        (place, text)
        for place in known(lexicon)
        for text in (place.short_name + kind for kind in "县市区州旗")
        if text not in names and any(text[n:] in names for n in range(1, len(text) - 1))
    ]
    assert len(asked) > 300
    wrong = []
    for place, text in asked:
        region = parsed(text).region
        # What was called so before may be another place today: 绍兴县 is 柯桥区.
        before = lexicon.resolve(text, leaves_only=False)
        if (
            region
            and before != (region,)
            and (lexicon.places[region].short_name != place.short_name)
        ):
            wrong.append((text, lexicon.places[region].name))
    assert wrong == []


AS_IT_WAS = {
    "宁乡县": "宁乡市",
    "望城县": "望城区",
    "株洲县": "渌口区",
    "邵东县": "邵东市",
    "祁阳县": "祁阳市",
    "酃县": "炎陵县",
    "芝山区": "零陵区",
    "绍兴县": "柯桥区",
    "遵义县": "播州区",
    "宜宾县": "叙州区",
    "户县": "鄠邑区",
    "蓟县": "蓟州区",
    "滦县": "滦州市",
    "潼南县": "潼南区",
    "常宁县": "常宁市",
    "崇文区": "东城区",
    "胶南市": "黄岛区",
    "闸北区": "静安区",
    "通道县": "通道侗族自治县",
    "江华县": "江华瑶族自治县",
    "恩施州": "恩施土家族苗族自治州",
    "湘西自治州": "湘西土家族苗族自治州",
    "大理州": "大理白族自治州",
    "恩施市": "恩施市",
    "科左中旗": "科尔沁左翼中旗",
    "喀左县": "喀喇沁左翼蒙古族自治县",
    "鄂温克旗": "鄂温克族自治旗",
    "广西省": "广西壮族自治区",
    "内蒙": "内蒙古自治区",
    "河南蒙古族自治县": "河南蒙古族自治县",
    "岳阳县": "岳阳县",
    "岳阳": "岳阳市",
    "郴州地区": "郴州市",
    "屈原管理区": "屈原管理区",
    "西洞庭管理区": "西洞庭管理区",
    "九华示范区": "湘潭九华示范区",
    "重庆渝北": "两江新区",
    "渝北区": "两江新区",
    "重庆江北区": "两江新区",
    "湖南省永州市江华瑶族自治县": "江华瑶族自治县",
    "湖南永州江华": "江华瑶族自治县",
    "長沙縣": "长沙县",
    "廣東陽春": "阳春市",
    "湘潭縣": "湘潭县",
    "xiangxi": "湘西土家族苗族自治州",
    "hunan changde": "常德市",
    "zhejiang anji": "安吉县",
    "Shimen County": "石门县",
    "Changde, Hunan": "常德市",
    "Inner Mongolia": "内蒙古自治区",
    "Harbin": "哈尔滨市",
    "haerbin": "哈尔滨市",
    "Gansu Minle": "民乐县",
    "Kashgar": "喀什地区",
    "430521": "邵东市",
    "430726": "石门县",
    "山东长岛": "蓬莱区",
    "江苏赣榆": "赣榆区",
    "回龙圩": "回龙圩管理区",
}


@pytest.mark.parametrize("text", AS_IT_WAS)
def test_a_place_is_known_as_it_was_and_as_it_is_said(reference: Flask, text: str) -> None:
    assert region_of(text) == AS_IT_WAS[text]
    assert parsed(text).words == ()


IN_A_NAME = {
    "东安鸡": None,
    "湖南东安鸡": "东安县",
    "新疆库尔勒香梨": "库尔勒市",
    "库尔勒香梨": None,
    "四川安岳柠檬": "安岳县",
    "四川 安岳柠檬": "安岳县",
    "海南文昌鸡": "文昌市",
    "麻阳冰糖橙": "麻阳苗族自治县",
    "江西南丰蜜桔": "南丰县",
    "辽宁盘锦大米": "盘锦市",
    "吉林梨树玉米": "梨树县",
    "山东梨树苗": "山东省",
    "shimen xianggu": "石门县",
    "anhua heicha": "安化县",
    "新疆棉花": "新疆维吾尔自治区",
}


@pytest.mark.parametrize("text", IN_A_NAME)
def test_a_place_in_a_products_name_is_meant_where_its_province_is_said(
    reference: Flask, text: str
) -> None:
    assert region_of(text) == IN_A_NAME[text]
    assert parsed(text).products


BELOW = {
    "石门县夹山镇": "石门县",
    "石门县夹山镇柑橘": "石门县",
    "夹山镇柑橘": "石门县",
    "湖南省石门县夹山镇三板桥村": "石门县",
    "安化县马路镇黑茶": "安化县",
    "寿光市化龙镇胡萝卜": "寿光市",
    "千山红镇小龙虾": "大通湖管理区",
    "营田镇": "屈原管理区",
}


@pytest.mark.parametrize("text", BELOW)
def test_a_town_belongs_to_its_county_and_leaves_no_word(reference: Flask, text: str) -> None:
    assert region_of(text) == BELOW[text]
    assert parsed(text).words == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [("安化县供应乡里腊肉", "乡里"), ("石门县柑橘之乡", "之乡"), ("石门供应乡村土鸡", "乡村")],
)
def test_what_ends_like_a_town_in_running_text_is_none(
    reference: Flask, text: str, words: str
) -> None:
    assert "供应" not in "".join(parsed(text).words)
    assert words in "".join(parsed(text).words)


@pytest.mark.parametrize(
    ("text", "place"),
    [("南通市场 香蕉", "南通市"), ("长沙市场 猪肉", "长沙市"), ("石门区域 柑橘", "石门县")],
)
def test_a_kind_that_goes_on_as_another_word_is_none(
    reference: Flask, text: str, place: str
) -> None:
    found = parsed(text)
    assert region_lexicon().places[found.region or ""].name == place
    assert found.pieces[0].text == text[:2]


@pytest.mark.parametrize("text", ["颗粒丰满", "安康", "和平", "丰满的玉米", "阳春三月", "longan"])
def test_an_everyday_word_alone_is_no_place(reference: Flask, text: str) -> None:
    assert parsed(text).region is None


def test_a_name_of_several_provinces_is_settled_by_what_is_said_with_it(reference: Flask) -> None:
    assert region_of("鼓楼区") is None
    assert region_of("南京 鼓楼区") == "鼓楼区"
    assert region_of("江苏通州") == "通州区"
    assert region_of("北京 通州") == "通州区"
    assert parsed("江苏 通州").region == "320612"
    assert parsed("北京 通州").region == "110112"


@pytest.mark.parametrize(
    "text", ["四川三台大白菜", "三台县大白菜", "三明三元大白菜", "双鸭山四方台大白菜"]
)
def test_a_numeral_in_a_places_name_is_no_amount(reference: Flask, text: str) -> None:
    found = parsed(text)
    assert found.region
    assert (found.price_min, found.quantity_min, found.words) == (None, None, ())


def test_an_amount_behind_a_place_stays_an_amount(reference: Flask) -> None:
    found = parsed("四川三台大白菜三元一斤")
    assert found.region == "510722"
    assert found.price_max
