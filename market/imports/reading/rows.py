"""The rows of a sheet as offers, farmers or deals, each with its problems at their cells."""

from __future__ import annotations

from collections.abc import Iterator

from market.imports.reading.fields import ImportKind
from market.imports.reading.heads import SheetHead
from market.imports.reading.kinds import READERS
from market.imports.reading.parsed import ParsedRow as ParsedRow
from market.imports.reading.parsed import Problem as Problem
from market.imports.reading.parsed import ReadingContext as ReadingContext
from market.imports.reading.parsed import SkippedRow as SkippedRow
from market.imports.reading.sheet import Sheet
from market.imports.reading.skipping import RowSorter
from market.web.language import lazy_gettext as _l


def read_rows(
    sheet: Sheet, head: SheetHead, kind: ImportKind, context: ReadingContext
) -> Iterator[ParsedRow | SkippedRow]:
    """Every row of a sheet in its order, several times where it holds several goods."""
    sorter, reader = RowSorter(sheet, head), READERS[kind](sheet, head, context)
    for row in range(len(sheet.rows)):
        if reason := sorter.reason(row):
            yield SkippedRow(row, reason)
        elif sorter.other_table is not None:
            other = _l(
                "Another table with another head begins at row %(row)s: put it into a sheet of its "
                "own.",
                row=sorter.other_table + 1,
            )
            yield ParsedRow(row, 0, {}, (Problem(None, None, other),))
        else:
            yield from reader.read(row)
