"""What calamine does not tell of an Excel 97–2003 workbook: how far its sheets reach, and their
errors. It is a compound file [MS-CFB] with a stream of records [MS-XLS]."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from market.imports.reading.file_kinds import PASSWORD
from market.imports.reading.scan import Scan
from market.imports.reading.sheet import UnreadableFile

_END_OF_CHAIN = 0xFFFFFFFA  # and above: free, end, table
_ENTRY = 128
_BOF, _EOF, _SHEET, _PASSWORD_RECORD = 0x0809, 0x000A, 0x0085, 0x002F
_ERROR_OR_BOOL, _FORMULAS = 0x0205, (0x0006, 0x0206, 0x0406)
_RANGES = (0x00BD,)  # several numbers in a row
_CELLS = (0x0203, 0x0204, 0x00FD, 0x027E, 0x00D6, _ERROR_OR_BOOL, *_FORMULAS, *_RANGES)
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
    0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


def scan_xls(data: bytes) -> list[Scan]:
    """The scans of a workbook's sheets in their order.

    Raises:
        UnreadableFile: it is broken, or locked with a password.
    """
    try:
        stream = _Compound(data).stream("Workbook", "Book")
        return [_scan(stream, at) for at in _sheets(stream)]
    except (struct.error, IndexError, ValueError):
        raise UnreadableFile() from None


class _Compound:
    """A file of files, cut into sectors that are chained in a table."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        shift, small_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or small_shift != 6:
            raise ValueError("no sectors of that size")
        self.size = 1 << shift
        (self.cutoff,) = struct.unpack_from("<I", data, 56)
        table = list(struct.unpack_from("<109I", data, 76))
        (at,) = struct.unpack_from("<I", data, 68)
        seen: set[int] = set()
        while at < _END_OF_CHAIN and at not in seen:
            seen.add(at)
            *more, at = struct.unpack(f"<{self.size // 4}I", self._sector(at))
            table += more
        parts = b"".join(self._sector(n) for n in table if n < _END_OF_CHAIN)
        self.next = struct.unpack(f"<{len(parts) // 4}I", parts)
        self.directory = self._chain(struct.unpack_from("<I", data, 48)[0])
        small = self._chain(struct.unpack_from("<I", data, 60)[0])
        self.next_small = struct.unpack(f"<{len(small) // 4}I", small)

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self.size
        sector = self.data[start : start + self.size]
        return sector.ljust(self.size, b"\0") if sector else b""

    def _chain(self, at: int) -> bytes:
        parts, seen = [], set()
        while at < len(self.next) and at not in seen:
            seen.add(at)
            parts.append(self._sector(at))
            at = self.next[at]
        return b"".join(parts)

    def stream(self, *names: str) -> bytes:
        """The stream of the first of these names that there is."""
        entries = {}
        for start in range(0, len(self.directory) - _ENTRY + 1, _ENTRY):
            (length,) = struct.unpack_from("<H", self.directory, start + 64)
            first, size = struct.unpack_from("<II", self.directory, start + 116)
            name = self.directory[start : start + max(0, min(length, 64) - 2)]
            entries[name.decode("utf-16-le", "replace")] = first, size
        found = next((entries[name] for name in names if name in entries), None)
        if found is None:
            raise ValueError("no such stream")
        first, size = found
        if size >= self.cutoff:
            return self._chain(first)[:size]
        whole = self._chain(entries.get("Root Entry", (0, 0))[0])
        parts, seen = [], set()
        while first < len(self.next_small) and first not in seen:
            seen.add(first)
            parts.append(whole[first * 64 : first * 64 + 64])
            first = self.next_small[first]
        return b"".join(parts)[:size]


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """(number, content) of each record from `at` on."""
    while at + 4 <= len(stream):
        number, length = struct.unpack_from("<HH", stream, at)
        yield number, stream[at + 4 : at + 4 + length]
        at += 4 + length


def _sheets(stream: bytes) -> list[int]:
    """Where each sheet begins."""
    found = []
    for number, content in _records(stream, 0):
        if number == _PASSWORD_RECORD:
            raise UnreadableFile(PASSWORD)
        if number == _SHEET:
            found.append(struct.unpack_from("<I", content)[0])
        elif number == _EOF:
            break
    return found


def _scan(stream: bytes, at: int) -> Scan:
    scan, depth = Scan(), 0
    for number, content in _records(stream, at):
        # Charts in a sheet have a beginning and an end of their own.
        depth += (number == _BOF) - (number == _EOF)
        if depth <= 0:
            break
        if number not in _CELLS or depth > 1:
            continue
        row, column = struct.unpack_from("<HH", content)
        last = struct.unpack_from("<H", content, len(content) - 2)[0]
        scan.reach(row, last if number in _RANGES else column)
        if number == _ERROR_OR_BOOL and content[7] == 1:
            scan.shown[row, column] = _ERRORS.get(content[6], "#N/A")
        elif number in _FORMULAS and content[12:14] == b"\xff\xff" and content[6] == 2:
            scan.shown[row, column] = _ERRORS.get(content[8], "#N/A")
    return scan
