"""The database of a back-up: SQLite through the bundled library, PostgreSQL through pg_dump."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, create_engine, func, inspect, select, text
from sqlalchemy.engine import URL
from sqlalchemy.pool import NullPool

from market.backups.manifest import BackupError
from market.database import db, sqlite_module
from market.deals.models import LedgerEntry

FILES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}


@dataclass(frozen=True)
class DatabaseState:
    """What a database holds: see Manifest."""

    revision: str
    ledger_entries: int
    ledger_head: str
    rows: Mapping[str, int]


def read_state(connection: Connection) -> DatabaseState:
    """What the database of the connection holds, as its transaction sees it.

    Raises:
        BackupError: it is no market's.
    """
    names = sorted(inspect(connection).get_table_names())
    if "alembic_version" not in names:
        raise BackupError("the database holds no market: flask init makes one")
    names.remove("alembic_version")
    quoted = connection.dialect.identifier_preparer.quote
    rows = {
        name: connection.execute(text(f"SELECT count(*) FROM {quoted(name)}")).scalar_one()
        for name in names
    }
    revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    last = select(LedgerEntry.hash).order_by(LedgerEntry.id.desc()).limit(1)
    entries = connection.execute(select(func.count()).select_from(LedgerEntry)).scalar_one()
    head = connection.execute(last).scalar() or ""
    return DatabaseState(str(revision), int(entries), head, rows)


def dump(folder: Path) -> tuple[Path, DatabaseState]:
    """Copy the database of the current app into `folder` as it is at one moment; (the file, what
    it holds). Nobody waits for it.

    Raises:
        BackupError: pg_dump is not there or fails.
    """
    url = db.engine.url
    file = folder / FILES[url.get_backend_name()]
    file.touch(0o600)
    if url.get_backend_name() == "sqlite":
        return file, _dump_sqlite(url, file)
    return file, _dump_postgresql(url, file)


def _dump_sqlite(url: URL, file: Path) -> DatabaseState:
    driver = sqlite_module()
    source, copy = driver.connect(url.database), driver.connect(file)
    try:
        # All pages in one step, under one reader's lock: writers go on in the log.
        source.backup(copy)
        # One file, without a log beside it.
        copy.execute("PRAGMA journal_mode=DELETE")
    finally:
        copy.close()
        source.close()
    engine = create_engine(f"sqlite:///{file}", module=driver, poolclass=NullPool)
    with engine.connect() as connection:
        state = read_state(connection)
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
        connection.exec_driver_sql("BEGIN")
    return state


def _dump_postgresql(url: URL, file: Path) -> DatabaseState:
    with db.engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        # pg_dump reads what this transaction sees: the counts are those of the dump.
        snapshot = connection.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        state = read_state(connection)
        _run(url, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={file}")
    return state


def check_empty() -> None:
    """See that the database of the current app holds nothing yet.

    Raises:
        BackupError: it has tables.
    """
    with db.engine.connect() as connection:
        if inspect(connection).get_table_names():
            raise BackupError("the database is not empty: restore into a new one")


def load(file: Path) -> None:
    """Make the empty database of the current app from a dump of the same kind.

    Raises:
        BackupError: pg_restore is not there or fails.
    """
    url = db.engine.url
    db.session.remove()
    db.engine.dispose()
    if url.get_backend_name() == "postgresql":
        whole = ("--no-owner", "--exit-on-error", "--single-transaction")
        return _run(url, "pg_restore", *whole, "--dbname", str(url.database), str(file))
    driver = sqlite_module()
    source, copy = driver.connect(file), driver.connect(url.database)
    try:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=WAL")
    finally:
        copy.close()
        source.close()
    return None


def _run(url: URL, command: str, *arguments: str) -> None:
    """A program of PostgreSQL on the database of `url`; the password is in no list of processes."""
    given = {
        "PGHOST": url.host or url.query.get("host"),
        "PGPORT": str(url.port) if url.port else None,
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }
    program = shutil.which(command)
    if program is None:
        raise BackupError(f"{command} is not here: install PostgreSQL's client programs")
    # HOME: a password may stand in ~/.pgpass.
    environment = {"PATH": os.defpath, "HOME": str(Path.home())}
    environment |= {name: str(value) for name, value in given.items() if value}
    done = subprocess.run(
        [program, *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{command} failed: {done.stderr.strip()}")
