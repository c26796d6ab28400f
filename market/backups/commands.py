"""`flask backup` and `flask restore`."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from market.backups import bp, services
from market.backups.manifest import BackupError
from market.web.audit_registry import ignore_commands

# They write nothing that is the market's: a copy, or an empty place.
ignore_commands("backup", "restore")
FOLDER = click.Path(file_okay=False, path_type=Path)
MEGABYTE = 1_000_000


@bp.cli.command("backup")
@click.argument("folder", type=FOLDER)
@click.option("--keep", type=click.IntRange(1), help="How many back-ups stay there.")
def backup(folder: Path, keep: int | None) -> None:
    """Copy the database and all files into a new folder of FOLDER, while the market runs."""
    try:
        made = services.make_backup(folder, keep)
    except BackupError as error:
        raise click.ClickException(str(error)) from None
    manifest = made.manifest
    click.echo(
        f"{made.folder}: database {manifest.database.size / MEGABYTE:.1f} MB, "
        f"{len(manifest.files)} files ({made.new_files} new), "
        f"ledger {manifest.ledger_entries} entries, head {manifest.ledger_head[:16]}"
    )


@bp.cli.command("restore")
@click.argument("backup", type=FOLDER)
@click.option("--drill", is_flag=True, help="Into a place of its own that is deleted afterwards.")
@click.option("--database", help="With --drill: the URL of an empty database, for PostgreSQL.")
def restore(backup: Path, drill: bool, database: str | None) -> None:
    """Make the market of BACKUP (a folder that `flask backup` made) in this, empty, instance."""
    try:
        report = _drill(backup, database) if drill else services.restore(backup)
    except BackupError as error:
        raise click.ClickException(str(error)) from None
    for name, seconds in report.seconds.items():
        click.echo(f"{name:9} {seconds:7.1f} s")
    for problem in report.problems:
        click.echo(problem, err=True)
    if report.problems:
        raise SystemExit(1)
    manifest = report.manifest
    click.echo(
        f"Restored as of {manifest.made_at}: {report.offers} offers found, "
        f"ledger whole with {manifest.ledger_entries} entries, head {manifest.ledger_head[:16]}"
    )


def _drill(backup: Path, database: str | None) -> services.RestoreReport:
    from market import create_app
    from market.database import db

    with TemporaryDirectory() as folder:
        place = Path(folder)
        settings: dict[str, Any] = {
            "INSTANCE": place,
            "MEDIA": place / "media",
            "SEARCH_INDEX": place / "index",
            "JOBS_DATABASE": place / "jobs.sqlite3",
            "LIMITS_DATABASE": place / "limits.sqlite3",
            "SQLALCHEMY_DATABASE_URI": database or f"sqlite:///{place}/market.sqlite3",
        }
        with create_app(**settings).app_context():
            try:
                return services.restore(backup)
            finally:
                db.session.remove()
                db.engine.dispose()
