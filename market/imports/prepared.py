"""What an import writes, made ready before its transaction: inside, only the database works, so
that nobody else waits long to write."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from market.audit.bound_rows import BoundRows, bind_rows
from market.audit.recording import prepare_changes, record_prepared
from market.database import Base, chunks, db

# How often they are made ready before the transaction, while others change what they rest on.
MAX_DRAFTS = 3
# The parameter that names the row to update.
KEY = "row_id"


class PreparedWrites:
    """Statements in the order they are to be sent, and what the record says of them."""

    def __init__(self) -> None:
        self._statements: list[BoundRows] = []
        self._records: list[BoundRows | None] = []

    def insert(
        self, model: type[Base], rows: Sequence[Mapping[str, Any]], unsaid: Collection[str] = ()
    ) -> None:
        """Insert these rows, all with the same columns; with their numbers, if it is recorded.

        Args:
            unsaid: columns that the record leaves out.
        """
        if rows:
            self._statements.append(bind_rows(insert(_table(model)), rows))
            recorded = [{n: v for n, v in row.items() if n not in unsaid} for row in rows]
            self._records.append(prepare_changes(model, [(None, row) for row in recorded]))

    def update(self, model: type[Base], rows: Mapping[int, Mapping[str, Any]]) -> None:
        """Set these columns, the same in each, of the rows by number, as they are now."""
        if not rows:
            return
        table = _table(model)
        changed = update(table).where(table.c.id == bindparam(KEY, type_=table.c.id.type))
        given = [{KEY: id_, **columns} for id_, columns in rows.items()]
        self._statements.append(bind_rows(changed, given))
        self._records.append(prepare_changes(model, _changes(table, rows)))

    def send(self) -> None:
        """Write all of it. Inside transaction()."""
        for statement in self._statements:
            statement.send()
        for record in self._records:
            record_prepared(record)


def _changes(
    table: Any, rows: Mapping[int, Mapping[str, Any]]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """(before, after) of each row, read only where somebody asks."""
    for some in chunks(rows):
        found = db.session.execute(select(*table.columns).where(table.c.id.in_(some)))
        for row in found.mappings():
            yield dict(row), {**row, **rows[row["id"]]}


def _table(model: type[Base]) -> Any:
    return model.__table__
