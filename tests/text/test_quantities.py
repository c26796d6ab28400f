"""Quantities inside a text: how much, and whether for sale, a least lot, a package or a size."""

from __future__ import annotations

from decimal import Decimal

import pytest

from market.text.amounts import UNKNOWN_UNIT, find_quantities
from market.text.money import parse_quantity


def _found(text: str) -> list[tuple[str, str, str, str]]:
    return [(_number(q.low), _number(q.high), q.unit, q.role) for q in find_quantities(text)]


def _number(value: Decimal | None) -> str:
    return "…" if value is None else f"{value.normalize():f}"


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("5吨", "5", "ton"),
        ("5千克", "5", "kg"),
        ("两千克", "2", "kg"),
        ("八万斤", "80000", "jin"),
        ("8万斤", "80000", "jin"),
        ("8w斤", "80000", "jin"),
        ("8W斤", "80000", "jin"),
        ("1.5万公斤", "15000", "kg"),
        ("1万5千斤", "15000", "jin"),
        ("两万两千斤", "22000", "jin"),
        ("3千来斤", "3000", "jin"),
        ("十来吨", "10", "ton"),
        ("一百多只", "100", "bird"),
        ("200多头", "200", "head"),
        ("一千余斤", "1000", "jin"),
        ("50吨左右", "50", "ton"),
        ("半吨", "0.5", "ton"),
        ("2吨半", "2.5", "ton"),
        ("一吨半", "1.5", "ton"),
        ("两斤半", "2.5", "jin"),
        ("一斤二两", "1.2", "jin"),
        ("三两", "3", "liang"),
        ("十两", "10", "liang"),
        ("1000担", "1000", "dan"),
        ("100克", "100", "gram"),
        ("500kg", "500", "kg"),
        ("500㎏", "500", "kg"),
        ("20 tonnes", "20", "ton"),
        ("2,5吨", "2.5", "ton"),
        ("12,000斤", "12000", "jin"),
        ("１２，０００斤", "12000", "jin"),
        ("伍佰公斤", "500", "kg"),
        ("300头", "300", "head"),
        ("2000羽", "2000", "bird"),
        ("3000尾", "3000", "fish"),
        ("5.5万株", "55000", "plant"),
        ("200棵", "200", "plant"),
        ("5000枚", "5000", "piece"),
        ("50件", "50", "case"),
        ("20筐", "20", "basket"),
        ("一车", "1", "truck"),
        ("30包", "30", "pack"),
        ("100盒", "100", "carton"),
        ("50瓶", "50", "bottle"),
        ("10桶", "10", "barrel"),
        ("200捆", "200", "bundle"),
        ("3窝", "3", "nest"),
        ("20对", "20", "pair"),
        ("100条", "100", "tiao"),
        ("50立方米", "50", "m3"),
        ("5方", "5", "m3"),
        ("500毫升", "500", "ml"),
        ("50亩", "50", "mu"),
        ("50 boxes", "50", "box"),
        ("200篓", "200", UNKNOWN_UNIT),
    ],
)
def test_an_amount_is_read_as_it_is_said(text: str, number: str, unit: str) -> None:
    assert _found(f"供应红薯 {text}") == [(number, number, unit, "amount")]
    known = (None, "") if unit == UNKNOWN_UNIT else (Decimal(number), unit)
    if "左右" not in text:
        assert parse_quantity(text) == known


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("两三千斤", "2000", "3000", "jin"),
        ("三四百头", "300", "400", "head"),
        ("七八百斤", "700", "800", "jin"),
        ("3、4吨", "3", "4", "ton"),
        ("三五百斤", "300", "500", "jin"),
        ("5-10吨", "5", "10", "ton"),
        ("5吨到10吨", "5", "10", "ton"),
        ("500至1000斤", "500", "1000", "jin"),
        ("2到3千斤", "2000", "3000", "jin"),
        ("5 to 10 tons", "5", "10", "ton"),
        ("十几吨", "10", "19", "ton"),
        ("50吨以上", "50", "…", "ton"),
        ("至少50吨", "50", "…", "ton"),
        ("不少于1000斤", "1000", "…", "jin"),
        ("100斤以内", "…", "100", "jin"),
        ("不超过5吨", "…", "5", "ton"),
        ("几千斤", "…", "…", "jin"),
        ("几吨", "…", "…", "ton"),
    ],
)
def test_an_amount_may_be_a_range_or_unclear(text: str, low: str, high: str, unit: str) -> None:
    assert _found(text) == [(low, high, unit, "amount")]


