"""Rows of cells and their merged ranges, made a sheet: ranges filled, empty edges cut off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from market.imports.reading.sheet import (
    MAX_COLUMNS,
    MAX_ROWS,
    CellValue,
    Merged,
    Place,
    Sheet,
    TooLargeSheet,
)

# Cells in merged ranges; who merges more has ranges one over the other.
MAX_MERGED = 500_000


def make_sheet(
    name: str,
    rows: Sequence[Sequence[CellValue]],
    ranges: Iterable[Merged] = (),
    is_hidden: bool = False,
    struck: Iterable[Place] = (),
) -> Sheet:
    """A sheet of rows that may differ in length.

    Raises:
        TooLargeSheet: a cell that is filled lies beyond what is read.
    """
    widths = [_width(row) for row in rows]
    height = max((n for n, width in enumerate(widths, 1) if width), default=0)
    width = max(widths, default=0)
    if height > MAX_ROWS or width > MAX_COLUMNS:
        raise TooLargeSheet()
    filled = [[*row[:width], *[None] * (width - len(row))] for row in rows[:height]]
    places: dict[Place, Merged] = {}
    for merged in ranges:
        if merged.first_row >= height or merged.first_column >= width:
            continue
        value = filled[merged.first_row][merged.first_column]
        if value is None or not (merged.is_tall or merged.is_wide):
            continue
        last_row, last_column = min(merged.last_row, height - 1), min(merged.last_column, width - 1)
        area = (last_row - merged.first_row + 1) * (last_column - merged.first_column + 1)
        if area + len(places) > MAX_MERGED:
            raise TooLargeSheet()
        # What lies below the last row that is filled is no row.
        merged = Merged(merged.first_row, merged.first_column, last_row, last_column)
        for row in range(merged.first_row, last_row + 1):
            for column in range(merged.first_column, last_column + 1):
                filled[row][column] = value
                places[row, column] = merged
    return Sheet(name, tuple(map(tuple, filled)), is_hidden, places, frozenset(struck))


def _width(row: Sequence[CellValue]) -> int:
    return max((n for n, cell in enumerate(row, 1) if cell is not None), default=0)
