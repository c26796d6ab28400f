"""`flask imports work`."""

from __future__ import annotations

import click

from market.imports import bp
from market.imports.jobs import stay_at_work


@bp.cli.command("work")
def work_on_imports() -> None:
    """Try, import and undo what waits, and what comes within a minute; the worker does so by
    itself."""
    click.echo(f"{stay_at_work()} imports worked on.")
