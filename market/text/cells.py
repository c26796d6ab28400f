"""Safe cells: text from outside that a spreadsheet would take for a formula is disarmed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

ROWS_AT_ONCE = 500
# What Excel, WPS and LibreOffice begin a formula with; tab and return hide one.
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class WrittenNumber(str):
    """A number that is written already: no text, so that its minus sign is harmless."""


def disarmed(value: Any) -> Any:
    """`value`; text that begins like a formula gets an apostrophe before it."""
    if isinstance(value, WrittenNumber):
        return value
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return value


def csv_bytes(rows: Iterable[Sequence[Any]]) -> bytes:
    """The rows as CSV in UTF-8 with a BOM, so that Excel opens it as Chinese."""
    return b"".join(csv_parts(rows))


def csv_parts(rows: Iterable[Sequence[Any]]) -> Iterator[bytes]:
    """csv_bytes() some hundred rows at a time, as the rows come."""
    text = io.StringIO()
    writer = csv.writer(text)
    encoding = "utf-8-sig"
    for number, row in enumerate(rows, 1):
        writer.writerow([disarmed(cell) for cell in row])
        if number % ROWS_AT_ONCE == 0:
            yield text.getvalue().encode(encoding)
            text.seek(0)
            text.truncate()
            encoding = "utf-8"
    yield text.getvalue().encode(encoding)
