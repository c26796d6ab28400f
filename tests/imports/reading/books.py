"""Workbooks made for tests, and what is read of them."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from market.imports.reading.fields import ImportKind
from market.imports.reading.heads import find_head
from market.imports.reading.rows import ParsedRow, ReadingContext, SkippedRow, read_rows
from market.imports.reading.sheets import Sheet, read_sheets

# 石门县.
SHIMEN = "430726"
TODAY = date(2026, 11, 30)
CONTEXT = ReadingContext(TODAY, (SHIMEN,))


def workbook(
    sheets: Mapping[str, Sequence[Sequence[Any]]],
    merged: Iterable[str] = (),
    hidden: Iterable[str] = (),
) -> bytes:
    """An Excel workbook. A cell ("=B2*2", 7) is a formula with its value.

    Args:
        merged: ranges of the first sheet (A1:H1), each with the value of its first cell.
    """
    data = io.BytesIO()
    book = xlsxwriter.Workbook(data, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy/m/d"})
    made = []
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        made.append(sheet)
        if name in hidden:
            sheet.hide()
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, date):
                    sheet.write_datetime(
                        row, column, datetime(cell.year, cell.month, cell.day), day
                    )
                elif isinstance(cell, tuple):
                    sheet.write_formula(row, column, cell[0], None, cell[1])
                elif cell is not None:
                    sheet.write(row, column, cell)
    first = next(iter(sheets.values()))
    for area in merged:
        row, column = xlsxwriter.utility.xl_cell_to_rowcol(area.partition(":")[0])
        made[0].merge_range(area, first[row][column])
    book.close()
    return data.getvalue()


def sheet_of(data: bytes, name: str = "表.xlsx") -> Sheet:
    """The one sheet of a file that is shown."""
    (sheet,) = (sheet for sheet in read_sheets(data, name) if not sheet.is_hidden)
    return sheet


def read(
    sheet: Sheet, kind: ImportKind = ImportKind.OFFERS, context: ReadingContext = CONTEXT
) -> tuple[list[ParsedRow], dict[int, str]]:
    """(the entries, why each other row is none) of a sheet."""
    head = find_head(sheet, kind)
    assert head is not None, "no head"
    rows = list(read_rows(sheet, head, kind, context))
    entries = [row for row in rows if isinstance(row, ParsedRow)]
    return entries, {row.row: row.reason for row in rows if isinstance(row, SkippedRow)}


def values(row: ParsedRow, *fields: str) -> tuple[Any, ...]:
    """The values of these fields as texts; None for none."""
    return tuple(None if (v := row.values.get(f)) is None else _text(v) for f in fields)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else f"{value}"


def refused(row: ParsedRow) -> dict[str | None, str]:
    """The problems of a row, by field."""
    return {problem.field: str(problem.text) for problem in row.problems}
