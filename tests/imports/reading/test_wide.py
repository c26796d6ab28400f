"""Tables with a column for each of the goods, and columns beside those that a template has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from market.imports.reading.heads import ImportKind, find_head, guess_kind
from market.imports.reading.sheets import Sheet
from tests.imports.reading.books import read, refused, sheet_of, values, workbook

pytestmark = pytest.mark.usefixtures("reference")
ORANGE, POMELO, POTATO, RADISH = "0301014", "0301021", "0103003", "0202001"
AMOUNT = ("product", "quantity", "unit", "price", "price_unit")


def sheet(*rows: Sequence[Any]) -> Sheet:
    width = max(map(len, rows))
    return Sheet("供应", tuple((*row, *[None] * (width - len(row))) for row in rows))


def fields(*rows: Sequence[Any]) -> list[str | None]:
    head = find_head(sheet(*rows), ImportKind.OFFERS)
    assert head is not None
    return [column.field for column in head.columns]


def test_each_filled_cell_of_a_wide_table_is_an_offer() -> None:
    table = sheet(
        ["序号", "户主", "电话", "村", "脐橙(斤)", "蜜柚(万斤)", "红薯", "合计(斤)"],
        [1, "张三", 13800001122, "栗山村", 3000, 1.2, None, 15000],
        [2, "李四", 13800001123, "杨坪村", 0, "/", "5吨", 10000],
        [3, "王五", 13800001124, "杨坪村", None, None, "若干", None],
        [4, "赵六", 13800001125, "杨坪村", None, None, None, None],
        ["", "合计", None, None, 3000, 1.2, None, 25000],
    )
    rows, others = read(table)
    assert [(row.row, row.part, *values(row, "name", *AMOUNT[:3])) for row in rows] == [
        (1, 0, "张三", ORANGE, "3000", "jin"),
        (1, 1, "张三", POMELO, "12000", "jin"),
        (2, 0, "李四", POTATO, "5", "ton"),
        (3, 0, "王五", POTATO, None, None),
    ]
    assert [problem.column for row in rows for problem in row.problems] == [6]
    assert others == {0: "title", 4: "no_goods", 5: "total"}
    assert guess_kind(table) is ImportKind.OFFERS
    assert not rows[0].values.get("description")


def test_a_price_may_stand_after_each_of_the_goods() -> None:
    rows, _others = read(
        sheet(
            ["户主", "电话", "脐橙(斤)", "单价(元/斤)", "蜜柚数量(斤)", "蜜柚单价(元/斤)"],
            ["张三", "13800001122", 3000, 2.5, 500, 1.2],
            ["李四", "13800001123", 800, "#REF!", 500, None],
        )
    )
    assert [values(row, *AMOUNT) for row in rows] == [
        (ORANGE, "3000", "jin", "2.5", "jin"),
        (POMELO, "500", "jin", "1.2", "jin"),
        (ORANGE, "800", "jin", None, None),
        (POMELO, "500", "jin", None, None),
    ]
    assert [[problem.column for problem in row.problems] for row in rows] == [[], [], [3], []]


def test_the_goods_may_stand_in_a_line_above_or_below_the_amounts() -> None:
    above = workbook(
        {
            "供应": [
                ["户主", "电话", "脐橙", None, "蜜柚", None],
                [None, None, "数量(斤)", "单价(元/斤)", "数量(斤)", "单价(元/斤)"],
                ["张三", "13800001122", 3000, 2.5, 500, 1.2],
            ]
        },
        merged=["A1:A2", "B1:B2", "C1:D1", "E1:F1"],
    )
    below = workbook(
        {
            "供应": [
                ["户主", "电话", "主要产品及数量（斤）", None, None],
                [None, None, "脐橙", "蜜柚", "红薯"],
                ["张三", "13800001122", 3000, 500, 0],
            ]
        },
        merged=["A1:A2", "B1:B2", "C1:E1"],
    )
    rows, _others = read(sheet_of(above))
    assert [values(row, *AMOUNT) for row in rows] == [
        (ORANGE, "3000", "jin", "2.5", "jin"), (POMELO, "500", "jin", "1.2", "jin")
    ]  # fmt: skip
    rows, _others = read(sheet_of(below))
    assert [values(row, *AMOUNT[:3]) for row in rows] == [
        (ORANGE, "3000", "jin"), (POMELO, "500", "jin")
    ]  # fmt: skip


def test_what_is_wrong_with_the_person_is_asked_once_for_all_their_goods() -> None:
    (row,), _others = read(
        sheet(["户主", "电话", "脐橙(斤)", "蜜柚(斤)"], ["张三", "138****1122", 3000, 500])
    )
    assert list(refused(row)) == ["phone"]
    assert row.values["product_words"] == "脐橙、蜜柚"


def test_one_price_for_a_row_of_several_goods_is_asked_about() -> None:
    heads = ["户主", "电话", "脐橙(斤)", "蜜柚(斤)", "单价(元/斤)"]
    both, _others = read(sheet(heads, ["张三", "13800001122", 3000, 500, 2.5]))
    assert [list(refused(row)) for row in both] == [["price"]]
    (one,), _others = read(sheet(heads, ["张三", "13800001122", None, 500, 2.5]))
    assert values(one, *AMOUNT) == (POMELO, "500", "jin", "2.5", "jin")


def test_a_group_of_goods_in_the_head_is_refused_at_its_cells() -> None:
    rows, _others = read(sheet(["户主", "水果(斤)", "萝卜(斤)"], ["张三", 500, 800]))
    assert [list(refused(row)) for row in rows] == [["product"], []]
    assert [problem.column for problem in rows[0].problems] == [1]
    assert values(rows[1], "product", "quantity") == (RADISH, "800")


def test_a_table_with_a_column_of_products_is_no_wide_one() -> None:
    heads = ["户主", "产品", "数量(斤)", "脐橙"]
    assert fields(heads, ["张三", "萝卜", 500, "有"]) == ["name", "product", "quantity", "more"]


def test_columns_without_a_field_go_into_the_description_but_for_what_is_private() -> None:
    heads = ["姓名", "性别", "身份证号", "联系电话", "联系电话2", "产品", "数量(斤)", "面积(亩)"]
    heads += ["销路", "包村干部", "银行卡", "土壤"]
    row = ["张三", "男", "430726197001011234", "13800001122", "13800001123", "脐橙", 500, 3]
    row += ["已联系两家", "李主任", "6222020000001234567", None]
    assert fields(heads, row) == [
        *("name", None, None, "phone", None, "product", "quantity", "more", "more"),
        *(None, None, None),
    ]
    (entry,), _others = read(sheet(heads, row))
    assert entry.values["description"] == "面积(亩)：3；销路：已联系两家"


def test_the_reasons_that_came_back_with_a_sheet_are_none_of_its_words() -> None:
    for title in ("未导入原因", "Why it was not imported"):
        heads = ["姓名", "产品", "数量(斤)", title]
        assert fields(heads, ["张三", "脐橙", 500, "数量：缺"])[-1] is None


@pytest.mark.parametrize(
    ("price", "amount", "expected"),
    [
        (2, 1000, "2"),
        (2, 1009, "2"),
        (2, 1011, "problem"),
        (None, 1000, "2"),
        (None, "1000元", "2"),
        ("2-3", 1250, "2"),
        ("2-3", 1600, "problem"),
        (None, 0.5, "problem"),
        (2, None, "2"),
        (None, None, None),
    ],
)
def test_a_total_price_is_held_against_the_price_or_says_it(
    price: Any, amount: Any, expected: str | None
) -> None:
    heads = ["姓名", "产品", "数量(斤)", "单价(元/斤)", "总价(元)"]
    (entry,), _others = read(sheet(heads, ["张三", "脐橙", 500, price, amount]))
    assert list(refused(entry)) == (["amount"] if expected == "problem" else [])
    if expected != "problem":
        assert values(entry, "price") == (expected,)


@pytest.mark.parametrize(
    ("title", "cell", "expected"),
    [
        ("起订量", "100公斤", "200"),
        ("起批(斤)", 100, "100"),
        ("最少", 100, "100"),
        ("起订量", "600斤", None),
        ("起订量", "1车", None),
        ("起订量", "面议", None),
    ],
)
def test_a_minimum_lot_is_read_in_the_unit_of_the_quantity(
    title: str, cell: Any, expected: str | None
) -> None:
    heads = ["姓名", "产品", "数量(斤)", title]
    (entry,), _others = read(sheet(heads, ["张三", "脐橙", 500, cell]))
    assert list(refused(entry)) == ([] if expected else ["lot"])
    assert values(entry, "lot") == (expected,)
