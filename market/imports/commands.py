"""`flask imports work`."""

from __future__ import annotations

import click

from market.imports import bp
from market.imports.jobs import work


@bp.cli.command("work")
def work_on_imports() -> None:
    """Try, import and undo what waits; the worker does so by itself."""
    click.echo(f"{work()} imports worked on.")
