"""Ten more offices' sheets, each with every row right or refused at its cell."""

from __future__ import annotations

import pytest

from market.imports.reading.heads import ImportKind, find_head, guess_kind
from market.imports.reading.rows import ParsedRow
from market.imports.reading.sheets import read_sheets
from tests.imports.reading import village_offices as offices
from tests.imports.reading.books import read, refused, sheet_of, values

pytestmark = pytest.mark.usefixtures("reference")
ORANGE, POMELO, SWEET_POTATO, RADISH, TEA = "0301014", "0301021", "0103003", "0202001", "0401001"
AMOUNT = ("product", "quantity", "unit", "price", "price_unit")


def problems(rows: list[ParsedRow]) -> list[list[tuple[str | None, int | None]]]:
    """(field, column) of what is wrong with each."""
    return [[(p.field, p.column) for p in row.problems] for row in rows]


def test_poles_and_cases_are_read_with_names_and_days_as_farmers_write_them() -> None:
    rows, _others = read(sheet_of(offices.carrying_poles()))
    assert [values(row, "name", "phone", *AMOUNT, "price_to") for row in rows] == [
        ("张三", "+8613800001301", ORANGE, "30", "dan", "1.2", "kg", "1.5"),
        ("李四", None, POMELO, "12", "dan", "1.2", "kg", "1.5"),
        ("王五", "+867365321303", SWEET_POTATO, "200", "dan", None, None, None),
        ("欧阳 大山", "+8613800001304", TEA, "3", "case", "80", "kg", "100"),
    ]
    assert [values(row, "from_day", "until_day") for row in rows] == [
        ("2026-12-11", "2026-12-20"),
        ("2027-10-16", "2027-10-30"),
        ("2026-12-05", None),
        ("2027-03-29", "2027-04-12"),
    ]
    assert problems(rows) == [[], [("phone", 4)], [], []]
    assert rows[0].values["description"] == "折合（公斤）：1500"


def test_what_is_counted_keeps_its_unit_and_a_heap_is_none() -> None:
    rows, _others = read(sheet_of(offices.counted()))
    assert [values(row, "name", *AMOUNT, "grade") for row in rows] == [
        ("陈大山", ORANGE, "200", "case", "45", "case", "20斤/件"),
        ("陈二", "0504001", "500", "piece", "1.2", "piece", "土鸡蛋"),
        ("陈三", "0503002", "80", "bird", "25", "jin", "3斤左右"),
        ("陈四", "0505001", "40", "bottle", "60", "bottle", "1斤装"),
        ("陈五", "0301001", None, None, "1.1", "jin", "统货"),
    ]
    assert problems(rows) == [[], [], [], [], [("quantity", 4)]]


def test_heads_of_pages_sums_of_villages_and_footnotes_are_no_rows() -> None:
    rows, others = read(sheet_of(offices.printed_pages()))
    assert [values(row, "name", "village", *AMOUNT[:4]) for row in rows] == [
        ("张三", "栗山村", ORANGE, "3000", "jin", "2.5"),
        ("李四", "栗山村", POMELO, "2000", "jin", "1.2"),
        ("王五", "杨坪村", SWEET_POTATO, "800", "jin", "0.8"),
        ("赵六", "杨坪村", SWEET_POTATO, "700", "jin", "0.8"),
    ]
    assert not any(problems(rows))
    assert others == {
        **dict.fromkeys((0, 1, 7), "title"), 6: "empty",
        **dict.fromkeys((4, 9, 10), "total"), **dict.fromkeys((11, 12), "note"),
    }  # fmt: skip


def test_a_sheet_that_is_called_by_its_village_says_it_of_its_rows() -> None:
    one, other, _notes = read_sheets(offices.villages(), "各村.xlsx")
    assert [values(row, "name", "village") for row in read(one)[0]] == [("张三", "栗山村")]
    assert [values(row, "name", "village") for row in read(other)[0]] == [("李四", "杨坪村")]


