"""The one description of a table, from which spreadsheet, CSV, page and paper are all written.

A cell holds the raw value (fen, kilograms, a date); what a format makes of it is decided by
its column's kind, here and nowhere else.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from market.tallies.figures import rounding_note
from market.text.cells import WrittenNumber
from market.web.filters import day, fen_a_unit, trimmed, wan, yuan

KG_A_TONNE = 1000
# The day before the first of a spreadsheet's calendar, with its leap day of 1900.
DAY_ZERO = date(1899, 12, 30)
# The characters that XML, and so a sheet and a picture, has no way to hold.
XML_ILLEGAL = {n: None for n in range(32) if n not in (9, 10, 13)} | {0xFFFE: None, 0xFFFF: None}

TableRow = Sequence[Any]


class ColumnKind(enum.StrEnum):
    TEXT = "text"
    COUNT = "count"  # an int
    WAN = "wan"  # fen, shown in 万元, in English in CNY million: filters.wan
    YUAN = "yuan"  # fen, shown in yuan
    MASS = "mass"  # kilograms, shown in tonnes
    NUMBER = "number"  # an exact decimal, shown as it is
    SHARE = "share"  # a fraction, shown in percent
    DATE = "date"  # a local day
    FORMATTED = "formatted"  # a number already formatted: a column of several kinds


# What is rounded where a person reads it.
ROUNDED_KINDS = (ColumnKind.WAN, ColumnKind.MASS)


class RegionName(str):
    """The name of a region as a cell; where a machine reads it, its code (GB/T 2260) too."""

    code: str

    def __new__(cls, name: str, code: str) -> RegionName:
        made = super().__new__(cls, name)
        made.code = code
        return made


@dataclass(frozen=True)
class Column:
    """A column.

    Attributes:
        adds: whether its subtotal is the sum of its rows.
        is_region: its cells are RegionName, or text where there is no region.
    """

    label: str
    kind: ColumnKind = ColumnKind.TEXT
    adds: bool = False
    width: int = 12
    is_region: bool = False

    @property
    def is_number(self) -> bool:
        return self.kind not in (ColumnKind.TEXT, ColumnKind.DATE)


@dataclass(frozen=True)
class Block:
    """Rows that belong together, with the row that sums them, if any."""

    rows: Iterable[TableRow]
    subtotal: TableRow | None = None


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        name: its word in addresses, such as `counties`.
        label: what a sheet or a link calls it.
        lines: what stands above it: of which unit, as of when.
        blocks: read once, from the top down; a long table makes its rows on the way.
        total: the sum of the rows, or of the subtotals.
        definition: what its figures count, where their names don't say it.
    """

    name: str
    label: str
    title: str
    lines: Sequence[str]
    columns: Sequence[Column]
    blocks: Iterable[Block] = field(default=(), repr=False)
    total: TableRow | None = None
    definition: str = ""

    @property
    def note(self) -> str:
        """What stands below it: its definition, or why rounded rows may not add up to the total."""
        if self.total is None or not any(c.adds and c.kind in ROUNDED_KINDS for c in self.columns):
            return self.definition
        return rounding_note()


def csv_value(kind: ColumnKind, value: Any) -> Any:
    """The value as CSV holds it: exact, without separators; large sums to the fen.

    Text in a column of another kind, as a sum's name, stays as it is; so in shown().
    """
    if value is None or isinstance(value, str):
        return value or ""
    match kind:
        case ColumnKind.WAN:
            unit = fen_a_unit()
            return WrittenNumber(f"{Decimal(value) / unit:.{len(str(unit)) - 1}f}")
        case ColumnKind.YUAN:
            return WrittenNumber(f"{Decimal(value) / 100:.2f}")
        case ColumnKind.MASS:
            return WrittenNumber(f"{(Decimal(value) / KG_A_TONNE).normalize():f}")
        case ColumnKind.NUMBER:
            return WrittenNumber(f"{Decimal(value).normalize():f}")
        case ColumnKind.DATE:
            return value.isoformat()
    return value


def spreadsheet_value(kind: ColumnKind, value: Any) -> Any:
    """The value as a spreadsheet counts it; not for text, not for None."""
    match kind:
        case ColumnKind.WAN:
            return Decimal(value) / fen_a_unit()
        case ColumnKind.YUAN:
            return Decimal(value) / 100
        case ColumnKind.MASS:
            return Decimal(value) / KG_A_TONNE
        case ColumnKind.DATE:
            return (value - DAY_ZERO).days
    return value


def format_cell(kind: ColumnKind, value: Any) -> str:
    """The value as a person reads it on a page or on paper."""
    if value is None:
        return "–"
    if isinstance(value, str):
        return value
    match kind:
        case ColumnKind.WAN:
            return wan(value)
        case ColumnKind.YUAN:
            return yuan(value)
        case ColumnKind.MASS:
            tonnes = Decimal(value) / KG_A_TONNE
            return f"{tonnes.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
        case ColumnKind.SHARE:
            return f"{Decimal(value) * 100:.1f}%"
        case ColumnKind.DATE:
            return day(value)
    return trimmed(value)


def format_row(table: Table, row: TableRow) -> list[str]:
    """The cells of a row as a person reads them."""
    return [
        format_cell(column.kind, value) for column, value in zip(table.columns, row, strict=True)
    ]
