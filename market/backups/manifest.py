"""What a back-up holds, written beside it: enough to see that nothing is missing or changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

NAME = "manifest.json"
FORMAT = 1
_CHUNK = 1 << 20


class BackupError(Exception):
    """A back-up that can't be made, or is not whole; the message says what is wrong."""


@dataclass(frozen=True)
class StoredFile:
    """A file of a back-up.

    Attributes:
        size: bytes.
        modified_ns: when the original was last written; files that are not of the instance: 0.
    """

    sha256: str
    size: int
    modified_ns: int = 0


@dataclass(frozen=True)
class Manifest:
    """A back-up as it was when it was made.

    Attributes:
        made_at: ISO, UTC: the moment of the database; files are as they were just after it.
        backend: sqlite or postgresql.
        revision: of the migrations.
        ledger_entries, ledger_head: the end of the ledger's chain.
        rows: of each table.
        files: of the instance, by path in it, such as media/ab/abcd.webp.
    """

    made_at: str
    backend: str
    revision: str
    ledger_entries: int
    ledger_head: str
    rows: Mapping[str, int]
    database: StoredFile
    files: Mapping[str, StoredFile]

    def write(self, folder: Path) -> None:
        """Put it into the folder of the back-up."""
        text = json.dumps({"format": FORMAT, **asdict(self)}, indent=1, sort_keys=True)
        (folder / NAME).write_text(text, "utf-8")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the back-up in `folder`.

    Raises:
        BackupError: there is none, or none that this release reads.
    """
    try:
        data = json.loads((folder / NAME).read_text("utf-8"))
        if data.pop("format") != FORMAT:
            raise BackupError(f"{folder} was made by another release: use that one to restore it")
        database = StoredFile(**data.pop("database"))
        files = {path: StoredFile(**file) for path, file in data.pop("files").items()}
        return Manifest(database=database, files=files, **data)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError(f"{folder} holds no whole back-up: {error}") from None


def describe(file: Path, modified_ns: int = 0) -> StoredFile:
    """The file as a manifest names it."""
    return StoredFile(sha256_of(file), file.stat().st_size, modified_ns)


def sha256_of(file: Path) -> str:
    """The SHA-256 of the file's content, as hex digits."""
    found = hashlib.sha256()
    with file.open("rb") as content:
        while chunk := content.read(_CHUNK):
            found.update(chunk)
    return found.hexdigest()
