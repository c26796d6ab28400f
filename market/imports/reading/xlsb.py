"""What calamine does not tell of a binary Excel workbook (.xlsb): how far its cells reach, its
errors and its merged ranges.

Its members are records: a number, a length, and so many bytes (MS-XLSB 2.1.4).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping

from market.imports.reading.scan import Scan
from market.imports.reading.sheet import Merged, UnreadableFile
from market.imports.reading.xlsx import related_paths

_WORKBOOK, _RELATIONS = "xl/workbook.bin", "xl/_rels/workbook.bin.rels"
_ROW, _MERGED, _SHEET = 0, 176, 156
_CELLS, _ERRORS = range(2, 12), (3, 11)
# Text with a look of its own in the cell itself, which calamine leaves out.
_RICH = 62
_ERROR_NAMES = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#N/A",
}  # fmt: skip


def scan_xlsb(members: Mapping[str, bytes]) -> dict[str, Scan]:
    """The scans of a workbook's sheets by their names.

    Raises:
        UnreadableFile: a member is broken.
    """
    targets = related_paths(members.get(_RELATIONS, b"<none/>"))
    scans = {}
    try:
        for key, name in _sheets(members.get(_WORKBOOK, b"")):
            if (path := targets.get(key, "")) in members:
                scans[name] = _scan(members[path])
    except (struct.error, IndexError, UnicodeDecodeError):
        raise UnreadableFile() from None
    return scans


def _records(data: bytes) -> Iterator[tuple[int, memoryview]]:
    """(number, content) of each record."""
    view, at = memoryview(data), 0
    while at < len(data):
        number, at = data[at], at + 1
        if number & 0x80:
            number, at = number & 0x7F | (data[at] & 0x7F) << 7, at + 1
        length = 0
        for shift in (0, 7, 14, 21):
            byte, at = data[at], at + 1
            length |= (byte & 0x7F) << shift
            if not byte & 0x80:
                break
        if at + length > len(data):
            raise UnreadableFile()
        yield number, view[at : at + length]
        at += length


def _sheets(workbook: bytes) -> Iterator[tuple[str, str]]:
    """(key of its relation, name) of each sheet."""
    for number, content in _records(workbook):
        if number == _SHEET:
            key, end = _text(content, 8)
            yield key, _text(content, end)[0]


def _text(content: memoryview, at: int) -> tuple[str, int]:
    """(the text at a place, where it ends)."""
    (length,) = struct.unpack_from("<I", content, at)
    end = at + 4 + 2 * length
    if end > len(content):
        raise UnreadableFile()
    return bytes(content[at + 4 : end]).decode("utf-16-le"), end


def _scan(sheet: bytes) -> Scan:
    scan, row = Scan(), -1
    for number, content in _records(sheet):
        if number == _ROW:
            (row,) = struct.unpack_from("<I", content)
        elif number in _CELLS or number == _RICH:
            (column,) = struct.unpack_from("<I", content)
            scan.reach(row, column)
            if number in _ERRORS:
                scan.shown[row, column] = _ERROR_NAMES.get(content[8], "#N/A")
            elif number == _RICH:
                scan.shown[row, column] = _text(content, 9)[0]
        elif number == _MERGED:
            first_row, last_row, first, last = struct.unpack_from("<4I", content)
            scan.ranges.append(Merged(first_row, first, last_row, last))
    return scan
