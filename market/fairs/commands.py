"""`flask fair turn` and `flask fair enrol`."""

from __future__ import annotations

import click

from market.calendar.services import stopped_clock
from market.database import transaction, utcnow
from market.fairs import bp
from market.fairs.queries import load_fair
from market.fairs.services import enrol_from_publications, update_states


@bp.cli.command("turn")
def turn() -> None:
    """Open and close fairs by their dates; the worker does so each minute."""
    with transaction():
        if stopped_clock():
            raise click.ClickException("The clock is not trusted: flask calendar status.")
        turned = update_states(utcnow())
    click.echo(f"{turned} fairs turned.")


@bp.cli.command("enrol")
@click.argument("slug")
def enrol(slug: str) -> None:
    """List the offers published inside the dates of the fair SLUG that it lacks."""
    with transaction():
        enrolled = enrol_from_publications(load_fair(slug))
    click.echo(f"{enrolled} offers enrolled.")
