"""Tables written as CSV and as workbooks; text that would be a formula is disarmed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO
from xml.sax.saxutils import escape

import xlsxwriter
from flask_babel import gettext as _
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from market.tables.table import (
    XML_ILLEGAL,
    Column,
    ColumnKind,
    RegionName,
    Table,
    TableRow,
    csv_value,
    spreadsheet_value,
)
from market.text.cells import csv_parts, disarmed
from market.web.language import is_english

HEADER_ROW = 3
FORMATS = {
    ColumnKind.TEXT: "",
    ColumnKind.COUNT: "#,##0",
    ColumnKind.WAN: "#,##0.00",
    ColumnKind.YUAN: "#,##0.00",
    ColumnKind.MASS: "#,##0.00",
    ColumnKind.NUMBER: "#,##0.####",
    ColumnKind.SHARE: "0.0%",
    ColumnKind.DATE: "yyyy-mm-dd",
    ColumnKind.FORMATTED: "",
}
# "#,##0.####" would show a whole number as "5.".
WHOLE_NUMBER = "whole"
ROWS_AT_ONCE = 500
# How many values of a column are cached as XML.
MAX_CACHED_VALUES = 30_000


def csv_chunks(table: Table) -> Iterator[bytes]:
    """The table as CSV for machines, some hundred rows at a time: one row of heads, then the
    rows themselves, no title and no sums; the code of each region stands before its name."""

    def rows() -> Iterator[Sequence[Any]]:
        heads: list[str] = []
        for column in table.columns:
            heads += [_code_head(column)] if column.is_region else []
            heads.append(column.label)
        yield heads
        for block in table.blocks:
            for row in block.rows:
                yield _csv_row(table.columns, row)

    return csv_parts(rows())


def _code_head(column: Column) -> str:
    return _("%(column)s code (GB/T 2260)", column=column.label)


def _csv_row(columns: Sequence[Column], row: TableRow) -> list[Any]:
    cells: list[Any] = []
    for column, value in zip(columns, row, strict=True):
        if column.is_region:
            cells.append(value.code if isinstance(value, RegionName) else "")
        cells.append(csv_value(column.kind, value))
    return cells


def write_workbook(file: BinaryIO | Path, title: str, tables: Iterable[Table]) -> None:
    """A workbook for A4 with a sheet for each table; its sums are SUM formulas, values included.

    Rows go to a temporary file as they come: memory does not grow with their number.
    """
    target = str(file) if isinstance(file, Path) else file
    with xlsxwriter.Workbook(target, {"constant_memory": True}) as book:
        book.set_properties({"title": title})
        formats = _formats(book)
        for table in tables:
            sheet = book.add_worksheet(_sheet_name(table.label), worksheet_class=_Sheet)
            _Writer(sheet, table, formats).write()


def workbook_bytes(table: Table) -> bytes:
    """A workbook of the one table."""
    file = io.BytesIO()
    write_workbook(file, table.title, [table])
    return file.getvalue()


def _sheet_name(label: str) -> str:
    """At most 31 characters, without those that a sheet's name may not have."""
    return label.translate(dict.fromkeys(map(ord, "[]:*?/\\'"), " ")).strip()[:31]


def _formats(book: Any) -> dict[str, Any]:
    box = {"border": 1, "font_name": "SimSun", "font_size": 10}
    bold = {**box, "bold": True}
    made = {
        "title": {"bold": True, "font_size": 16, "align": "center"},
        "line": {"font_size": 10},
        "right": {"font_size": 10, "align": "right"},
        "head": {**bold, "align": "center", "text_wrap": True},
    }
    wan = {ColumnKind.WAN: "#,##0.0000"} if is_english() else {}  # as filters.wan
    for kind, number in [*(FORMATS | wan).items(), (WHOLE_NUMBER, FORMATS[ColumnKind.COUNT])]:
        shape = {"num_format": number} if number else {}
        made[kind] = {**box, **shape}
        made[f"{kind}_bold"] = {**bold, **shape}
    return {name: book.add_format(values) for name, values in made.items()}


class _Sheet(Worksheet):
    """A worksheet that takes many rows at once.

    XlsxWriter's own way for a cell checks and keeps each before writing it: for the million
    and a half cells of a fair that is half a minute. The rows go into the same file in the
    same form (strings in the cell, as constant memory has them).
    """

    def write_rows(
        self, first: int, columns: Sequence[Column], rows: Iterable[TableRow], look: Any
    ) -> int:
        """Write the rows from the row `first` (from 0) on; returns the row after the last."""
        self._write_single_row(first)
        cells = [_cell(i, column, look) for i, column in enumerate(columns)]
        number, parts = first, []
        for row in rows:
            number += 1  # the file's rows are counted from 1
            n = str(number)
            written = [
                f"{begin}{n}{cache[value]}"
                for (begin, cache), value in zip(cells, row, strict=True)
            ]
            parts.append(f'<row r="{n}">{"".join(written)}</row>')
            if len(parts) >= ROWS_AT_ONCE:
                self.row_data_fh.write("".join(parts))
                parts.clear()
        self.row_data_fh.write("".join(parts))
        if number > first:
            self._check_dimensions(first, 0)
            self._check_dimensions(number - 1, len(columns) - 1)
        self.previous_row = number
        return number


