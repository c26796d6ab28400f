"""`flask papers make`."""

from __future__ import annotations

import click

from market.papers import bp
from market.papers.builder import make_waiting


@bp.cli.command("make")
def make() -> None:
    """Make the documents that wait; the worker does so by itself."""
    click.echo(f"{make_waiting()} documents made.")
