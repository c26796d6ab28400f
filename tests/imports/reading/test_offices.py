"""Spreadsheets as different offices make them, each with every row right or refused at its cell."""

from __future__ import annotations

from dataclasses import replace

import pytest

from market.imports.reading.heads import ImportKind, find_head, guess_kind
from market.imports.reading.sheets import read_sheets
from market.offers.models import Side
from tests.imports.reading import offices
from tests.imports.reading.books import CONTEXT, read, refused, sheet_of, values

pytestmark = pytest.mark.usefixtures("reference")
AMOUNT = ("product", "quantity", "unit", "price", "price_unit")
ORANGE, SUGAR_ORANGE, PONKAN, POTATO = "0301014", "0301015", "0301004", "0103003"
RADISH, CABBAGE, TEA = "0202001", "0201001", "0401001"


def test_titles_a_foot_and_a_sum_are_no_rows_and_what_may_mean_two_things_is_asked() -> None:
    rows, others = read(sheet_of(offices.township()))
    assert [values(row, "name", "phone", *AMOUNT) for row in rows] == [
        ("张三", "+8613800001122", ORANGE, "30000", "jin", "2.5", "jin"),
        ("李四", "+8613800001123", PONKAN, "5", "ton", None, None),
        ("王五", None, None, None, None, "2", "jin"),
    ]
    assert values(rows[0], "side", "region", "village", "grade", "from_day", "until_day") == (
        *("sell", "430726", "栗山村", "果径60以上", "2026-12-05", None),
    )
    assert values(rows[1], "from_day", "until_day") == ("2026-12-11", "2026-12-20")
    assert rows[1].values["is_negotiable"]
    assert [refused(row) for row in rows[:2]] == [{}, {}]
    assert set(refused(rows[2])) == {"phone", "product", "quantity"}
    assert "红薯 / 豆薯" in refused(rows[2])["product"]
    assert "3万斤" in refused(rows[2])["quantity"]
    assert [problem.column for problem in rows[2].problems] == [2, 4, 6]
    assert others == {**dict.fromkeys((0, 1, 2), "title"), 6: "total", 7: "empty", 8: "note"}


def test_two_lines_of_a_head_are_read_as_one() -> None:
    sheet = sheet_of(offices.two_lines())
    head = find_head(sheet, ImportKind.OFFERS)
    assert head is not None
    assert (head.first_row, head.last_row) == (1, 2)
    titles = {column.field: column.title for column in head.columns}
    assert titles["price"] == "供应情况/单价（元）"
    rows, _others = read(sheet)
    assert [values(row, "name", "township", *AMOUNT) for row in rows] == [
        ("周大山", "430726102", "0301002", "50000", "jin", "1.2", "jin"),
        ("周小山", "430726102", ORANGE, "20", "ton", "1.5", "jin"),
        ("吴秀英", "430726105", "0501001", "30", "head", None, None),
        ("郑强", None, CABBAGE, "3000", "jin", "0.5", "jin"),
    ]
    assert values(rows[0], "variety", "grade", "from_day", "until_day") == (
        *("温州蜜柑", "一级", "2026-12-01", "2027-01-31"),
    )
    assert values(rows[1], "from_day", "until_day") == ("2026-12-01", "2026-12-31")
    assert [list(refused(row)) for row in rows] == [[], [], ["price"], ["township"]]


@pytest.mark.parametrize("data", [offices.gb18030(), offices.CSV.encode("utf-8-sig")])
def test_of_several_goods_in_a_cell_each_is_an_offer_with_its_own_amount(data: bytes) -> None:
    rows, _others = read(sheet_of(data, "供应.csv"))
    assert [(row.row, row.part, *values(row, *AMOUNT)) for row in rows] == [
        # Asked once: of each, or of both together?
        (1, 0, None, None, None, None, None),
        (2, 0, ORANGE, "5000", "jin", "2.5", "jin"),
        (2, 1, SUGAR_ORANGE, "5000", "jin", "2.5", "jin"),
        (3, 0, "0203001", "5000", "jin", None, None),
        (3, 1, "0203010", "3000", "jin", None, None),
        (4, 0, RADISH, "3000", "jin", "0.5", "jin"),
        (4, 1, CABBAGE, "2000", "jin", "0.6", "jin"),
        (5, 0, TEA, "1200", "jin", None, None),
    ]
    assert [list(refused(row)) for row in rows] == [
        *(["quantity"], [], [], [], [], [], [], ["phone", "region"]),
    ]
    assert values(rows[0], "region", "township", "product_words") == (
        *("430726", "430726102", "脐橙、冰糖橙"),
    )
    assert values(rows[3], "region") == ("430723",)


