"""Files of an instance in the store of a back-up folder: each content once, under its SHA-256."""

from __future__ import annotations

import os
import shutil
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from flask import current_app

from market.backups.manifest import BackupError, StoredFile, describe, sha256_of

STORE = "files"
# What cannot be made again from the database: photos and proofs, papers, imported sheets, and the
# operator's own pages.
FOLDERS = ("media", "documents", "imports", "texts")


def folder_of(name: str) -> Path:
    """The folder of the current instance for one of FOLDERS."""
    instance = Path(current_app.config["INSTANCE"])
    return Path(current_app.config["MEDIA"]) if name == "media" else instance / name


def stored_as(folder: Path, sha256: str) -> Path:
    """Where the store of a back-up folder holds a content."""
    return folder / STORE / sha256[:2] / sha256


def store_files(
    folder: Path, before: Mapping[str, StoredFile]
) -> tuple[dict[str, StoredFile], int]:
    """Store every file of the current instance that is not there yet.

    Args:
        before: the files of the last back-up: what was not written since is not read again.

    Returns:
        The files by their path in the instance; how many contents are new.
    """
    found, new = {}, 0
    for path, file in _instance_files():
        # Erased while we read: then it is in no back-up.
        with suppress(FileNotFoundError):
            status = file.stat()
            known = before.get(path)
            if known and (known.size, known.modified_ns) == (status.st_size, status.st_mtime_ns):
                stored = known
            else:
                stored = describe(file, status.st_mtime_ns)
            if not stored_as(folder, stored.sha256).exists():
                _copy(file, stored_as(folder, stored.sha256))
                new += 1
            found[path] = stored
    return found, new


def _instance_files() -> Iterator[tuple[str, Path]]:
    for name in FOLDERS:
        root = folder_of(name)
        for file in sorted(root.rglob("*")):
            if file.is_file() and not file.name.startswith("."):
                yield f"{name}/{file.relative_to(root).as_posix()}", file


def _copy(file: Path, to: Path) -> None:
    """Copy all of it or nothing."""
    to.parent.mkdir(parents=True, exist_ok=True)
    unfinished = to.with_suffix(".unfinished")
    shutil.copyfile(file, unfinished)
    with unfinished.open("rb") as content:
        os.fsync(content.fileno())
    unfinished.replace(to)


def check_no_files() -> None:
    """See that the current instance has no files yet.

    Raises:
        BackupError: it has some.
    """
    for path, _file in _instance_files():
        raise BackupError(f"{path} is there already: restore into a new instance folder")


def check_stored(folder: Path, files: Mapping[str, StoredFile]) -> None:
    """See that the store has every content, unchanged.

    Raises:
        BackupError: one is missing or was changed.
    """
    for path, stored in files.items():
        content = stored_as(folder, stored.sha256)
        if not content.exists():
            raise BackupError(f"{path} is missing from the back-up")
        if content.stat().st_size != stored.size or sha256_of(content) != stored.sha256:
            raise BackupError(f"{path} was changed in the back-up")


def put_back(folder: Path, files: Mapping[str, StoredFile]) -> None:
    """Copy the files from the store into the current instance."""
    for path, stored in files.items():
        name, _, rest = path.partition("/")
        _copy(stored_as(folder, stored.sha256), folder_of(name) / rest)


def remove_unused(folder: Path, used: Collection[str]) -> None:
    """Delete what no back-up holds any more.

    Args:
        used: the SHA-256 of every content that one does.
    """
    for file in (folder / STORE).glob("*/*"):
        if file.name not in used:
            file.unlink()
