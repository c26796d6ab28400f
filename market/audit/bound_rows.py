"""Statements for many rows, worked out before the transaction that sends them.

What the driver takes of each value (a time, an exact decimal, JSON) is made in Python, which for
thousands of rows takes longer than the database itself: done inside the transaction, it is time
in which nobody else can write.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Insert, Update

from market.database import db


@dataclass(frozen=True)
class BoundRows:
    """A statement and what the driver is given for each row.

    Attributes:
        names: of the parameters, in their order.
        rows: values in that order.
    """

    sql: str
    names: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    is_positional: bool

    def send(self) -> None:
        """Send it. Inside transaction(). The session is not told: nothing it holds is expired,
        and what is recorded of it is the caller's to say."""
        names, rows = self.names, self.rows
        given: Any = (
            rows if self.is_positional else [dict(zip(names, row, strict=True)) for row in rows]
        )
        db.session.connection().exec_driver_sql(self.sql, given)

    def having(self, name: str, value: Any) -> BoundRows:
        """The same with this value, as the driver takes it, in every row."""
        n = self.names.index(name)
        return replace(self, rows=[(*row[:n], value, *row[n + 1 :]) for row in self.rows])


def bind_rows(statement: Insert | Update, rows: Sequence[Mapping[str, Any]]) -> BoundRows:
    """The statement for these rows: at least one, and all with the same parameters.

    Raises:
        ValueError: a column has a default that has to be worked out: it must be given.
    """
    dialect = db.engine.dialect
    # The compiler of SQL has more than its base.
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(rows[0]))
    defaults = {}
    for column in (*compiled.insert_prefetch, *compiled.update_prefetch):
        default = column.default if statement.is_insert else column.onupdate
        if not default.is_scalar:
            raise ValueError(f"{column} must be given")
        defaults[column.key] = default.arg
    names = tuple(compiled.positiontup) if compiled.positional else tuple(compiled.binds)
    processors = [
        (name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect))
        for name in names
    ]
    bound = []
    for row in rows:
        values = {**defaults, **row}
        bound.append(tuple(p(values[name]) if p else values[name] for name, p in processors))
    return BoundRows(str(compiled), names, bound, compiled.positional)