@pytest.mark.parametrize(
    ("text", "low", "unit"),
    [
        ("500斤起批", "500", "jin"),
        ("1吨起售", "1", "ton"),
        ("100箱起订", "100", "box"),
        ("5件起发", "5", "case"),
        ("500斤起", "500", "jin"),
        ("1000斤以上起批", "1000", "jin"),
        ("最低起订1吨", "1", "ton"),
        ("起批量500斤", "500", "jin"),
        ("起订量：2吨", "2", "ton"),
        ("起批50件", "50", "case"),
        ("min order 2 tons", "2", "ton"),
    ],
)
def test_the_least_lot_is_none_of_what_is_for_sale(text: str, low: str, unit: str) -> None:
    assert _found(text) == [(low, "…", unit, "lot")]
    assert parse_quantity(text) == (Decimal(low), unit)


@pytest.mark.parametrize(
    ("text", "number", "unit"),
    [
        ("10斤装", "10", "jin"),
        ("5公斤/箱", "5", "kg"),
        ("5kg/箱", "5", "kg"),
        ("一箱10斤", "10", "jin"),
        ("每箱净重20斤", "20", "jin"),
        ("每袋约50公斤", "50", "kg"),
        ("10斤一箱", "10", "jin"),
        ("24瓶/件", "24", "bottle"),
        ("每箱24个", "24", "piece"),
        ("5斤装/袋", "5", "jin"),
        ("500g一袋", "500", "gram"),
        ("15吨/车", "15", "ton"),
        ("20斤一筐", "20", "jin"),
        ("包装：10公斤", "10", "kg"),
    ],
)
def test_a_package_says_what_one_of_it_holds(text: str, number: str, unit: str) -> None:
    assert _found(text) == [(number, number, unit, "package")]
    assert parse_quantity(text) == (None, "")


@pytest.mark.parametrize(
    "text",
    [
        "果径80mm以上",
        "果径60以上",
        "直径5公分",
        "80mm",
        "4-5寸",
        "80#",
        "70#起步",
        "6公分起步",
        "80果",
        "2两以上一个",
        "2两以上",
        "3斤以上的草鱼",
        "3斤一只",
        "一只3斤",
        "2斤多一条",
        "40只/斤",
        "8头一斤",
        "一头200斤",
        "每头200斤左右",
        "200斤左右的肥猪",
        "30斤以上的仔猪",
        "单果重250克",
        "单果250克",
        "规格5-6两",
        "亩产3000斤",
        "3000斤/亩",
        "鲍鱼8头",
        "20头三七",
        "米径8公分",
        "高1.5米",
        "胸径10",
        "体重50公斤",
        "17米5",
    ],
)
def test_a_size_is_none_of_what_is_for_sale(text: str) -> None:
    assert [role for *_, role in _found(text)] == ["size"]


@pytest.mark.parametrize(
    "text",
    [
        *("大量", "不限", "65天", "5个月", "300头茬韭菜", "三年苗", "2元包邮", "车厘子"),
        *("对虾", "株洲", "8月", "13812345678", "希森6号", "一级", "12度", "两河镇", "一件代发"),
        *("千克", "两广", "方便面", "5公斤装箱机"),
    ],
)  # fmt: skip
def test_what_is_no_quantity_is_none(text: str) -> None:
    assert [q for q in _found(text) if q[3] == "amount"] == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("500头每头800元", [("500", "500", "head", "amount")]),
        ("5000斤每袋60元", [("5000", "5000", "jin", "amount")]),
        ("500斤2元/斤", [("500", "500", "jin", "amount")]),
        ("50件每件20斤", [("50", "50", "case", "amount"), ("20", "20", "jin", "package")]),
        ("8000斤，500斤起批", [("8000", "8000", "jin", "amount"), ("500", "…", "jin", "lot")]),
        ("草鱼2000斤，3斤以上一条", [("2000", "2000", "jin", "amount"), ("3", "3", "jin", "size")]),
        ("车厘子200件", [("200", "200", "case", "amount")]),
        ("对虾3000斤", [("3000", "3000", "jin", "amount")]),
        (
            "红富士80#5000斤",
            [("80", "80", UNKNOWN_UNIT, "size"), ("5000", "5000", "jin", "amount")],
        ),
        ("羊50只一只60斤", [("50", "50", "bird", "amount"), ("60", "60", "jin", "size")]),
    ],
)
def test_each_quantity_keeps_its_part(text: str, found: list[tuple[str, str, str, str]]) -> None:
    assert _found(text) == found
