"""`flask papers make`."""

from __future__ import annotations

import click

from market.papers import bp
from market.papers.document_jobs import make_queued


@bp.cli.command("make")
def make() -> None:
    """Make the documents that wait; the worker does so by itself."""
    click.echo(f"{make_queued()} documents made.")
