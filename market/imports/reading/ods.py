"""What calamine does not tell of an OpenDocument sheet: how far it reaches, its merged ranges, its
errors, and formulas that were never worked out."""

from __future__ import annotations

from collections.abc import Mapping

from market.imports.reading.file_kinds import PASSWORD
from market.imports.reading.scan import Scan
from market.imports.reading.sheet import MAX_COLUMNS, MAX_ROWS, Merged, UnreadableFile
from market.imports.reading.xlsx import parse_xml

_CELLS = ("table-cell", "covered-table-cell")
_MAX_REPEATED = 1 << 21


def scan_ods(members: Mapping[str, bytes]) -> dict[str, Scan]:
    """The scans of a document's sheets by their names.

    Raises:
        UnreadableFile: its XML is broken, or it is locked with a password.
    """
    if b"encryption-data" in members.get("META-INF/manifest.xml", b""):
        raise UnreadableFile(PASSWORD)
    found = _Pass()
    parse_xml(members.get("content.xml", b""), found.start, found.end, found.text)
    return found.scans


def _count(attributes: dict[str, str], name: str) -> int:
    digits = attributes.get(f"table:{name}", "1")
    return min(max(int(digits), 1), _MAX_REPEATED) if digits.isdecimal() else 1


class _Pass:
    """One pass over the XML of all sheets."""

    def __init__(self) -> None:
        self.scans: dict[str, Scan] = {}
        self.scan = Scan()
        self.row = self.column = self.rows = 0
        self.cell: dict[str, str] | None = None
        self.words: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if name == "table:table":
            self.scan = self.scans[attributes.get("table:name", "")] = Scan()
            self.row = self.column = 0
        elif local == "table-row":
            self.rows, self.column = _count(attributes, "number-rows-repeated"), 0
        elif local in _CELLS:
            self.cell, self.words = attributes, []

    def text(self, text: str) -> None:
        if self.cell is not None:
            self.words.append(text)

    def end(self, name: str) -> None:
        local = name.rpartition(":")[2]
        if local == "table-row":
            self.row += self.rows
        elif local in _CELLS and self.cell is not None:
            self._finish(self.cell, "".join(self.words).strip())
            self.cell = None

    def _finish(self, cell: dict[str, str], words: str) -> None:
        wide = _count(cell, "number-columns-repeated")
        formula = cell.get("table:formula", "").partition(":")[2]
        kind = cell.get("office:value-type", "")
        if kind or words or formula:
            self.scan.reach(self.row + self.rows - 1, self.column + wide - 1)
            if cell.get("calcext:value-type") == "error":
                self._show(wide, words or "#N/A")
            elif formula and not (kind or words):
                self._show(wide, formula)
            self._merge(cell)
        self.column += wide

    def _show(self, wide: int, text: str) -> None:
        for row in range(self.row, min(self.row + self.rows, MAX_ROWS)):
            for column in range(self.column, min(self.column + wide, MAX_COLUMNS)):
                self.scan.shown[row, column] = text

    def _merge(self, cell: dict[str, str]) -> None:
        tall, wide = _count(cell, "number-rows-spanned"), _count(cell, "number-columns-spanned")
        if tall > 1 or wide > 1:
            last_row, last_column = self.row + tall - 1, self.column + wide - 1
            self.scan.ranges.append(Merged(self.row, self.column, last_row, last_column))