def test_unicode_text_of_excel_is_read_with_what_stands_above() -> None:
    rows, others = read(sheet_of(offices.unicode_text(), "收购公告.txt"))
    assert [values(row, "side", "name", "phone", *AMOUNT, "until_day") for row in rows] == [
        (*("buy", "老王", "+8613800001211"), "0202014", "3", "ton", "3.2", "kg", "2026-12-31"),
        (*("buy", "老王", "+8613800001211"), "0202016", "2", "ton", "4.5", "kg", "2026-12-31"),
    ]
    assert not any(row.problems for row in rows)
    assert others == {0: "title", 1: "title"}


def test_an_old_workbook_of_purchases_is_read_with_its_error_and_its_hidden_sheet() -> None:
    sheets = read_sheets(offices.demand(), "求购.xls")
    assert [(sheet.name, sheet.is_hidden) for sheet in sheets] == [("求购", False), ("字典", True)]
    rows, others = read(sheets[0])
    assert [values(row, "side", "name", "phone", *AMOUNT, "until_day") for row in rows] == [
        (
            *("buy", "石门惠民超市", "+8613800001131", "0504002", "2000", "piece", "1.2", "piece"),
            "2026-12-31",
        ),
        (
            *("buy", "石门惠民超市", "+8613800001131", RADISH, "5", "ton", "0.6", "jin"),
            "2026-12-31",
        ),
        ("buy", "常德鲜果行", None, PONKAN, "8000", "kg", "3", "kg", "2027-01-10"),
        ("buy", "湘西酒楼", "+8613800001134", "0503002", None, None, None, None, None),
    ]
    assert "#REF!" in refused(rows[3])["quantity"]
    assert "138 0000 1133" in refused(rows[2])["phone"]
    assert others == {0: "title", 1: "empty", 2: "title", 7: "total", 8: "empty", 9: "note"}


def test_an_opendocument_sheet_spreads_a_buyer_over_rows_and_knows_its_errors() -> None:
    sheets = read_sheets(offices.libre_office(), "收购需求.ods")
    assert [(sheet.name, sheet.is_hidden) for sheet in sheets] == [("收购", False), ("旧表", True)]
    rows, _others = read(sheets[0])
    assert [values(row, "name", "phone", *AMOUNT) for row in rows] == [
        ("老王", "+8613800001210", TEA, "500", "kg", "60", "kg"),
        ("老王", "+8613800001210", "0202014", None, None, None, None),
        ("老李", None, "0202016", None, None, "5", "kg"),
        ("老张", None, "0202016", "1000", "kg", "5", "kg"),
    ]
    assert values(rows[0], "from_day") == ("2026-12-20",)
    assert [list(refused(row)) for row in rows] == [[], ["quantity"], ["quantity"], []]
    assert "#REF!" in refused(rows[1])["quantity"]


def test_a_web_page_called_xls_is_read_with_its_spans() -> None:
    rows, others = read(sheet_of(offices.web_page(), "导出.xls"))
    assert [(row.row, *values(row, "side", "name", "phone", *AMOUNT[:3])) for row in rows] == [
        (2, "sell", "张三", "+8613800001220", "0101007", "1000", "jin"),
        (3, "sell", "张三", "+8613800001220", "0101010", "500", "jin"),
    ]
    assert others == {0: "title", 1: "title", 4: "total"}


def test_a_ledger_keeps_true_rows_and_skips_sections_heads_and_sums_without_a_name() -> None:
    rows, others = read(sheet_of(offices.ledger()))
    assert [(row.row, *values(row, "name", "phone", *AMOUNT)) for row in rows] == [
        (5, "绿野合作社", "+8613800001150", SUGAR_ORANGE, "35.5", "ton", "1.8", "jin"),
        (6, "张家大户", "+8613800001151", "0301001", "12", "ton", None, None),
        (10, "张家大户", "+8613800001151", RADISH, "8", "ton", "600", "ton"),
        (12, "李家", "+8613800001152", None, "3", "ton", None, None),
    ]
    assert values(rows[0], "township", "village", "description") == ("430726105", "冷库", "品质好")
    assert [list(refused(row)) for row in rows] == [[], [], [], ["product", "price"]]
    assert others == {
        **dict.fromkeys((0, 1, 11), "empty"),
        **dict.fromkeys((2, 3, 4, 8, 9), "title"),
        **dict.fromkeys((7, 13), "total"),
        14: "note",
    }


def test_days_are_read_however_they_stand_there_and_two_readings_are_asked() -> None:
    rows, _others = read(sheet_of(offices.dates()))
    assert [values(row, "from_day", "until_day") for row in rows] == [
        ("2026-12-04", "2027-01-31"),
        (None, None),
        (None, None),
        ("2026-12-05", "2027-01-10"),
        (None, None),
        ("2027-01-01", "2027-01-31"),
        (None, None),
        (None, "2026-12-31"),
        ("2026-12-05", "2027-01-05"),
    ]
    assert rows[4].values["description"] == "常年供应"
    problems = [refused(row) for row in rows]
    assert [list(found) for found in problems] == [
        *([], ["from_day"], ["from_day"], [], [], [], ["until_day"], ["from_day"], []),
    ]
    assert "10月1日" in problems[1]["from_day"]
    assert "10月10日" in problems[1]["from_day"]
    assert "9月至11月" in problems[2]["from_day"]


