"""Binary Excel workbooks are read like others, within the same limits."""

from __future__ import annotations

import random
from contextlib import suppress

import pytest

from market.imports.reading.archives import pack, unpack
from market.imports.reading.sheets import MAX_COLUMNS, MAX_ROWS, UnreadableFile, read_sheets
from tests.imports.reading.binary_books import binary_workbook
from tests.imports.reading.books import read, refused, values

pytestmark = pytest.mark.usefixtures("reference")
HEADS: list[object] = ["户主", "电话", "村", "品名", "数量(斤)".encode()]
ROWS = {
    0: ["夹山镇供应表", None, None, None, None],
    1: HEADS,
    2: ["张三", 13800001122, "栗山村", "脐橙", 3000],
    3: ["李四", "13800001123", None, "蜜柚", "#REF!"],
}


def test_a_binary_workbook_is_read_with_its_ranges_errors_and_hidden_sheets() -> None:
    data = binary_workbook(
        {"供应": ROWS, "字典": {0: ["x"]}}, merged=[(0, 0, 0, 4), (2, 3, 2, 2)], hidden=["字典"]
    )
    sheet, other = read_sheets(data, "供应.xlsb")
    assert (sheet.name, sheet.is_hidden, other.is_hidden) == ("供应", False, True)
    rows, others = read(sheet)
    assert [values(row, "name", "phone", "village", "product", "quantity") for row in rows] == [
        ("张三", "+8613800001122", "栗山村", "0301014", "3000"),
        ("李四", "+8613800001123", "栗山村", "0301021", None),
    ]
    assert "#REF!" in refused(rows[1])["quantity"]
    assert others == {0: "title", 1: "title"}


@pytest.mark.parametrize(
    "rows",
    [
        {**ROWS, MAX_ROWS: ["王五"]},
        {**ROWS, 1_048_575: ["王五"]},
        {**ROWS, 4: [None] * MAX_COLUMNS + ["王五"]},
    ],
)
def test_a_binary_workbook_that_reaches_too_far_is_refused(rows: dict[int, list[object]]) -> None:
    with pytest.raises(UnreadableFile):
        read_sheets(binary_workbook({"供应": rows}), "供应.xlsb")


@pytest.mark.parametrize("member", ["xl/workbook.bin", "xl/worksheets/sheet1.bin"])
def test_a_broken_binary_workbook_is_a_sentence_and_no_crash(member: str) -> None:
    whole, rng = unpack(binary_workbook({"供应": ROWS}), lambda _name: True), random.Random(5)
    for _ in range(150):
        broken = bytearray(whole[member])
        for _ in range(rng.randint(1, 6)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        with suppress(UnreadableFile):
            read_sheets(pack({**whole, member: bytes(broken)}), "供应.xlsb")