def test_whatever_means_the_same_as_above_is_read_so() -> None:
    rows, _others = read(sheet_of(offices.dittos()))
    assert [values(row, "name", "village", "from_day", *AMOUNT[:4]) for row in rows] == [
        ("张三", "栗山村", "2026-12-01", ORANGE, "3000", "jin", "2.5"),
        ("张三", "栗山村", "2026-12-01", "0301004", "2000", "jin", "2.5"),
        ("李四", "栗山村", "2026-12-01", "0301004", "1500", "jin", "2.5"),
        ("李四", "杨坪村", "2026-12-22", SWEET_POTATO, "1000", "jin", "0.8"),
    ]
    assert not any(problems(rows))


def test_names_and_phones_of_one_column_are_told_apart() -> None:
    rows, _others = read(sheet_of(offices.two_in_a_cell()))
    assert [values(row, "name", "phone", *AMOUNT[:4]) for row in rows] == [
        ("张三", "+8613800001351", ORANGE, "3", "ton", "2.4"),
        (None, None, POMELO, "2", "ton", "1.2"),
        ("王五", "+8613800001354", SWEET_POTATO, "1.5", "ton", None),
        ("赵六", None, "0103001", "0.5", "ton", "1"),
    ]
    # Asked once: not for the name as well.
    assert problems(rows) == [[], [("phone", 0)], [], []]


def test_wide_digits_and_words_are_numbers_and_vague_ones_are_refused() -> None:
    rows, others = read(sheet_of(offices.typed(), "上报.csv"))
    assert [values(row, "name", "phone", *AMOUNT) for row in rows] == [
        ("张三", "+8613800001361", ORANGE, "3000", "jin", "2.5", "jin"),
        ("李四", "+8613800001362", POMELO, "2000", "jin", "1.2", "jin"),
        ("王五", "+8613800001363", SWEET_POTATO, None, None, None, None),
        ("赵六", "+8613800001364", RADISH, "300", "jin", None, None),
    ]
    assert problems(rows) == [[], [], [("quantity", 4)], [("price", 5)]]
    assert others == {0: "title", 1: "title"}


def test_areas_of_goods_are_no_amounts_of_them() -> None:
    rows, others = read(sheet_of(offices.areas_and_amounts()))
    assert [
        (row.part, *values(row, "name", "township", "village", *AMOUNT[:3])) for row in rows
    ] == [
        (0, "张主任", "430726102", "栗山村", ORANGE, "800000", "jin"),
        (1, "张主任", "430726102", "栗山村", POMELO, "120000", "jin"),
        (0, "李主任", "430726102", "杨坪村", ORANGE, "250000", "jin"),
    ]
    assert rows[2].values["description"] == "面积（亩）/脐橙：100"
    assert not any(problems(rows))
    assert others == {0: "title", 1: "title", 4: "total"}


def test_what_is_crossed_out_is_not_posted() -> None:
    rows, others = read(sheet_of(offices.crossed_out()))
    assert [values(row, "name", *AMOUNT[:2]) for row in rows] == [
        ("张三", ORANGE, "3000"),
        ("王五", SWEET_POTATO, None),
    ]
    assert problems(rows) == [[], [("quantity", 3)]]
    assert others == {0: "title", 2: "struck"}


def test_of_all_that_an_office_asks_nothing_private_is_told() -> None:
    rows, _others = read(sheet_of(offices.many_columns()))
    assert [(row.row, *values(row, "name", *AMOUNT, "lot")) for row in rows] == [
        (1, "张三", ORANGE, "3000", "kg", "2.5", "kg", "100"),
        (2, "李四", POMELO, "500", "kg", None, None, None),
        (2, "李四", SWEET_POTATO, "500", "kg", None, None, None),
        (3, "王五", RADISH, "800", "kg", "0.8", "kg", None),
        (4, "赵六", None, None, None, "1", "kg", None),
    ]
    assert problems(rows) == [[], [], [], [("lot", 8)], [("quantity", 7), ("amount", 10)]]
    assert rows[0].values["description"] == "面积（亩）：5；销路：已有客商看货"
    assert "各" in refused(rows[4])["quantity"]


def test_each_of_these_is_taken_for_offers_and_has_a_head() -> None:
    for name, made in offices.OFFICES.items():
        sheet = read_sheets(made(), name)[0]
        assert guess_kind(sheet) is ImportKind.OFFERS, name
        assert find_head(sheet, ImportKind.OFFERS) is not None, name
