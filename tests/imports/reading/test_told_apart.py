"""What looks like an amount, a price or a place of an offer and is none, or another's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from market.imports.reading.heads import ImportKind, find_head
from market.imports.reading.sheet import Sheet
from tests.imports.reading.books import read, refused, sheet_of, values

pytestmark = pytest.mark.usefixtures("reference")
HEADS = ["姓名", "电话", "品名", "数量(斤)", "单价(元/斤)"]


def sheet(*rows: Sequence[Any]) -> Sheet:
    width = max(map(len, rows))
    return Sheet("供应", tuple((*row, *[None] * (width - len(row))) for row in rows))


def fields(*heads: str, kind: ImportKind = ImportKind.OFFERS) -> list[str | None]:
    head = find_head(sheet([*heads], ["1"] * len(heads)), kind)
    assert head is not None
    return [column.field for column in head.columns]


@pytest.mark.parametrize(
    "cell", ["-500", "-500斤", "－500斤", "−500 斤", "—500斤", "负500斤", "负五百斤"]
)
def test_less_than_nothing_is_no_quantity(cell: str) -> None:
    (row,), _others = read(sheet(HEADS, ["张三", "13800001122", "脐橙", cell, 1.6]))
    assert list(refused(row)) == ["quantity"]


@pytest.mark.parametrize("cell", ["-1.6", "-1.6元", "－1.6元/斤", "-￥1.6"])
def test_less_than_nothing_is_no_price(cell: str) -> None:
    (row,), _others = read(sheet(HEADS, ["张三", "13800001122", "脐橙", 500, cell]))
    assert list(refused(row)) == ["price"]


@pytest.mark.parametrize("cell", ["3000 5000", "3000，5000", "50,00", "5000,5", "1,2345斤"])
def test_two_numbers_are_not_read_as_one(cell: str) -> None:
    (row,), _others = read(sheet(HEADS, ["张三", "13800001122", "脐橙", cell, 1.6]))
    assert list(refused(row)) == ["quantity"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        *(("5000+", "5000 jin"), ("5000以上", "5000 jin"), ("≈5000", "5000 jin")),
        *(("≥5吨", "5 ton"), ("5000（估）", "5000 jin"), ("尚余5,000斤", "5000 jin")),
        *(("100件(20斤/件)", "2000 jin"), ("每件20斤，共100件", "2000 jin")),
        *(
            ("20筐（每筐50斤）", "1000 jin"),
            ("200袋×50公斤", "10000 kg"),
            ("5车，每车10吨", "50 ton"),
        ),
        *(("100件，每件10-20斤", None), ("100件(20斤/箱)", None), ("<5000", None)),
    ],
)
def test_at_least_so_much_and_so_many_of_so_much_are_quantities(
    cell: str, expected: str | None
) -> None:
    (row,), _others = read(sheet(HEADS, ["张三", "13800001122", "脐橙", cell, 1.6]))
    if expected is None:
        assert list(refused(row)) == ["quantity"]
    else:
        assert not row.problems
        assert " ".join(values(row, "quantity", "unit")) == expected


def test_where_cases_are_counted_what_is_in_them_is_not() -> None:
    heads = [*HEADS[:3], "数量(件)", "单价(元/件)"]
    (row,), _others = read(sheet(heads, ["张三", "13800001122", "脐橙", "100件(20斤/件)", 45]))
    assert values(row, "quantity", "unit", "price", "price_unit") == ("100", "case", "45", "case")


@pytest.mark.parametrize(
    ("title", "cell", "expected"),
    [
        *(("单价(角)", 16, "1.6"), ("单价(毛/斤)", 16, "1.6"), ("单价(毛/斤)", "1.6元", "1.6")),
        *(("单价(毛/斤)", "16毛", "1.6"), ("单价(元/百斤)", "160元", "1.6")),
        *(("单价(元/斤)", "去年1.8元", None), ("单价(元/斤)", "上年1.8", None)),
        ("单价(元/斤)", "1.8元/斤（去年2.0）", "1.8"),
    ],
)
def test_the_money_of_a_head_is_counted_once_and_that_of_another_year_never(
    title: str, cell: Any, expected: str | None
) -> None:
    heads = [*HEADS[:4], title]
    (row,), _others = read(sheet(heads, ["张三", "13800001122", "脐橙", 500, cell]))
    assert list(refused(row)) == ([] if expected else ["price"])
    assert values(row, "price") == (expected,)


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        (
            ["去年产量(斤)", "今年产量(斤)", "去年单价", "今年单价"],
            ["more", "quantity", "more", "price"],
        ),
        (["2025年产量(斤)", "2026年产量(斤)"], ["more", "quantity"]),
        (["产量(斤)", "已售(斤)", "剩余(斤)"], ["more", "more", "quantity"]),
        (["计划数量(斤)", "实际数量(斤)"], ["more", "quantity"]),
        (["已售数量(斤)", "成本单价"], ["more", "more"]),
        (["日均产量(斤)", "亩产量(斤)", "损失数量(斤)"], ["more", "more", "more"]),
        (["存栏(头)", "可出栏(头)", "出厂价"], ["more", "quantity", "price"]),
    ],
)
def test_of_several_amounts_the_one_that_can_be_sold_counts(
    heads: list[str], expected: list[str]
) -> None:
    assert fields("姓名", "货名", *heads)[2:] == expected


def test_columns_whose_head_is_empty_are_known_by_units_and_numbers_to_ring() -> None:
    heads = ["姓名", None, "品名", "数量", None, "单价", "单位"]
    rows, _others = read(
        sheet(
            heads,
            ["张三", 13800001122, "脐橙", 5, "吨", 3.2, "元/公斤"],
            ["李四", "138-0000-1123", "脐橙", 500, "斤", 1.6, "元/斤"],
        )
    )
    assert [values(row, "phone", "quantity", "unit", "price", "price_unit") for row in rows] == [
        ("+8613800001122", "5", "ton", "3.2", "kg"),
        ("+8613800001123", "500", "jin", "1.6", "jin"),
    ]


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        (["卖方", "电话", "买方", "电话"], ["seller", "seller_phone", "buyer", "buyer_phone"]),
        (["买入方", "手机", "卖出方", "手机"], ["buyer", "buyer_phone", "seller", "seller_phone"]),
        (["买方", "电话", "卖方", "卖方电话"], ["buyer", "buyer_phone", "seller", "seller_phone"]),
        (["卖方", "买方", "买方电话", "电话"], ["seller", "buyer", "buyer_phone", "seller_phone"]),
    ],
)
def test_a_number_to_ring_is_of_the_party_beside_it(heads: list[str], expected: list[str]) -> None:
    assert fields(*heads, "品名", "数量(斤)", kind=ImportKind.DEALS)[:4] == expected


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        *(("地址", "走马镇", "township"), ("地址", "澧县夹山镇栗山村", "township")),
        *(("村", "走马镇栗山村", "township"), ("地址", "夹山镇皂市镇", "township")),
        *(("村", "澧县某村", "village"), ("村", "古镇村", "古镇村"), ("村", "水乡", "水乡")),
        *(("村", "石门县夹山镇栗山村", "栗山村"), ("地址", "鹤峰县走马镇", "走马镇")),
    ],
)
def test_a_township_of_another_county_is_no_village_of_this_one(
    column: str, cell: str, expected: str
) -> None:
    (row,), _others = read(sheet([*HEADS, column], ["张三", None, "脐橙", 500, 1.6, cell]))
    if expected in ("township", "village"):
        assert list(refused(row)) == [expected]
    else:
        assert not row.problems
        assert values(row, "village") == (expected,)


def test_what_is_sold_out_is_not_offered() -> None:
    heads = [*HEADS, "备注"]
    entry = ["张三", None, "脐橙", 500, 1.6]
    rows, _others = read(
        sheet(
            heads,
            [*entry, "已售完"],
            [*entry, "作废"],
            [*entry[:2], "脐橙已售完", 500, 1.6, None],
            [*entry, "去年已售完，今年量大"],
        )
    )
    assert [list(refused(row)) for row in rows] == [["description"]] * 2 + [["product"], []]


def test_a_number_that_its_comma_cut_is_one_again_or_refused() -> None:
    lines = [
        "姓名,电话,品名,数量(斤),单价(元/斤),备注",
        "张三,13800001122,脐橙,12,500,1.6,甜",
        "李四,13800001123,脐橙,5000,1.6,大，甜",
        "王五,13800001124,脐橙,1,500,160,好",
        "赵六,13800001125,脐橙,5000,1.6,大,甜",
    ]
    for encoding in ("utf-8", "gb18030"):
        rows, _others = read(sheet_of("\r\n".join(lines).encode(encoding), "供应.csv"))
        assert [values(row, "quantity", "price") for row in rows] == [
            *(("12500", "1.6"), ("5000", "1.6"), (None, None), ("5000", "1.6")),
        ]
        assert [list(refused(row)) for row in rows] == [[], [], ["quantity"], []]


def test_months_without_a_stroke_and_texts_with_the_sign_of_texts_are_days() -> None:
    heads = [*HEADS, "上市期"]
    entry = ["张三", None, "脐橙", 500, 1.6]
    rows, _others = read(
        sheet(heads, *([*entry, cell] for cell in (202612, "202612", "'2026-12-05")))
    )
    assert [row.values["from_day"] for row in rows] == [
        *(date(2026, 12, 1), date(2026, 12, 1), date(2026, 12, 5)),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["制表人：王芳", None, "填报日期：2026年11月20日"], "note"),
        (["制单：王", None, None, "经手人：李"], "note"),
        (["平均", None, None, None, 1.6], "total"),
    ],
)
def test_who_wrote_the_sheet_and_what_is_the_mean_are_no_entries(
    row: list[Any], reason: str
) -> None:
    entry = ["张三", None, "脐橙", 500, 1.6]
    rows, others = read(sheet(HEADS, entry, row))
    assert len(rows) == 1
    assert others[2] == reason


def test_a_table_below_or_beside_another_is_not_read_by_the_other_s_head() -> None:
    entry = ["张三", 13800001122, "脐橙", 500, 1.6]
    below = ["李四", 13800001123, "蜜柚", 3, 4]
    others = (
        ["姓名", "电话", "品名", "数量(吨)", "单价(元/公斤)"],
        ["品名", "姓名", "电话", "单价", "数量(斤)"],
        ["采购商", "电话", "品名", "需求数量(吨)", "收购价(元/公斤)"],
    )
    for other in others:
        rows, _others = read(sheet(HEADS, entry, [], other, below))
        assert [values(row, "name", "quantity") for row in rows] == [("张三", "500"), (None, None)]
        assert [list(refused(row)) for row in rows] == [[], [None]]
    (same, again), _others = read(sheet(HEADS, entry, HEADS, entry))
    assert not [*same.problems, *again.problems]
    rows, _others = read(sheet([*HEADS, *HEADS], [*entry, *below], entry))
    assert [list(refused(row)) for row in rows] == [[None], []]


def test_a_title_between_the_rows_says_the_side_of_those_below() -> None:
    entry = ["张三", None, "脐橙", 500, 1.6]
    rows, others = read(
        sheet(HEADS, ["一、供应信息"], entry, ["（二）求购信息"], entry, ["（三）水果"], entry)
    )
    assert [values(row, "side")[0] for row in rows] == ["sell", "buy", "buy"]
    assert others == dict.fromkeys((0, 1, 3, 5), "title")


def test_what_any_column_calls_sold_is_not_offered_and_who_has_not_signed_has_not_agreed() -> None:
    rows, _others = read(
        sheet([*HEADS, "状态"], *(["张三", None, "脐橙", 500, 1.6, s] for s in ("在售", "已售完")))
    )
    assert [[problem.column for problem in row.problems] for row in rows] == [[], [5]]
    rows, _others = read(
        sheet(["户主", "村组", "签字情况"], ["张三", "甲村", "已签"], ["李四", "甲村", "未签"]),
        ImportKind.FARMERS,
    )
    assert [list(refused(row)) for row in rows] == [[], ["agreed"]]
