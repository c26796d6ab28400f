"""Writing many rows at once, through the tables' own column types and constraints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from sqlalchemy import func, insert, select, text

from market.database import Base, db

BATCH = 5_000


def next_id(model: type[Base]) -> int:
    """The first id that is free in the table of `model`."""
    return (db.session.scalar(select(func.max(model.__table__.c.id))) or 0) + 1


def insert_rows(model: type[Base], rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert `rows` in batches; returns how many. Inside transaction()."""
    total = 0
    for batch in batches(rows):
        db.session.execute(insert(model.__table__), batch)  # type: ignore[arg-type]
        total += len(batch)
    return total


def batches(rows: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    iterator = iter(rows)
    while batch := list(islice(iterator, size)):
        yield batch


def settle_sequences(*models: type[Base]) -> None:
    """Let PostgreSQL's id sequences go on after the ids that were given by hand."""
    if db.session.get_bind().dialect.name != "postgresql":
        return
    for model in models:
        name = model.__tablename__
        db.session.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'),"
                f" (SELECT coalesce(max(id), 1) FROM {name}))"
            )
        )
