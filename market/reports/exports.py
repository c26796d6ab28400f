"""A fair's county table to take away: as a workbook with real sums, and as CSV."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import xlsxwriter
from flask_babel import gettext as _
from xlsxwriter.utility import xl_col_to_name

from market.fairs.models import Fair
from market.filters import local_name, moment
from market.sheets import csv_bytes, disarmed
from market.tallies.queries import CountyRow, Prefecture, Totals, counted_at, county_table

FEN_A_WAN = 1_000_000
# The columns of numbers, in their order; money in 万元.
COUNTS = ("listings", "sell", "buy", "merchants", "deals")
MONEY = ("amount_fen", "sold_fen", "bought_fen")
FIRST_NUMBER = 3
HEADER_ROW = 3


@dataclass(frozen=True)
class Table:
    """What both formats are written from."""

    title: str
    unit_line: str
    time_line: str
    prefectures: Sequence[Prefecture]

    @property
    def total(self) -> Totals:
        return Totals.of(p.total for p in self.prefectures)


def fair_table(fair: Fair) -> Table:
    """The county table of `fair` as of its last count."""
    at: datetime | None = counted_at(fair)
    title = _("%(fair)s: county table", fair=local_name(fair))
    if fair.is_replay:
        title += " " + _("(real totals, invented detail)")
    return Table(
        title=title,
        unit_line=_("Reporting unit: %(region)s", region=local_name(fair.region)),
        time_line=_("Cut-off time: %(time)s", time=moment(at) or _("not counted yet")),
        prefectures=county_table(fair),
    )


def headings() -> list[str]:
    return [
        _("Prefecture"),
        _("County"),
        _("Rank"),
        _("Listings"),
        _("Supply"),
        _("Demand"),
        _("Effective merchants"),
        _("Deals"),
        _("Value (10,000 yuan)"),
        _("Sold (10,000 yuan)"),
        _("Bought (10,000 yuan)"),
    ]


def numbers(row: Totals) -> list[int | Decimal]:
    """The row's numbers in the order of the headings; money exactly, in 万元."""
    counts = [getattr(row, name) for name in COUNTS]
    return counts + [Decimal(getattr(row, name)) / FEN_A_WAN for name in MONEY]


def fair_csv(fair: Fair) -> bytes:
    """The table as CSV: a row for each county, and the total last. Money to the fen."""
    table = fair_table(fair)

    def rows() -> Iterator[list[Any]]:
        yield [table.title]
        yield [table.unit_line, table.time_line]
        yield headings()
        for prefecture in table.prefectures:
            for c in prefecture.counties:
                yield [local_name(prefecture), local_name(c), c.rank or "", *_plain(c)]
        yield [_("Total"), "", "", *_plain(table.total)]

    return csv_bytes(rows())


def _plain(row: Totals) -> list[int | str]:
    return [n if isinstance(n, int) else f"{n:.6f}" for n in numbers(row)]


def fair_workbook(fair: Fair) -> bytes:
    """The table as xlsx for A4: subtotals and the total are SUM formulas, values included."""
    table = fair_table(fair)
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"constant_memory": True, "in_memory": False}) as book:
        book.set_properties({"title": table.title})
        _Writer(book, table).write()
    return file.getvalue()


class _Writer:
    """Writes the one sheet from the top down, as constant memory asks."""

    def __init__(self, book: Any, table: Table) -> None:
        self.table = table
        self.sheet = book.add_worksheet(_("County table"))
        box = {"border": 1, "font_name": "SimSun", "font_size": 10}
        bold = {**box, "bold": True}
        self.formats = {
            "title": book.add_format({"bold": True, "font_size": 16, "align": "center"}),
            "line": book.add_format({"font_size": 10}),
            "right": book.add_format({"font_size": 10, "align": "right"}),
            "head": book.add_format({**bold, "align": "center", "text_wrap": True}),
            "text": book.add_format(box),
            "count": book.add_format({**box, "num_format": "#,##0"}),
            "money": book.add_format({**box, "num_format": "#,##0.00"}),
            "text_bold": book.add_format(bold),
            "count_bold": book.add_format({**bold, "num_format": "#,##0"}),
            "money_bold": book.add_format({**bold, "num_format": "#,##0.00"}),
        }
        self.last = len(headings()) - 1

    def write(self) -> None:
        self._set_up_page()
        self._write_head()
        row = HEADER_ROW + 1
        subtotals: list[int] = []
        for prefecture in self.table.prefectures:
            first = row
            for county in prefecture.counties:
                self._write_county(row, prefecture, county)
                row += 1
            spans = "{column}%d:{column}%d" % (first + 1, row)  # noqa: UP031
            name = _("%(name)s subtotal", name=local_name(prefecture))
            self._write_sums(row, name, spans, prefecture.total)
            subtotals.append(row + 1)
            row += 1
        spans = ",".join(f"{{column}}{number}" for number in subtotals) or "{column}1"
        self._write_sums(row, _("Total"), spans, self.table.total)
        self.sheet.print_area(0, 0, row, self.last)

    def _set_up_page(self) -> None:
        self.sheet.set_paper(9)  # A4
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(HEADER_ROW)
        self.sheet.freeze_panes(HEADER_ROW + 1, FIRST_NUMBER - 1)
        self.sheet.set_footer("&C&P / &N")
        self.sheet.set_column(0, 1, 22)
        self.sheet.set_column(2, self.last, 12)

    def _write_head(self) -> None:
        self.sheet.merge_range(
            0, 0, 0, self.last, disarmed(self.table.title), self.formats["title"]
        )
        self.sheet.write_string(1, 0, disarmed(self.table.unit_line), self.formats["line"])
        self.sheet.write_string(1, self.last, disarmed(self.table.time_line), self.formats["right"])
        for column, heading in enumerate(headings()):
            self.sheet.write_string(HEADER_ROW, column, heading, self.formats["head"])

    def _write_county(self, row: int, prefecture: Prefecture, county: CountyRow) -> None:
        self.sheet.write_string(row, 0, disarmed(local_name(prefecture)), self.formats["text"])
        self.sheet.write_string(row, 1, disarmed(local_name(county)), self.formats["text"])
        if county.rank:
            self.sheet.write_number(row, 2, county.rank, self.formats["count"])
        else:
            self.sheet.write_blank(row, 2, None, self.formats["count"])
        for column, number in enumerate(numbers(county), FIRST_NUMBER):
            self.sheet.write_number(row, column, number, self.formats[_kind(number)])

    def _write_sums(self, row: int, name: str, spans: str, total: Totals) -> None:
        self.sheet.write_string(row, 0, disarmed(name), self.formats["text_bold"])
        for column in (1, 2):
            self.sheet.write_blank(row, column, None, self.formats["text_bold"])
        for column, number in enumerate(numbers(total), FIRST_NUMBER):
            formula = f"=SUM({spans.format(column=xl_col_to_name(column))})"
            bold = self.formats[f"{_kind(number)}_bold"]
            self.sheet.write_formula(row, column, formula, bold, float(number))


def _kind(number: int | Decimal) -> str:
    return "count" if isinstance(number, int) else "money"
