"""Binary Excel workbooks (.xlsb) made for tests, as little as one needs (MS-XLSB)."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_PACKAGE = "application/vnd.openxmlformats-package"
_TYPES = (
    '<?xml version="1.0"?>'
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="bin"'
    ' ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/>'
    f'<Default Extension="rels" ContentType="{_PACKAGE}.relationships+xml"/>'
    "</Types>"
)
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
ERRORS = {"#REF!": 0x17, "#DIV/0!": 0x07}


def record(number: int, content: bytes = b"") -> bytes:
    """A record of a binary workbook."""
    head = bytes([number]) if number < 128 else bytes([number & 0x7F | 0x80, number >> 7])
    length, size = len(content), b""
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + size + content


def text(words: str) -> bytes:
    data = words.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def _cell(column: int, value: Any) -> bytes:
    place = struct.pack("<II", column, 0)
    if value is None:
        return record(1, place)
    if isinstance(value, int | float):
        return record(5, place + struct.pack("<d", value))
    if isinstance(value, bytes):
        return record(62, place + b"\0" + text(value.decode()))
    if value in ERRORS:
        return record(3, place + bytes([ERRORS[value]]))
    return record(6, place + text(value))


def _sheet(rows: Mapping[int, Sequence[Any]], merged: Iterable[tuple[int, int, int, int]]) -> bytes:
    cells = b"".join(
        record(0, struct.pack("<IIHHBI", row, 0, 300, 0, 0, 0))
        + b"".join(_cell(column, value) for column, value in enumerate(values))
        for row, values in rows.items()
    )
    areas = b"".join(
        record(176, struct.pack("<4I", first_row, last_row, first, last))
        for first_row, last_row, first, last in merged
    )
    last, width = max(rows), max(map(len, rows.values())) - 1
    return (
        record(129)
        + record(148, struct.pack("<4I", min(rows), last, 0, width))
        + record(145) + cells + record(146)
        + record(177, struct.pack("<I", len(list(merged)))) + areas + record(178)
        + record(130)
    )  # fmt: skip


def _relations(links: Mapping[str, tuple[str, str]]) -> str:
    lines = (
        f'<Relationship Id="{key}" Type="{_KINDS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in links.items()
    )
    return (
        f'<?xml version="1.0"?><Relationships xmlns="{_RELATIONS}">{"".join(lines)}</Relationships>'
    )


def binary_workbook(
    sheets: Mapping[str, Mapping[int, Sequence[Any]]],
    merged: Sequence[tuple[int, int, int, int]] = (),
    hidden: Iterable[str] = (),
) -> bytes:
    """A workbook of these sheets, each its rows by their number from 0.

    Args:
        sheets: a cell of bytes is a text with a look of its own.
        merged: ranges of each sheet: first row, last row, first column, last column.
    """
    names = list(sheets)
    bundle = b"".join(
        record(156, struct.pack("<II", int(name in hidden), n) + text(f"rId{n}") + text(name))
        for n, name in enumerate(names, 1)
    )
    book = record(131) + record(143) + bundle + record(144) + record(132)
    links = {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(names) + 1)}
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _relations({"rId1": ("officeDocument", "xl/workbook.bin")}))
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", _relations(links))
        for n, rows in enumerate(sheets.values(), 1):
            archive.writestr(f"xl/worksheets/sheet{n}.bin", _sheet(rows, merged))
    return data.getvalue()
