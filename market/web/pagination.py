"""Which page of a list is shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar, TypeVarTuple

from sqlalchemy import Select

Item = TypeVar("Item")
Columns = TypeVarTuple("Columns")


@dataclass(frozen=True)
class Pagination:
    """The page asked for of a list, or its last page where the list ends before.

    Attributes:
        page: from 1.
        per_page: how many rows a page has at most.
        total: how many rows the list has.
    """

    page: int
    per_page: int
    total: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "page", min(max(1, self.page), self.pages))

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.per_page))

    @property
    def offset(self) -> int:
        """How many rows come before the page."""
        return (self.page - 1) * self.per_page

    def limit(self, query: Select[*Columns]) -> Select[*Columns]:
        """The query of the page's rows alone."""
        return query.limit(self.per_page).offset(self.offset)

    def rows_of(self, rows: Sequence[Item]) -> Sequence[Item]:
        """The page's rows of all."""
        return rows[self.offset : self.offset + self.per_page]
