"""Rows that are none are skipped, and none that is one; what several cells say together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from market.imports.reading.heads import FIELDS, ImportKind, find_head, with_fields
from market.imports.reading.rows import ParsedRow
from market.imports.reading.sheets import Sheet
from market.web.language import in_language
from tests.imports.reading.books import read, refused, sheet_of, values, workbook

pytestmark = pytest.mark.usefixtures("reference")
HEADS = ["姓名", "电话", "供应产品", "数量", "单价", "备注"]
ENTRY = ["张三", "13800001122", "脐橙", "500斤", "2元/斤", None]


def sheet(*rows: Sequence[Any], heads: Sequence[Any] = HEADS) -> Sheet:
    """A sheet of these rows below a head."""
    width = max(len(heads), *map(len, rows))
    padded = [[*row, *[None] * (width - len(row))] for row in (heads, *rows)]
    return Sheet("表", tuple(map(tuple, padded)))


def one(*rows: Sequence[Any], heads: Sequence[Any] = HEADS) -> ParsedRow:
    """The one entry of such a sheet."""
    (entry,), _others = read(sheet(*rows, heads=heads))
    return entry


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["合计", None, None, 1500], "total"),
        (["张三", None, "小 计", "500斤"], "total"),
        ([None, None, "脐橙小计", 500], "total"),
        (["总计：1500斤"], "total"),
        (["TOTAL", None, None, 500], "total"),
        (["备注：以上均为统货"], "note"),
        (["填表人：张三", None, "审核人：李四", None, "日期：2026年11月28日"], "note"),
        (["（盖章）", None, None, None, "2026年11月28日"], "note"),
        (["注", None, "：", None], None),
        (HEADS, "title"),
        ([" ", "-", "/", 0], "empty"),
        ([], "empty"),
    ],
)
def test_what_is_no_entry_is_skipped_with_its_reason(row: list[Any], reason: str | None) -> None:
    entries, others = read(sheet(ENTRY, row, ENTRY))
    if reason is None:
        assert len(entries) == 3
    else:
        assert others == {0: "title", 2: reason}


@pytest.mark.parametrize(
    ("row", "missing"),
    [
        (["李四", None, None, None, None, "合计三车"], {"product", "quantity"}),
        (["（1）李四", "13800001123", "椪柑", "500斤", None, "备注：统货"], set()),
        (["注：李四", "13800001123", "椪柑", "500斤"], set()),
        ([None, None, None, "300斤"], {"name", "product"}),
        ([None, None, "椪柑"], {"name", "quantity"}),
        ([None, "13800001123"], {"name", "product", "quantity"}),
    ],
)
def test_no_entry_is_skipped_for_its_words_or_for_what_it_lacks(
    row: list[Any], missing: set[str]
) -> None:
    entries, _others = read(sheet(ENTRY, row))
    assert [entry.row for entry in entries] == [1, 2]
    assert set(refused(entries[1])) == missing


def test_a_sum_that_nobody_names_is_a_total_and_another_number_is_not() -> None:
    rows = [["甲", None, "脐橙", 500], ["乙", None, "椪柑", 300]]
    heads = ["姓名", "电话", "产品", "数量(斤)", "单价", "供应备注"]
    entries, others = read(sheet(*rows, [None, None, None, 800], heads=heads))
    assert (len(entries), others[3]) == (2, "total")
    entries, _others = read(sheet(*rows, [None, None, None, 801], heads=heads))
    assert set(refused(entries[2])) == {"name", "product"}


@pytest.mark.parametrize("kind", ImportKind)
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_heads_of_a_template_are_each_understood_as_their_own_field(
    kind: ImportKind, language: str
) -> None:
    with in_language(language):
        labels = {field: str(label) for field, label in FIELDS[kind].items()}
    head = find_head(Sheet("表", (tuple(labels.values()),)), kind)
    assert head is not None
    assert {column.field: column.title for column in head.columns} == labels


def test_a_person_corrects_what_a_column_is_and_no_field_stands_twice() -> None:
    head = find_head(sheet(ENTRY), ImportKind.OFFERS)
    assert head is not None
    changed = with_fields(head, {5: "grade", 0: None, 1: "name"})
    assert [column.field for column in changed.columns] == [
        *(None, "name", "product", "quantity", "price", "grade"),
    ]


@pytest.mark.parametrize(
    ("title", "field", "unit"),
    [
        ("数量(万斤)", "quantity", "万斤"),
        ("数量/万斤", "quantity", "万斤"),
        ("预计供应数量（单位：吨）", "quantity", "ton"),
        ("待售数量:公斤", "quantity", "kg"),
        ("出栏数（头）", "quantity", "head"),
        ("单价（元/斤）", "price", "jin"),
        ("收购价 元/公斤", "price", "kg"),
        ("价格(万元/吨)", "price", "万元/吨"),
        ("期望价（元）", "price", "元"),
        ("預計上市時間", "from_day", None),
        ("＊手　机　号：", "phone", None),
        ("种植户姓名", "name", None),
        ("所在乡（镇）", "township", None),
        ("县（市、区）", "region", None),
        ("上市月份", "from_day", "月"),
        ("面积/亩", None, "mu"),
        ("身份证号码", None, None),
        ("填报时间", None, None),
    ],
)
def test_a_title_says_a_field_and_a_unit(title: str, field: str | None, unit: str | None) -> None:
    rows = (("品种", "规格", title), ("脐橙", "一级", None))
    head = find_head(Sheet("表", rows), ImportKind.OFFERS)
    assert head is not None
    assert (head.columns[2].field, head.columns[2].unit) == (field, unit)


def test_where_two_columns_claim_a_field_what_stands_below_decides() -> None:
    heads = ["单位", "名称", "数量", "单位", "联系人", "手机"]
    row = ["绿野合作社", "脐橙", 500, "公斤", "张三", 13800001122]
    entry = one(row, heads=heads)
    assert values(entry, "name", "product", "quantity", "unit") == (
        *("绿野合作社", "0301014", "500", "kg"),
    )


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        (13800001122.0, "+8613800001122"),
        ("13800001122.0", "+8613800001122"),
        ("1.3800001122E10", "+8613800001122"),
        ("８６１３８００００１１２２", "+8613800001122"),
        ("0736-5320001", "+867365320001"),
        (7365320001, "+867365320001"),
        ("手机：138-0000-1122（微信同号）", "+8613800001122"),
        ("无", None),
        ("1.38E+10", "problem"),
        ("138****1122", "problem"),
        ("1380000112", "problem"),
        ("1380000112O", "problem"),
        ("13800001122/13800001123", "problem"),
        (13800001122.5, "problem"),
    ],
)
def test_a_phone_is_read_however_a_sheet_holds_it(cell: Any, expected: str | None) -> None:
    entry = one(["张三", cell, *ENTRY[2:]])
    if expected == "problem":
        assert list(refused(entry)) == ["phone"]
    else:
        assert not entry.problems
        assert values(entry, "phone") == (expected,)


def test_a_name_and_a_number_in_one_cell_are_both_read() -> None:
    entry = one(["张三 13800001122", None, *ENTRY[2:]])
    assert values(entry, "name", "phone") == ("张三", "+8613800001122")
    entry = one([None, "李四13800001123", *ENTRY[2:]])
    assert values(entry, "name", "phone") == ("李四", "+8613800001123")


@pytest.mark.parametrize(
    ("title", "unit", "cell", "expected"),
    [
        ("数量", "斤", "三万", "30000 jin"),
        ("数量", "斤", "500-800", "500 jin"),
        ("数量", None, "3000斤（约）", "3000 jin"),
        ("数量", None, "两万斤", "20000 jin"),
        ("数量", None, "约5吨左右", "5 ton"),
        ("数量", None, "3-5万斤", "30000 jin"),
        ("数量(万斤)", None, 0.30000000000000004, "3000 jin"),
        ("数量(万斤)", None, "5吨", "5 ton"),
        ("数量(万斤)", None, "3万斤", "30000 jin"),
        ("数量(万)", "斤", 3, "30000 jin"),
        ("数量", "万公斤", 2, "20000 kg"),
        ("数量", "(头)", 200, "200 head"),
        ("数量(万斤)", None, "3万", "problem"),
        ("数量(万斤)", "公斤", 3, "problem"),
        ("数量", None, 5000, "problem"),
        ("数量", "亩产", 5000, "problem"),
        ("数量", "斤", 0, "problem"),
        ("数量", "斤", "5000斤或3吨", "problem"),
        ("数量", "吨", 10**10, "problem"),
        ("数量", "斤", "若干", "problem"),
    ],
)
def test_a_quantity_is_read_with_its_unit_or_refused(
    title: str, unit: str | None, cell: Any, expected: str
) -> None:
    entry = one(["张三", "脐橙", cell, unit], heads=["姓名", "供应产品", title, "计量单位"])
    if expected == "problem":
        assert list(refused(entry)) == ["quantity"]
    else:
        assert not entry.problems
        assert f"{entry.values['quantity']} {entry.values['unit']}" == expected


@pytest.mark.parametrize(
    ("title", "cell", "expected"),
    [
        ("单价（元/斤）", 2.5, "2.5 2.5 jin"),
        ("单价", "2块5一斤", "2.5 2.5 jin"),
        ("单价（元/公斤）", "2.5元/斤", "2.5 2.5 jin"),
        ("单价（元/斤）", "2-3", "2 3 jin"),
        ("单价（元/斤）", "三四块", "3 4 jin"),
        ("单价（元/斤）", 2.666666666666667, "2.6667 2.6667 jin"),
        ("价格(万元/吨)", 0.5, "5000 5000 ton"),
        ("单价", 2.5, "2.5 2.5 jin"),
        ("单价（元/斤）", "随行就市", None),
        ("单价（元/斤）", None, None),
        ("单价（元/斤）", "2.5元/斤或5元/公斤", "problem"),
        ("单价（元/斤）", "好", "problem"),
        ("单价（元/斤）", 0, "problem"),
        ("单价（元/头）", 2.5, "problem"),
        ("单价（元/吨）", 2.5, "problem"),
    ],
)
def test_a_price_is_read_with_what_it_is_for_or_refused(
    title: str, cell: Any, expected: str | None
) -> None:
    heads = ["姓名", "供应产品", "数量(斤)", title]
    entry = one(["张三", "脐橙", 5000, cell], heads=heads)
    if expected == "problem":
        assert list(refused(entry)) == ["price"]
    elif expected is None:
        assert not entry.problems
        assert entry.values["is_negotiable"]
    else:
        assert not entry.problems
        assert " ".join(map(str, values(entry, "price", "price_to", "price_unit"))) == expected


def test_a_number_for_tonnes_without_a_unit_may_be_for_a_jin() -> None:
    heads = ["姓名", "供应产品", "数量(吨)", "单价"]
    assert list(refused(one(["张三", "脐橙", 5, 2.5], heads=heads))) == ["price"]


def test_where_a_price_is_paid_its_head_or_its_cell_says() -> None:
    heads = ["姓名", "供应产品", "数量(斤)", "地头价（元/斤）"]
    assert one(["张三", "脐橙", 5, 2.5], heads=heads).values["basis"] == "ex_farm"
    heads[-1] = "单价（元/斤）"
    assert one(["张三", "脐橙", 5, "到货价2.5元"], heads=heads).values["basis"] == "delivered"
    assert "basis" not in one(["张三", "脐橙", 5, 2.5], heads=heads).values


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["石门县夹山镇栗山村3组"], ("430726", "430726102", "栗山村")),
        (["夹山镇栗山村"], ("430726", "430726102", "栗山村")),
        (["常德市"], ("430726", None, None)),
        ([None], ("430726", None, None)),
        (["澧县"], ("430723", None, None)),
        (["石门县", "夹山", "栗山村"], ("430726", "430726102", "栗山村")),
        (["石门县夹山镇", "夹山镇", "夹山镇栗山村"], ("430726", "430726102", "栗山村")),
    ],
)
def test_a_place_is_read_by_the_site_s_own_readers(
    cells: list[Any], expected: tuple[str | None, ...]
) -> None:
    heads = ["姓名", "供应产品", "数量(斤)", "产地", "乡镇", "村组"]
    entry = one(["张三", "脐橙", 5, *cells], heads=heads)
    assert not entry.problems
    assert values(entry, "region", "township", "village") == expected


@pytest.mark.parametrize(
    ("cells", "field"),
    [(["长沙"], "region"), (["火星"], "region"), (["石门县", "没有镇"], "township")],
)
def test_a_place_that_nobody_knows_or_that_may_be_two_is_refused(
    cells: list[Any], field: str
) -> None:
    heads = ["姓名", "供应产品", "数量(斤)", "所在县", "乡镇"]
    entry, _others = read(sheet(["张三", "脐橙", 5, *cells], heads=heads))
    if cells == ["火星"]:
        # With one county served, what is no county lies in it.
        assert values(entry[0], "region", "village") == ("430726", "火星")
    else:
        assert list(refused(entry[0])) == [field]


def test_a_product_and_a_variety_of_another_product_are_asked_about() -> None:
    heads = ["姓名", "供应产品", "品种", "数量(斤)"]
    assert list(refused(one(["张三", "萝卜", "脐橙", 5], heads=heads))) == ["product"]
    entry = one(["张三", "萝卜", "白玉", 5], heads=heads)
    assert values(entry, "product", "variety") == ("0202001", "白玉")


def test_one_amount_for_several_goods_is_each_one_s_only_where_it_says_so() -> None:
    goods = ["张三", "13800001122", "红薯/马铃薯"]
    entries, _others = read(sheet([*goods, "5,000斤", "2元/斤"]))
    assert [set(refused(entry)) for entry in entries] == [{"quantity"}]
    entries, _others = read(sheet([*goods, "各5", "2元/斤"]))
    assert [refused(entry)["quantity"] for entry in entries] == [
        "“5”没有写单位：请在数字后面写上单位（如5斤、5公斤）。"
    ]
    entries, _others = read(sheet([*goods, "各5,000斤", "2元/斤"]))
    assert [values(entry, "quantity", "price") for entry in entries] == [("5000", "2")] * 2
    entries, _others = read(sheet([*goods, "5,000斤、300公斤", "2/3"]))
    assert [values(entry, "quantity", "unit") for entry in entries] == [
        ("5000", "jin"), ("300", "kg")
    ]  # fmt: skip


def test_goods_that_nobody_knows_are_not_lost_beside_those_that_are_known() -> None:
    entries, _others = read(sheet(["张三", None, "红薯、怪瓜", "300斤/200斤"]))
    assert [values(entry, "product", "quantity") for entry in entries] == [
        ("0103003", "300"), (None, "200")
    ]  # fmt: skip
    assert [list(refused(entry)) for entry in entries] == [[], ["product"]]
    (entry,), _others = read(sheet(["张三", None, "脐橙（纽荷尔、红肉）", "300斤"]))
    assert values(entry, "product", "quantity") == ("0301014", "300")


def test_the_mapping_survives_a_sheet_that_has_only_a_head() -> None:
    data = workbook({"供应": [HEADS]})
    assert read(sheet_of(data)) == ([], {0: "title"})


def test_a_day_that_has_passed_and_an_end_before_the_beginning_are_refused() -> None:
    heads = ["姓名", "供应产品", "数量(斤)", "上市时间", "截止日期"]
    passed = one(["张三", "脐橙", 5, None, date(2026, 11, 1)], heads=heads)
    turned = one(["张三", "脐橙", 5, date(2026, 12, 9), date(2026, 12, 1)], heads=heads)
    assert list(refused(passed)) == list(refused(turned)) == ["until_day"]


def test_a_problem_is_told_in_the_language_of_its_reader() -> None:
    entry = one(["张三", None, "地瓜", "3万"], heads=[*HEADS[:3], "数量(万斤)"])
    chinese = refused(entry)
    with in_language("en"):
        english = refused(entry)
    assert (chinese["product"], english["product"]) == (
        "“地瓜”可能是红薯 / 豆薯：请写明是哪一种。",
        "“地瓜” may mean Sweet potato / Jicama (yam bean): write which.",
    )
    assert "15 tonnes" in english["quantity"]


def test_a_unit_in_the_title_above_the_table_counts_where_no_other_is_said() -> None:
    title = ["秋冬季农产品上市情况统计表（单位：万斤、元/斤）"]
    heads = ["农户", "产品", "上市数量", "价格"]
    rows = [title, heads, ["张三", "脐橙", 3, 2.5], ["李四", "红薯", "20吨", "1.2元/公斤"]]
    (one_, other), _others = read(sheet_of(workbook({"表": rows})))
    assert values(one_, "quantity", "unit", "price", "price_unit") == ("30000", "jin", "2.5", "jin")
    assert values(other, "quantity", "unit", "price", "price_unit") == ("20", "ton", "1.2", "kg")
    # Of two, nobody knows which: 单位：万斤、头.
    rows[0] = ["统计表（单位：万斤、头）"]
    (one_, _other), _others = read(sheet_of(workbook({"表": rows})))
    assert list(refused(one_)) == ["quantity"]


def test_goods_that_a_bracket_lists_are_several() -> None:
    entries, _others = read(sheet(["张三", None, "鱼（草鱼、鲢鱼）", "各3000斤", "6-8元/斤"]))
    assert [values(entry, "product", "quantity") for entry in entries] == [
        ("0601001", "3000"), ("0601002", "3000")
    ]  # fmt: skip
    assert values(one(["张三", None, "脐橙(统货)", "3000斤"]), "product_words") == ("脐橙(统货)",)
