"""A sheet as it was made: its cells at their true places, merged ones filled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from market.web.errors import Invalid
from market.web.language import lazy_gettext as _l

CellValue = str | int | float | bool | date | datetime | None
# A place in a sheet, both counted from 0: (row, column).
Place = tuple[int, int]

MAX_FILE_BYTES = 10 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS = 20_000, 200


class UnreadableFile(Invalid):
    """The file can't be read as sheets; the message says what to do."""

    message = _l(
        "This file can't be read. Open it in Excel or WPS, save it as an Excel workbook (.xlsx) "
        "and send that."
    )


class TooLargeSheet(UnreadableFile):
    """A sheet has more rows or columns than are read."""

    message = _l(
        "The sheet goes beyond %(rows)s rows or %(columns)s columns: delete what is empty or send "
        "it in parts.",
        rows=MAX_ROWS,
        columns=MAX_COLUMNS,
    )


@dataclass(frozen=True)
class Merged:
    """A merged range: its first and last row and column, all included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int

    @property
    def is_tall(self) -> bool:
        """Whether it covers several rows."""
        return self.last_row > self.first_row

    @property
    def is_wide(self) -> bool:
        """Whether it covers several columns."""
        return self.last_column > self.first_column


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook, or the whole of a CSV file.

    What a cell shows for want of a value is its text: the error (#REF!), or a formula that was
    never worked out (=B2*2).

    Attributes:
        name: of a CSV its file name without the end.
        rows: from the sheet's true first row and column, all of one length; each cell of a merged
            range has its value.
        merged: the merged range of each cell that is in one.
        struck: the cells whose text is crossed out, as far as the file's kind tells.
    """

    name: str
    rows: tuple[tuple[CellValue, ...], ...]
    is_hidden: bool = False
    merged: Mapping[Place, Merged] = field(default_factory=dict)
    struck: frozenset[Place] = frozenset()
