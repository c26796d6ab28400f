from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import openpyxl
import pytest
import xlsxwriter

import config
from market.accounts.models import Account
from market.database import db, transaction
from market.fairs.models import Fair
from market.regions.models import Region
from market.tables import table
from market.tables.table import Column, ColumnKind
from market.tables.workbooks import _Sheet, csv_chunks, workbook_bytes
from market.tallies.services import recount
from market.text.cells import csv_bytes, disarmed
from tests.fairs.factories import count_deal, make_fair

Make = Callable[..., Account]


@pytest.fixture
def fair(make_account: Make) -> Fair:
    """A counted fair; one prefecture's name begins like a formula."""
    fair, buyer = make_fair(), make_account(region="430102")
    for place, amount in (("430726", 1_234_567_89), ("430671", 300_000_00)):
        count_deal(fair, make_account(region=place), buyer, amount)
    with transaction():
        db.session.get_one(Region, "430726").name = "=HYPERLINK(1)"
        db.session.flush()
        recount(fair.id)
    return fair


def sheet(client: Any, data_only: bool) -> Any:
    response = client.get("/fairs/2026-autumn/regions/430000/tables/counties.xlsx")
    assert response.status_code == 200
    return openpyxl.load_workbook(io.BytesIO(response.data), data_only=data_only).active


def test_the_workbook_has_every_county_with_numbers_as_numbers(client: Any, fair: Fair) -> None:
    *rows, note = sheet(client, data_only=True).iter_rows(min_row=5, values_only=True)
    assert "四舍五入" in note[0]
    counties = [row for row in rows if row[1]]
    assert len(counties) == 124
    shimen = next(row for row in counties if "HYPERLINK" in row[1])
    assert shimen[3:5] == (123.456789, 1)
    assert shimen[2] == 1
    numbers = [n for row in counties for i, n in enumerate(row) if i > 2]
    assert all(isinstance(number, int | float) for number in numbers)
    mass = 5  # zero, and known to be, where nothing was dealt
    assert [row[mass] for row in counties if row[mass]] == [0.05, 0.05]


def test_the_sums_of_the_workbook_are_formulas_with_their_values(client: Any, fair: Fair) -> None:
    *formulas, _n = sheet(client, data_only=False).iter_rows(min_row=5, values_only=True)
    *values, _n = sheet(client, data_only=True).iter_rows(min_row=5, values_only=True)
    subtotals = [i for i, row in enumerate(formulas) if not row[1]]
    assert len(subtotals) == 15
    varieties = 9  # they add up nowhere
    summed = [c for i in subtotals for n, c in enumerate(formulas[i]) if n > 2 and n != varieties]
    assert all(cell.startswith("=SUM(") for cell in summed)
    assert values[-1][3:5] == (pytest.approx(153.456789), 2)
    covered = 0
    for i in subtotals[:-1]:
        first, last = formulas[i][3].removeprefix("=SUM(").removesuffix(")").split(":")
        part = values[int(first[1:]) - 5 : int(last[1:]) - 4]
        assert sum(row[3] for row in part) == pytest.approx(values[i][3])
        covered += len(part)
    assert covered == 124
    total = formulas[-1][3].removeprefix("=SUM(").removesuffix(")").split(",")
    assert [int(cell[1:]) - 5 for cell in total] == subtotals[:-1]


def test_the_workbook_says_what_who_and_as_of_when_and_prints_on_a4(
    client: Any, fair: Fair
) -> None:
    made = sheet(client, data_only=True)
    assert "2026年秋季对接会" in made["A1"].value
    assert "湖南省" in made["A2"].value
    assert any(str(cell.value or "").endswith(":00") or cell.value for cell in made[2][1:])
    assert made.page_setup.paperSize == 9
    assert made.print_title_rows == "$4:$4"


def test_text_that_begins_like_a_formula_is_disarmed_in_both(client: Any, fair: Fair) -> None:
    cells = [cell for row in sheet(client, data_only=False).iter_rows() for cell in row]
    (hostile,) = [cell for cell in cells if "HYPERLINK" in str(cell.value)]
    assert (hostile.value, hostile.data_type) == ("'=HYPERLINK(1)", "s")
    response = client.get("/fairs/2026-autumn/regions/430000/tables/counties.csv")
    assert "'=HYPERLINK(1)" in response.get_data(as_text=True)


def test_the_csv_opens_as_chinese_and_adds_up_to_the_fen(client: Any, fair: Fair) -> None:
    response = client.get("/fairs/2026-autumn/regions/430000/tables/counties.csv")
    assert response.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in response.headers["Content-Disposition"]
    counties = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert len(counties) == 124
    assert sum(Decimal(row["成交额（万元）"]) for row in counties) == Decimal("153.456789")
    assert sum(int(row["成交笔数"]) for row in counties) == 2


