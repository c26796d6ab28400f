"""CSV and its kin: the characters of the bytes, what separates the cells, and the rows."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from charset_normalizer import from_bytes

from market.imports.reading.sheet import (
    MAX_COLUMNS,
    MAX_ROWS,
    CellValue,
    Sheet,
    TooLargeSheet,
    UnreadableFile,
)
from market.text.cells import DANGEROUS

SEPARATORS = ",\t;，|；"
_SAMPLE_LINES = 60
_SAMPLE_BYTES = 200_000
# The share of Chinese characters that are in everyday use: text read in a wrong encoding has few.
_MIN_COMMON = 0.9
_FIGURES = re.compile(r"\d{3}")
# 12 and 500 of an amount that its comma cut.
_GROUP, _THOUSAND = re.compile(r"\d{1,3}"), re.compile(r"\d{3}(?:\.\d+)?")
_CONTROL = re.compile("[\0-\x08\x0e-\x1a\x1c-\x1f]")
_HINT = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)
# How systems have Excel take digits for text: ="13800001122".
_QUOTED = re.compile(r'="([^"]*)"')


def decode(data: bytes) -> str:
    """The text of a file: in UTF-8, UTF-16, GB18030, else as charset-normalizer guesses.

    Raises:
        UnreadableFile: it is no text.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return _checked(data.decode(encoding, "replace"))
    for encoding in ("utf-8", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text) and (encoding == "utf-8" or _is_common(text)):
            return text
    if data.count(0) > len(data) / 10:
        return _checked(_utf16(data))
    best = from_bytes(data[:_SAMPLE_BYTES]).best()
    if best is None:
        raise UnreadableFile()
    return _checked(data.decode(best.encoding, "replace"))


def _utf16(data: bytes) -> str:
    """UTF-16 without its mark: the zeros of commas and figures stand second in little endian."""
    little = data[1::2].count(0) >= data[::2].count(0)
    return data.decode("utf-16-le" if little else "utf-16-be", "replace")


def _checked(text: str) -> str:
    if _CONTROL.search(text):
        raise UnreadableFile()
    return text.removeprefix("\ufeff")


def _is_common(text: str) -> bool:
    foreign = [character for character in text if character > "\x7f"]
    common = sum(1 for c in foreign if _in_gb2312(c))
    return common >= len(foreign) * _MIN_COMMON


def _in_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def read_delimited(data: bytes, name: str) -> Sheet:
    """The sheet of a CSV file.

    Raises:
        UnreadableFile: it is no text, or too large.
    """
    text = decode(data)
    hint = _HINT.match(text)
    if hint:
        text = text[hint.end() :]
    separator = hint[1] if hint else _separator(text)
    rows: list[list[CellValue]] = []
    last, width, titles = -1, 0, 0
    try:
        for number, cells in enumerate(_cells(text, separator)):
            titles = max(titles, _titles(cells))
            if separator in ",，" and 0 < titles < len(cells):
                cells = _rejoined(cells, titles)
            filled = max((n for n, cell in enumerate(cells) if cell), default=-1)
            if filled >= MAX_COLUMNS or (filled >= 0 and number >= MAX_ROWS):
                raise TooLargeSheet()
            if number < MAX_ROWS:
                rows.append([_value(cell) for cell in cells[: filled + 1]])
            if filled >= 0:
                last, width = number, max(width, filled + 1)
    except csv.Error:
        raise UnreadableFile() from None
    padded = (tuple(row + [None] * (width - len(row))) for row in rows[: last + 1])
    return Sheet(name, tuple(padded))


def _cells(text: str, separator: str) -> Iterator[Sequence[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _titles(cells: Sequence[str]) -> int:
    """How many cells a head has; 0 where the line is none."""
    filled = [cell for cell in cells if cell.strip()]
    is_head = len(filled) > 2 and not any(_FIGURES.search(cell) for cell in filled)
    return len(cells) if is_head else 0


def _rejoined(cells: Sequence[str], titles: int) -> Sequence[str]:
    """A line with more cells than its head, its figures put together again that commas cut:
    12,500. Which they are is not certain where it can be done in several ways: then they stand in
    one cell, for somebody to look at."""
    groups: list[list[str]] = []
    for cell in map(str.strip, cells):
        if groups and _THOUSAND.fullmatch(cell) and _GROUP.fullmatch(groups[-1][-1]):
            groups[-1].append(cell)
        else:
            groups.append([cell])
    surplus = len(cells) - titles
    cut = [group for group in groups if len(group) > 1]
    if not cut:
        return cells
    if sum(len(group) - 1 for group in cut) == surplus:
        return [",".join(group) for group in groups]
    joined: list[str] = []
    for group in groups:
        width = max(len(group) - surplus, 1) if len(group) > 1 else 1
        joined += [" / ".join(group), *[""] * (width - 1)]
    return joined


def _value(cell: str) -> CellValue:
    cell = cell.strip()
    if found := _QUOTED.fullmatch(cell):
        return found[1] or None
    if cell.startswith("'") and cell[1:].startswith(DANGEROUS):
        return cell[1:]
    return cell or None


def _separator(text: str) -> str:
    """What cuts the first lines into the same number of cells most often, the more the better."""
    sample = "".join(text.splitlines(keepends=True)[:_SAMPLE_LINES])
    best, separator = 0.0, ","
    for candidate in SEPARATORS:
        try:
            widths = Counter(len(cells) for cells in _cells(sample, candidate) if any(cells))
        except csv.Error:
            continue
        weight = max((n * (w - 1) for w, n in widths.items()), default=0)
        if weight > best:
            best, separator = weight, candidate
    return separator