def test_formulas_count_by_their_values_and_a_merged_amount_is_asked_about() -> None:
    sheets = read_sheets(offices.formulas(), "供应公式.xlsx")
    assert [sheet.is_hidden for sheet in sheets] == [False, True]
    rows, others = read(sheets[0])
    assert [(row.row, *values(row, "name", *AMOUNT)) for row in rows] == [
        (1, "张三", ORANGE, "3000", "jin", "2.5", "jin"),
        (2, "张三", PONKAN, "2000", "jin", "2.5", "jin"),
        (3, "李四", POTATO, None, None, "0.8", "jin"),
        (4, "李四", RADISH, None, None, None, None),
        (5, "王五", TEA, "100", "jin", "50", "jin"),
        (7, "赵六", "0101007", "900", "jin", None, None),
    ]
    assert [list(refused(row)) for row in rows] == [
        *([], [], ["quantity"], ["quantity", "price"], [], ["price"]),
    ]
    assert "#DIV/0!" in refused(rows[3])["price"]
    # The second line of a record of two.
    assert others[6] == "empty"
    assert {values(row, "village") for row in rows[:4]} == {("栗山村",)}


def test_an_english_sheet_is_read_too() -> None:
    rows, others = read(sheet_of(offices.english()))
    assert [values(row, "name", "phone", "region", *AMOUNT, "from_day") for row in rows] == [
        (
            *("Zhang San", "+8613800001190", "430726", ORANGE, "30000", "jin", "2.5", "jin"),
            "2026-12-05",
        ),
        (
            *("Li Si", "+8613800001191", "430726", POTATO, "5", "ton", None, None),
            "2026-12-11",
        ),
    ]
    assert not any(row.problems for row in rows)
    assert others == {0: "title", 3: "total"}


def test_deals_are_read_with_both_parties_and_a_wrong_sum_is_asked_about() -> None:
    sheet = sheet_of(offices.deals())
    assert guess_kind(sheet) is ImportKind.DEALS
    rows, others = read(sheet, ImportKind.DEALS)
    wanted = ("seller", "seller_phone", "buyer", "buyer_phone", "buyer_region", "day", "occasion")
    assert [values(row, *wanted) for row in rows] == [
        (
            *("张三", "+8613800001170", "长沙鲜达公司", "+8613800001171", "430111"),
            *("2026-11-20", "fair"),
        ),
        ("李四", "+8613800001172", "王老板", "+8613800001173", None, "2026-11-21", "daily"),
        ("赵六", None, "超市", "+8673188888888", "430121", None, None),
    ]
    assert [values(row, *AMOUNT, "amount") for row in rows] == [
        (ORANGE, "20", "ton", "3.2", "kg", "64000.00"),
        (PONKAN, "10", "ton", "2", "kg", "30000.00"),
        (POTATO, "6", "ton", "1.5", "kg", "9000.00"),
    ]
    assert [list(refused(row)) for row in rows] == [
        *([], ["buyer_region", "amount"], ["day", "occasion"]),
    ]
    assert "20000" in refused(rows[1])["amount"]
    assert others == {0: "title", 1: "title", 5: "total"}


def test_farmers_are_read_with_how_they_agreed() -> None:
    sheet = sheet_of(offices.farmers())
    assert guess_kind(sheet) is ImportKind.FARMERS
    rows, _others = read(sheet, ImportKind.FARMERS)
    wanted = ("name", "phone", "township", "village", "trader_type", "consent", "witness")
    assert [values(row, *wanted, "consent_day") for row in rows] == [
        (
            *("张三", "+8613800001180", "430726102", "栗山村", "farmer", "paper", "李支书"),
            "2026-11-01",
        ),
        ("李四", None, "430726102", "栗山村", "cooperative", "spoken", None, None),
        ("王五", None, "430726102", None, None, None, None, None),
        (None, "+8613800001181", "430726102", None, "farmer", None, "李支书", None),
    ]
    assert [list(refused(row)) for row in rows] == [
        *([], [], ["phone", "trader_type", "consent", "consent_day"], ["name"]),
    ]


def test_every_other_office_s_sheet_is_taken_for_offers() -> None:
    for name, made in offices.OFFICES.items():
        if name not in ("成交.xlsx", "农户.xlsx"):
            assert guess_kind(sheet_of(made(), name)) is ImportKind.OFFERS, name


def test_a_side_that_was_chosen_holds_where_the_sheet_says_none() -> None:
    data = "姓名,产品,数量\n张三,脐橙,500斤\n".encode()
    (row,), _others = read(sheet_of(data, "表.csv"))
    assert list(refused(row)) == ["side"]
    (row,), _others = read(sheet_of(data, "表.csv"), context=replace(CONTEXT, side=Side.BUY))
    assert row.values["side"] is Side.BUY
    assert not row.problems
