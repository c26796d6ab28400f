"""What a measure gives: a judgement of each row, and the figures that are their means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tests.quality.sets import FIRST


@dataclass(frozen=True)
class Judged:
    """A row, judged.

    Attributes:
        marks: from 0 to 1 by the name of the figure; what isn't judged in this row is left out.
        failure: what went wrong, in a line; empty where nothing did.
    """

    kind: str
    marks: Mapping[str, float]
    failure: str = ""


@dataclass(frozen=True)
class Result:
    rows: list[Judged]

    @property
    def figures(self) -> dict[str, float]:
        """Means by name, over the rows in which each was judged."""
        marks: dict[str, list[float]] = {}
        for row in self.rows:
            for name, mark in row.marks.items():
                marks.setdefault(name, []).append(mark)
        return {name: sum(values) / len(values) for name, values in marks.items()}

    @property
    def failures(self) -> list[str]:
        return [row.failure for row in self.rows if row.failure]

    @property
    def first(self) -> Result:
        """The rows of the first set, on which much was grown."""
        return Result([row for row in self.rows if row.kind == FIRST])

    @property
    def new(self) -> Result:
        """All the other rows, from more kinds of trade."""
        return Result([row for row in self.rows if row.kind != FIRST])

    def by_kind(self) -> Iterator[tuple[str, Result]]:
        for kind in dict.fromkeys(row.kind for row in self.rows):
            yield kind, Result([row for row in self.rows if row.kind == kind])
