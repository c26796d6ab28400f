"""Imported sheets in the export and the erasure of an account.

Rows are about the farmer they are for. The file is deleted as soon as it names somebody who is
erased, and what their rows say: the others can be read, and undone, as before.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select

from market.accounts.models import Account
from market.accounts.privacy.erasures import (
    FileEraser,
    Person,
    PersonalTexts,
    file_erasers,
    personal_texts,
)
from market.accounts.privacy.exports import exporters
from market.database import db, lock, transaction, utcnow
from market.imports import files
from market.imports.models import OPEN, Import, ImportRow, ImportState
from market.imports.services import discard, forget_person, forget_rows

# Of these nothing is read or undone any more.
FORGOTTEN = (ImportState.DISCARDED, ImportState.UNDONE)


def export_imports(account: Account) -> list[dict[str, Any]]:
    """The sheets that an assistant imported."""
    mine = select(Import).where(Import.assistant_id == account.id).order_by(Import.id)
    return [
        {
            "id": each.id,
            "kind": each.kind,
            "file": each.filename,
            "brought_at": each.created_at.isoformat(),
            "imported_at": each.done_at.isoformat() if each.done_at else None,
            "undone_at": each.undone_at.isoformat() if each.undone_at else None,
            "rows": each.made,
        }
        for each in db.session.scalars(mine)
    ]


def _rows_about(person: Person) -> ColumnElement[bool]:
    return ImportRow.account_id == person.id


def _imports_about(person: Person) -> ColumnElement[bool]:
    return or_(
        Import.assistant_id == person.id,
        exists().where(ImportRow.import_id == Import.id, ImportRow.account_id == person.id),
    )


def _naming(account: Account) -> list[tuple[int, int]] | None:
    """(the account, import) of those whose rows are kept and name it, or that it brought."""
    there = select(Import.id).where(
        Import.file_deleted_at.is_(None), _imports_about(Person.of(account))
    )
    return [(account.id, number) for number in sorted(db.session.scalars(there))] or None


def _delete_files(states: list[Any]) -> list[Any]:
    for account_id, number in (pair for state in states for pair in state):
        with transaction():
            imported = lock(db.session.get_one(Import, number))
            sha256 = imported.file_sha256
            if imported.state in OPEN:
                discard(imported)
            if imported.state in FORGOTTEN or imported.assistant_id == account_id:
                forget_rows(imported, utcnow())
            elif imported.file_deleted_at is None:
                forget_person(imported, account_id)
        files.delete_file(sha256)
    return [None] * len(states)


personal_texts += [
    PersonalTexts(ImportRow, ("values", "problems"), _rows_about),
    PersonalTexts(Import, ("filename", "witness"), _imports_about),
]
exporters.append(("imports", export_imports))
file_erasers["imports"] = FileEraser(_naming, _delete_files)
