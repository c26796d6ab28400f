"""A minus, a comma and a range in a cell, and what heads and titles say of whole columns."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from market.imports.reading.fields import ImportKind
from market.imports.reading.heads import find_head, guess_kind
from market.imports.reading.sheet import Sheet
from tests.imports.reading.books import read, refused, sheet_of, values, workbook

pytestmark = pytest.mark.usefixtures("reference")
HEADS = ["姓名", "供应产品", "数量", "单价", "总价"]


def sheet(*rows: Sequence[Any]) -> Sheet:
    width = max(map(len, rows))
    return Sheet("供应", tuple((*row, *[None] * (width - len(row))) for row in rows))


@pytest.mark.parametrize("minus", ["-", "−", "－", "‑", "–", "—", "负", "負", "- ", "约-", "-¥"])
@pytest.mark.parametrize(
    ("column", "number"), [(2, "5吨"), (2, "三吨"), (3, "1.2元/斤"), (3, "1.2"), (4, "100元")]
)
def test_a_minus_however_it_is_written_is_refused(minus: str, column: int, number: str) -> None:
    cells: list[Any] = ["张三", "脐橙", "5000斤", None, None]
    cells[column] = f"{minus}{number}"
    (row,), _others = read(sheet(HEADS, cells))
    assert list(refused(row)) == [{2: "quantity", 3: "price", 4: "amount"}[column]]


@pytest.mark.parametrize(
    "cell",
    ["5到-8吨", "5~−8吨", "5-−8吨", "5至负8吨", "-5-8吨", "产量-5吨", "产量 负5吨", "¥-5吨"],
)
def test_a_minus_inside_a_range_or_behind_words_is_refused(cell: str) -> None:
    (row,), _others = read(sheet(HEADS, ["张三", "脐橙", cell]))
    assert list(refused(row)) == ["quantity"]


@pytest.mark.parametrize("cell", ["脐橙-5吨", "脐橙−5吨", "脐橙 负5吨", "脐橙1,2吨"])
def test_a_minus_or_a_comma_among_the_words_of_the_goods_is_asked_about(cell: str) -> None:
    (row,), _others = read(sheet(["姓名", "供应产品", "单价"], ["张三", cell, "2元/斤"]))
    assert list(refused(row)) == ["quantity"]


@pytest.mark.parametrize(
    ("cell", "least", "text"),
    [
        ("5-8吨", "5 ton", "数量：5-8吨"),
        ("5—8吨", "5 ton", "数量：5-8吨"),
        ("3吨 - 5吨", "3 ton", "数量：3-5吨"),
        ("三四千斤", "3000 jin", "数量：3000-4000斤"),
        ("3、4吨", "3 ton", "数量：3-4吨"),
        ("500斤", "500 jin", None),
    ],
)
def test_of_a_range_the_least_counts_and_both_ends_are_said(
    cell: str, least: str, text: str | None
) -> None:
    (row,), _others = read(sheet(HEADS, ["张三", "脐橙", cell, "1.2-1.5元/斤"]))
    assert not row.problems
    assert " ".join(map(str, values(row, "quantity", "unit"))) == least
    assert values(row, "description", "price", "price_to") == (text, "1.2", "1.5")


def test_a_range_below_a_unit_or_among_the_goods_is_said_in_their_unit() -> None:
    (row,), _others = read(sheet(["姓名", "供应产品", "数量(万斤)"], ["张三", "脐橙", "2-3"]))
    assert values(row, "quantity", "description") == ("20000", "数量：20000-30000斤")
    (row,), _others = read(sheet(["姓名", "供应产品", "单价"], ["张三", "脐橙三四千斤", 2]))
    assert values(row, "quantity", "description") == ("3000", "3000-4000斤")


def test_a_deal_was_about_one_amount() -> None:
    heads = ["卖方", "买方", "产品", "数量", "单价"]
    cells = ["张三 13800001122", "李四 13800001123", "脐橙", "三四千斤", "2元/斤"]
    (row,), _others = read(sheet(heads, cells), ImportKind.DEALS)
    assert list(refused(row)) == ["quantity"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [(2, "1,2吨"), (2, "1，2吨"), (2, "3、5吨"), (3, "2,5元/斤"), (3, "2，5"), (4, "1,5万元")],
)
def test_a_comma_that_may_be_a_point_is_asked_about(column: int, cell: str) -> None:
    cells: list[Any] = ["张三", "脐橙", "5000斤", None, None]
    cells[column] = cell
    (row,), _others = read(sheet(HEADS, cells))
    (text,) = refused(row).values()
    assert "小数点" in text


def test_goods_without_end_are_refused_and_a_list_of_them_is_not() -> None:
    heads = ["姓名", "供应产品", "数量(斤)"]
    rows, _others = read(sheet(heads, ["张三", "柑橘" * 300, 5], ["李四", "柑橘" * 31, 5]))
    assert [list(refused(row)) for row in rows] == [["product"], ["product"]]
    listed = "、".join(f"{name}{n}000斤" for n, name in enumerate(["脐橙", "蜜柚", "红薯"] * 4, 1))
    rows, _others = read(sheet(heads[:2], ["张三", listed]))
    assert "product" not in {name for row in rows for name in refused(row)}


@pytest.mark.parametrize("title", ["供货时间", "上市期", "供应日期", "采摘时段"])
@pytest.mark.parametrize(
    "ends", [("起", "止"), ("从", "至"), ("开始", "结束"), ("最早", "最晚"), ("自", "到")]
)
def test_the_ends_below_a_time_of_supply_are_its_days(title: str, ends: tuple[str, str]) -> None:
    rows = [
        ["姓名", "供应产品", "数量(斤)", title, None],
        [None, None, None, *ends],
        ["张三", "脐橙", 500, date(2026, 12, 10), date(2027, 1, 20)],
    ]
    merged = ["A1:A2", "B1:B2", "C1:C2", "D1:E1"]
    (row,), _others = read(sheet_of(workbook({"供应": rows}, merged)))
    days = ("2026-12-10", "2027-01-20", None)
    assert values(row, "from_day", "until_day", "description") == days


def test_the_ends_are_days_too_where_no_cell_is_merged_above_them() -> None:
    heads = ["姓名", "供应产品", "数量(斤)", "供货时间", None]
    days = date(2026, 12, 10), date(2027, 1, 20)
    rows = sheet(heads, [None, None, None, "起", "止"], ["张三", "脐橙", 500, *days])
    (row,), _others = read(rows)
    assert values(row, "from_day", "until_day") == ("2026-12-10", "2027-01-20")


@pytest.mark.parametrize("title", ["原因", "退回原因", "审核意见", "错误信息", "Reason"])
def test_what_an_office_wrote_about_the_rows_is_not_published(title: str) -> None:
    cells = ["张三", "脐橙", 500, "F7 数量：要大于零"]
    (row,), _others = read(sheet(["姓名", "供应产品", "数量(斤)", title], cells))
    assert "description" not in row.values


@pytest.mark.parametrize(
    "title",
    ["夹山镇产量表（单位：吨）", "夹山镇产量表（吨）", "产量表 单位（吨）", "单位：吨、元/公斤"],
)
def test_a_unit_in_the_title_counts_for_columns_of_goods(title: str) -> None:
    rows = [[title], ["户主", "电话", "脐橙产量", "蜜柚"], ["张三", "13800001122", 12, 3]]
    entries, _others = read(sheet_of(workbook({"供应": rows}, ["A1:D1"])))
    assert [values(row, "quantity", "unit") for row in entries] == [("12", "ton"), ("3", "ton")]
    assert not any(row.problems for row in entries)


@pytest.mark.parametrize(
    ("heads", "cells", "kind"),
    [
        (
            ["姓名", "性别", "电话", "种养品种", "面积"],
            ["张三", "男", 1, "脐橙", "50亩"],
            "farmers",
        ),
        (["姓名", "电话", "村", "主导产业"], ["张三", 1, "栗山村", "脐橙"], "farmers"),
        (["姓名", "电话", "供应产品"], ["张三", 1, "脐橙5吨"], "offers"),
        (["姓名", "电话", "产品", "单价"], ["张三", 1, "脐橙", 3], "offers"),
        (["姓名", "电话", "产品", "数量"], ["张三", 1, "脐橙", None], "offers"),
    ],
)
def test_who_grows_what_is_a_list_of_farmers(heads: list[str], cells: list[Any], kind: str) -> None:
    table = sheet(["种养大户名册"], heads, cells)
    assert guess_kind(table) == kind
    assert find_head(table, ImportKind(kind)) is not None