class _XmlCache(dict[Any, str]):
    """The XML of a column's values: places, products and names repeat."""

    def __init__(self, written: Callable[[Any], str]) -> None:
        super().__init__()
        self.written = written

    def __missing__(self, value: Any) -> str:
        if len(self) >= MAX_CACHED_VALUES:
            self.clear()
        self[value] = written = self.written(value)
        return written


def _format_name(kind: ColumnKind, value: Any) -> str:
    """The name of the format for a value of the kind."""
    is_whole = kind is ColumnKind.NUMBER and Decimal(value).quantize(Decimal("0.0001")) % 1 == 0
    return WHOLE_NUMBER if is_whole else kind


def _cell(index: int, column: Column, look: Any) -> tuple[str, _XmlCache]:
    """Of a cell in the column: its beginning, and the rest of it by the cell's value."""
    kind = column.kind
    style = look[kind]._get_xf_index()

    def written(value: Any) -> str:
        if value == "" or value is None:
            return f'" s="{style}"/>'
        if kind in (ColumnKind.TEXT, ColumnKind.FORMATTED):
            text = escape(disarmed(str(value).translate(XML_ILLEGAL)))
            form = f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
            return f"{form}{text}</t></is></c>"
        shape = look[_format_name(kind, value)]._get_xf_index()
        return f'" s="{shape}"><v>{spreadsheet_value(kind, value)}</v></c>'

    return f'<c r="{xl_col_to_name(index)}', _XmlCache(written)


class _Writer:
    """Writes one sheet from the top down, as constant memory asks."""

    def __init__(self, sheet: _Sheet, table: Table, formats: dict[str, Any]) -> None:
        self.sheet, self.table, self.formats = sheet, table, formats
        self.last = len(table.columns) - 1
        self.names = sum(not column.is_number for column in table.columns[:2])

    def write(self) -> None:
        self._set_up_page()
        self._write_head()
        row = HEADER_ROW + 1
        sums: list[str] = []
        for block in self.table.blocks:
            first = row
            row = self.sheet.write_rows(row, self.table.columns, block.rows, self.formats)
            span = f"{{column}}{first + 1}:{{column}}{row}"
            if block.subtotal is not None:
                self._write_sums(row, block.subtotal, [span] if row > first else [])
                row += 1
                span = f"{{column}}{row}"
            if row > first:
                sums.append(span)
        if self.table.total is not None:
            self._write_sums(row, self.table.total, sums)
            row += 1
        if note := self.table.note:
            self.sheet.write_string(row, 0, note, self.formats["line"])
            row += 1
        self.sheet.print_area(0, 0, max(row - 1, HEADER_ROW), self.last)

    def _set_up_page(self) -> None:
        self.sheet.set_paper(9)  # A4
        self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(HEADER_ROW)
        self.sheet.freeze_panes(HEADER_ROW + 1, self.names)
        self.sheet.set_footer("&C&P / &N")
        for index, column in enumerate(self.table.columns):
            self.sheet.set_column(index, index, column.width)

    def _write_head(self) -> None:
        title = disarmed(self.table.title)
        if self.last:
            self.sheet.merge_range(0, 0, 0, self.last, title, self.formats["title"])
        else:
            self.sheet.write_string(0, 0, title, self.formats["title"])
        if self.table.lines:
            self.sheet.write_string(1, 0, disarmed(self.table.lines[0]), self.formats["line"])
        if len(self.table.lines) > 1:
            self.sheet.write_string(
                1, self.last, disarmed(self.table.lines[-1]), self.formats["right"]
            )
        for index, column in enumerate(self.table.columns):
            self.sheet.write_string(HEADER_ROW, index, column.label, self.formats["head"])

    def _write_sums(self, row: int, values: TableRow, spans: Sequence[str]) -> None:
        """A row of sums: formulas where the column adds up, else the value itself."""
        for index, (column, value) in enumerate(zip(self.table.columns, values, strict=True)):
            bold = self.formats[f"{column.kind}_bold"]
            if value is None or value == "":
                self.sheet.write_blank(row, index, None, bold)
            elif not column.is_number:
                self.sheet.write_string(row, index, disarmed(str(value)), bold)
            elif column.adds and spans:
                letter = xl_col_to_name(index)
                formula = f"=SUM({','.join(span.format(column=letter) for span in spans)})"
                number = spreadsheet_value(column.kind, value)
                shown = number if isinstance(number, int) else float(number)
                self.sheet.write_formula(row, index, formula, bold, shown)
            else:
                shape = self.formats[f"{_format_name(column.kind, value)}_bold"]
                self.sheet.write_number(row, index, spreadsheet_value(column.kind, value), shape)
