"""Making a back-up, and making a market from one.

A back-up folder holds a folder for each back-up, named after its moment, with the database and a
manifest, and beside them the store of files that all share.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from flask import current_app
from flask_migrate import upgrade

from market.backups import databases, files
from market.backups.manifest import BackupError, Manifest, describe, read_manifest
from market.database import db, utcnow
from market.deals.ledger import verify_ledger
from market.search.services import rebuild
from market.web.file_lock import Locked, file_lock

STAMP = "%Y%m%dT%H%M%SZ"
# What stands before the name of a back-up that is being made.
UNFINISHED = ".unfinished-"


@dataclass(frozen=True)
class MadeBackup:
    """A back-up, its folder, and how many contents of files are new in the store."""

    folder: Path
    manifest: Manifest
    new_files: int


@dataclass(frozen=True)
class RestoreReport:
    """What was restored, and the seconds of each step.

    Attributes:
        problems: what `flask ledger verify` says of the restored ledger.
    """

    manifest: Manifest
    offers: int
    problems: list[str]
    seconds: dict[str, float]


def backups_in(folder: Path) -> list[Path]:
    """The whole back-ups of a folder, the oldest first."""
    return sorted(path.parent for path in folder.glob("[0-9]*Z/manifest.json"))


def make_backup(folder: Path, keep: int | None = None) -> MadeBackup:
    """Copy the database and the files of the current app into `folder`.

    The database first: every file it names is there to be copied after it.

    Args:
        keep: how many back-ups stay, with this one; None: all.

    Raises:
        BackupError: another process is at it, or the database can't be copied.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        made_at = utcnow()
        name = made_at.strftime(STAMP)
        if (folder / name).exists():
            raise BackupError(f"{folder / name} is there already")
        unfinished = folder / f"{UNFINISHED}{name}"
        unfinished.mkdir(mode=0o700)
        try:
            database, state = databases.dump(unfinished)
            known = backups_in(folder)
            before = read_manifest(known[-1]).files if known else {}
            stored, new = files.store_files(folder, before)
            manifest = Manifest(
                made_at=made_at.isoformat(),
                backend=db.engine.url.get_backend_name(),
                database=describe(database),
                files=stored,
                **asdict(state),
            )
            manifest.write(unfinished)
            unfinished.rename(folder / name)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        if keep is not None:
            _remove_old(folder, keep)
    return MadeBackup(folder / name, manifest, new)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with ExitStack() as stack:
        try:
            stack.enter_context(file_lock(folder / ".lock"))
        except Locked:
            raise BackupError(f"another process is backing up to {folder}") from None
        for left in folder.glob(f"{UNFINISHED}*"):
            shutil.rmtree(left)
        yield


def _remove_old(folder: Path, keep: int) -> None:
    known = backups_in(folder)
    for old in known[: max(0, len(known) - keep)]:
        shutil.rmtree(old)
    left = [read_manifest(backup) for backup in backups_in(folder)]
    used = {stored.sha256 for manifest in left for stored in manifest.files.values()}
    files.remove_unused(folder, used)


def check_backup(backup: Path) -> Manifest:
    """The manifest of a back-up, of which every byte was read and is as it was.

    Raises:
        BackupError: something is missing or was changed; the message says what.
    """
    manifest = read_manifest(backup)
    database = backup / databases.FILES[manifest.backend]
    if not database.exists() or describe(database) != manifest.database:
        raise BackupError(f"{database} is missing or was changed")
    files.check_stored(backup.parent, manifest.files)
    return manifest


def restore(backup: Path) -> RestoreReport:
    """Make the current app's market from a back-up: its database and files have to be empty.

    Checks every byte before and every count after, migrates to this release, builds the index
    and verifies the ledger.

    Raises:
        BackupError: the back-up is not whole or of another kind of database, the place is not
            empty, or what was restored is not what was backed up.
    """
    steps: dict[str, float] = {}

    @contextmanager
    def step(name: str) -> Iterator[None]:
        begin = time.monotonic()
        yield
        steps[name] = time.monotonic() - begin

    with step("check"):
        manifest = check_backup(backup)
        if manifest.backend != db.engine.url.get_backend_name():
            raise BackupError(f"it is a back-up of {manifest.backend}: set DATABASE_URL to one")
        databases.check_empty()
        files.check_no_files()
    with step("database"):
        databases.load(backup / databases.FILES[manifest.backend])
        _check_restored(manifest)
        upgrade()
    with step("files"):
        files.put_back(backup.parent, manifest.files)
    with step("index"):
        # An index that was there knows another database.
        shutil.rmtree(current_app.config["SEARCH_INDEX"], ignore_errors=True)
        offers = rebuild()
    with step("ledger"):
        problems = [str(problem) for problem in verify_ledger()]
    return RestoreReport(manifest, offers, problems, steps)


def _check_restored(manifest: Manifest) -> None:
    with db.engine.connect() as connection:
        found = asdict(databases.read_state(connection))
    for name, value in found.items():
        if value != getattr(manifest, name):
            raise BackupError(f"{name} of what was restored differ from the manifest's")
