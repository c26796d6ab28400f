"""Spreadsheets as different offices make them, each with every row right or refused at its cell."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask

from tests.imports.reading.books import read, refused, sheet_of, values, workbook

pytestmark = pytest.mark.usefixtures("reference")


def test_a_township_s_table_with_titles_totals_and_a_foot(reference: Flask) -> None:
    title = "夹山镇农产品供应信息表"
    data = workbook(
        {
            "供应": [
                [title],
                ["填报单位：夹山镇信息站", None, None, "2026年11月28日"],
                [
                    *("序号", "户主姓名", "联系电话", "村组", "品名", "规格", "数量(万斤)"),
                    *("单价（元/斤）", "上市时间", "备注"),
                ],
                [
                    *(1, "张三", 13800001122, "栗山村3组", "脐橙", "果径60以上", 3, 2.5),
                    date(2026, 12, 5),
                ],
                [2, "李四", "13800001123", "杨坪村", "椪柑", None, "5吨", "面议", "12月中旬"],
                [3, "王五", "1.38E+10", "夹山村", "地瓜", None, "3万", "2-3"],
                ["小计", None, None, None, None, None, ("=SUM(G4:G6)", 3)],
                [],
                ["填表人：王小二", None, "审核：李主任"],
            ]
        },
        merged=["A1:J1"],
    )
    rows, others = read(sheet_of(data))
    assert [values(row, "name", "phone", "product", "quantity", "unit") for row in rows] == [
        ("张三", "+8613800001122", "0301014", "30000", "jin"),
        ("李四", "+8613800001123", "0301004", "5", "ton"),
        ("王五", None, None, None, None),
    ]
    assert values(rows[0], "village", "grade", "from_day", "price", "price_unit", "side") == (
        *("栗山村3组", "果径60以上", "2026-12-05", "2.5", "jin", "sell"),
    )
    assert values(rows[1], "from_day", "until_day") == ("2026-12-11", "2026-12-20")
    assert rows[1].values["is_negotiable"]
    assert set(refused(rows[2])) == {"phone", "product", "quantity"}
    assert "3万斤" in refused(rows[2])["quantity"]
    assert not rows[0].problems
    assert not rows[1].problems
    assert others == {
        **dict.fromkeys((0, 1, 2), "title"), 6: "total", 7: "empty", 8: "note"
    }  # fmt: skip
