"""What a scan finds out about a sheet that calamine does not tell."""

from __future__ import annotations

from dataclasses import dataclass, field

from market.imports.reading.sheet import MAX_COLUMNS, MAX_ROWS, Merged, Place


@dataclass
class Scan:
    """How far a sheet reaches, and what its cells without a value show.

    Attributes:
        last_row, last_column: of the cells that hold anything, counted from 0; -1 for none.
        shown: the error of a cell (#REF!), or the formula that was never worked out (=B2*2).
        struck: cells whose text is crossed out.
        ranges: its merged ranges, where calamine does not know them.
    """

    last_row: int = -1
    last_column: int = -1
    shown: dict[Place, str] = field(default_factory=dict)
    struck: set[Place] = field(default_factory=set)
    ranges: list[Merged] = field(default_factory=list)

    def reach(self, row: int, column: int) -> None:
        """Let it reach a cell."""
        self.last_row, self.last_column = max(self.last_row, row), max(self.last_column, column)

    @property
    def is_too_large(self) -> bool:
        """Whether it reaches beyond what is read."""
        return self.last_row >= MAX_ROWS or self.last_column >= MAX_COLUMNS
