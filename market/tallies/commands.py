"""`flask tallies recount`."""

from __future__ import annotations

import click

from market.database import transaction
from market.fairs.queries import load_fair
from market.tallies import bp
from market.tallies.services import recount


@bp.cli.command("recount")
@click.argument("slug")
def recount_one(slug: str) -> None:
    """Count the fair SLUG anew; the worker does so by itself when something moved."""
    with transaction():
        recount(load_fair(slug).id)
    click.echo(f"{slug} counted.")
