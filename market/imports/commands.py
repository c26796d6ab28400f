"""`flask imports work`."""

from __future__ import annotations

import click

from market.imports import bp
from market.imports.jobs import work_until_idle


@bp.cli.command("work")
def work_on_imports() -> None:
    """Try, import and undo what waits, and what comes within a minute; the worker does so by
    itself."""
    click.echo(f"{work_until_idle()} imports worked on.")
