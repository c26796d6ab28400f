"""What administrators changed of the reference data, apart from the files it is loaded from."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import JSON, Date, String, select
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Base, db


class ReferenceEdit(Base):
    """The columns of one row that no longer are as in the files, with what they are now.

    Attributes:
        kind, code: the table and the key of the row.
        changed: values by column; a day as ISO 8601 writes it.
    """

    __tablename__ = "reference_edits"

    kind: Mapped[str] = mapped_column(String(24), primary_key=True)
    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    changed: Mapped[dict[str, Any]] = mapped_column(JSON)


def edit_reference(row: Any, values: Mapping[str, Any]) -> bool:
    """Give the columns of a product, region or township these values, also for when the files
    are loaded again; whether anything differs."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return False
    key = {"kind": row.__tablename__, "code": row.code}
    edit = db.session.get(ReferenceEdit, key) or ReferenceEdit(**key, changed={})
    edit.changed = edit.changed | {name: _plain(value) for name, value in changed.items()}
    db.session.add(edit)
    for name, value in changed.items():
        setattr(row, name, value)
    return True


def with_edits(model: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the files for the model's table, as they were edited."""
    edits = select(ReferenceEdit.code, ReferenceEdit.changed)
    found = db.session.execute(edits.where(ReferenceEdit.kind == model.__tablename__)).all()
    changed = {code: _typed(model, values) for code, values in found}
    return [row | changed.get(row["code"], {}) for row in rows]


def is_edited(row: Any) -> bool:
    """Whether the row differs from the files it was loaded from."""
    return db.session.get(ReferenceEdit, (row.__tablename__, row.code)) is not None


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(model: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    days = {c.name for c in model.__table__.columns if isinstance(c.type, Date)}
    return {
        name: date.fromisoformat(value) if value and name in days else value
        for name, value in values.items()
    }
