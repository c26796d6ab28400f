"""Tables of web pages, which many systems export under the name .xls."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from market.imports.reading.delimited import decode
from market.imports.reading.merging import MAX_MERGED, make_sheet
from market.imports.reading.sheet import (
    MAX_COLUMNS,
    MAX_ROWS,
    CellValue,
    Merged,
    Place,
    Sheet,
    TooLargeSheet,
    UnreadableFile,
)
from market.web.language import lazy_gettext as _l

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
_NOT_SHOWN = ("style", "script", "title", "head", "xml")
_BREAKS = ("br", "p", "div", "li")


class _Nested(Exception):
    """A table inside a table lays out a page: which is the sheet, nobody can tell."""


class _Table:
    """The cells of one table as they come."""

    def __init__(self) -> None:
        self.rows: list[list[CellValue]] = []
        self.ranges: list[Merged] = []
        self.covered: set[Place] = set()

    def put(self, row: int, column: int, text: str, tall: int, wide: int) -> int:
        """Put a cell at the first free place of its row from `column` on; the column behind it."""
        while (row, column) in self.covered:
            column += 1
        while len(self.rows) <= row:
            self.rows.append([])
        cells = self.rows[row]
        if text and (row >= MAX_ROWS or column >= MAX_COLUMNS):
            raise TooLargeSheet()
        if text:
            cells.extend([None] * (column + 1 - len(cells)))
            cells[column] = text
        if tall > 1 or wide > 1:
            last_row, last_column = row + tall - 1, min(column + wide, MAX_COLUMNS) - 1
            self.ranges.append(Merged(row, column, last_row, last_column))
            if len(self.covered) + tall * wide > MAX_MERGED:
                raise TooLargeSheet()
            below = range(row + 1, last_row + 1)
            self.covered |= {(r, c) for r in below for c in range(column, last_column + 1)}
        return column + wide


class _Tables(HTMLParser):
    """Collects the cells of every table with their spans."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[_Table] = []
        self.row, self.column, self.span = -1, 0, (1, 1)
        self.text: list[str] | None = None
        self.is_inside, self.hidden = False, 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _NOT_SHOWN:
            self.hidden += 1
        elif tag == "table":
            if self.is_inside:
                raise _Nested
            self.is_inside, self.row = True, -1
            self.tables.append(_Table())
        elif tag == "tr" and self.is_inside:
            self._end_cell()
            self.row, self.column = self.row + 1, 0
        elif tag in ("td", "th") and self.is_inside:
            self._end_cell()
            self.row = max(self.row, 0)
            named = dict(attrs)
            self.span = _span(named.get("rowspan")), _span(named.get("colspan"))
            self.text = []
        elif tag in _BREAKS and self.text:
            self.text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _NOT_SHOWN:
            self.hidden = max(0, self.hidden - 1)
        elif tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table":
            self._end_cell()
            self.is_inside = False

    def handle_data(self, data: str) -> None:
        if self.text is not None and not self.hidden:
            self.text.append(data)

    def _end_cell(self) -> None:
        if self.text is None:
            return
        text = " ".join("".join(self.text).split())
        self.column = self.tables[-1].put(self.row, self.column, text, *self.span)
        self.text = None


def _span(text: str | None) -> int:
    digits = (text or "").strip()
    return min(max(int(digits), 1), MAX_ROWS) if digits.isascii() and digits.isdigit() else 1


def read_html(data: bytes, name: str) -> list[Sheet]:
    """The tables of a page, each a sheet.

    Raises:
        UnreadableFile: its tables lie one inside the other, or there is none.
    """
    parser = _Tables()
    try:
        parser.feed(_text(data))
        parser.close()
        parser._end_cell()
    except (_Nested, AssertionError):
        raise UnreadableFile(
            _l(
                "This is a web page that is called a workbook. Open it in Excel or WPS, save it as "
                "an Excel workbook (.xlsx) and send that."
            )
        ) from None
    names = [f"{name} {n}" for n in range(1, len(parser.tables) + 1)]
    if len(names) == 1:
        names = [name]
    found = zip(names, parser.tables, strict=True)
    return [make_sheet(called, table.rows, table.ranges) for called, table in found]


def _text(data: bytes) -> str:
    """The page in the encoding that it names, where it is so."""
    if found := _CHARSET.search(data[:4096]):
        encoding = found[1].decode("ascii").lower()
        encoding = "gb18030" if encoding.startswith("gb") else encoding
        try:
            return data.decode(encoding)
        except (LookupError, ValueError):
            pass
    return decode(data)
