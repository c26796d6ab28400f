"""The files that are imported: kept under instance/imports by their content, for as long as an
import can be changed or undone."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from flask import current_app
from sqlalchemy import exists, select

from market.database import db
from market.imports.models import Import
from market.imports.reading.sheets import Sheet, read_sheets


def folder() -> Path:
    """Where the files are."""
    return Path(current_app.config["INSTANCE"]) / "imports"


def store_file(data: bytes) -> str:
    """Store a file, all of it or nothing; its SHA-256. OSError: there is no room."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = folder() / sha256
    if not path.exists():
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder(), suffix=".part", delete=False) as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
    return sha256


def sheets_of(imported: Import) -> list[Sheet]:
    """The sheets of the file.

    Raises:
        UnreadableFile: it can't be read. FileNotFoundError: it was deleted.
    """
    return read_sheets((folder() / imported.file_sha256).read_bytes(), imported.filename)


def delete_file(sha256: str) -> None:
    """Delete a file that no import needs any more; "" is none."""
    needs = exists().where(Import.file_sha256 == sha256, Import.file_deleted_at.is_(None))
    if sha256 and not db.session.scalar(select(needs)):
        (folder() / sha256).unlink(missing_ok=True)