def test_a_csv_has_one_row_of_heads_the_codes_of_regions_and_no_sums(
    client: Any, fair: Fair
) -> None:
    response = client.get("/fairs/2026-autumn/regions/430000/tables/counties.csv")
    heads, *rows = csv.reader(io.StringIO(response.data.decode("utf-8-sig")))
    assert heads[:5] == [
        *("市州代码（GB/T 2260）", "市州", "县市区代码（GB/T 2260）", "县市区", "排名"),
    ]
    assert ["430700", "常德市", "430725", "桃源县"] in [row[:4] for row in rows]
    assert len(rows) == 124
    assert {len(row) for row in rows} == {len(heads)}
    assert not any("合计" in cell or "小计" in cell for row in rows for cell in row)


def test_negative_numbers_stay_numbers_and_whole_ones_have_no_point() -> None:
    columns = [
        *(
            table.Column("a"),
            table.Column("b", ColumnKind.NUMBER),
            table.Column("c", ColumnKind.WAN),
        ),
        *(table.Column("d", ColumnKind.YUAN), table.Column("e", ColumnKind.MASS)),
        *(table.Column("f", ColumnKind.SHARE), table.Column("g", ColumnKind.COUNT)),
    ]
    rows = [
        ("-1+1", Decimal("-5"), -1_000_000, -50, Decimal(-2000), Decimal("-0.25"), -3),
        ("＝1", Decimal("2.5"), 1, 1, None, Decimal(0), 0),
        ("b", None, 0, 0, Decimal(0), None, None),
    ]
    made = table.Table("t", "t", "t", (), columns, [table.Block(rows)])
    written = b"".join(csv_chunks(made)).decode("utf-8-sig").splitlines()
    assert written[1:] == [
        "'-1+1,-5,-1.000000,-0.50,-2,-0.25,-3",
        "'＝1,2.5,0.000001,0.01,,0,0",
        "b,,0.000000,0.00,0,,",
    ]
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_bytes(made))).active
    one, other = sheet[5], sheet[6]
    assert [cell.value for cell in one] == ["'-1+1", -5, -1, -0.5, -2, -0.25, -3]
    assert (one[1].number_format, other[1].number_format) == ("#,##0", "#,##0.####")
    assert other[4].value is None
    assert sheet[7][4].value == 0


def test_a_fair_known_by_its_totals_has_no_table_to_take_away(client: Any) -> None:
    make_fair(totals_only=True, total_listings=1)
    for kind in ("xlsx", "csv"):
        assert (
            client.get(f"/fairs/2026-autumn/regions/430000/tables/counties.{kind}").status_code
            == 404
        )


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_every_beginning_of_a_formula_is_disarmed(text: str) -> None:
    assert disarmed(text) == f"'{text}"


def test_numbers_and_plain_text_stay_as_they_are() -> None:
    assert [disarmed(v) for v in (-5, "石门县", "", None)] == [-5, "石门县", "", None]
    assert csv_bytes([["石门县", -5]]).decode("utf-8-sig") == "石门县,-5\r\n"


def test_rows_written_at_once_are_the_cells_that_the_library_writes_one_by_one() -> None:
    """`_Sheet` writes into private parts of XlsxWriter, whose version is pinned for it."""
    setup = (config.ROOT / "setup.cfg").read_text("utf-8")
    assert f"XlsxWriter=={xlsxwriter.__version__}\n" in setup
    columns = [Column("品名"), Column("笔数", ColumnKind.COUNT), Column("备注")]
    rows = [["翠冠梨", 12, None], ["<脐橙> ", 3, "一二"], ["茶", 0, ""]]

    def at_once(sheet: Any, look: Any) -> None:
        assert sheet.write_rows(2, columns, rows, look) == 2 + len(rows)

    def one_by_one(sheet: Any, look: Any) -> None:
        for number, row in enumerate(rows, 2):
            for index, (column, value) in enumerate(zip(columns, row, strict=True)):
                sheet.write(number, index, value, look[column.kind])

    assert _sheet_xml(at_once) == _sheet_xml(one_by_one)


def _sheet_xml(write: Callable[[Any, Any], None]) -> list[tuple[str, Any]]:
    """(tag, attributes, text) of all elements of a sheet with a row before and one after."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        look = {kind: book.add_format({"num_format": "#,##0"}) for kind in ColumnKind}
        sheet = book.add_worksheet("表", worksheet_class=_Sheet)
        sheet.write(0, 0, "前")
        write(sheet, look)
        sheet.write(9, 1, "后")
    xml = ElementTree.fromstring(zipfile.ZipFile(target).read("xl/worksheets/sheet1.xml"))
    space = "{http://www.w3.org/XML/1998/namespace}space"
    attributes = [
        {k: v for k, v in one.attrib.items() if k not in (space, "spans")} for one in xml.iter()
    ]
    return [(one.tag, each, one.text) for one, each in zip(xml.iter(), attributes, strict=True)]
