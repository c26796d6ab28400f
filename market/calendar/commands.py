"""`flask calendar status`, `confirm` and `undo`."""

from __future__ import annotations

from datetime import datetime

import click

from market.calendar import bp, services
from market.database import transaction, utcnow
from market.web.filters import format_datetime
from market.web.home_time import home_zone


@bp.cli.command("status")
def status() -> None:
    """Say what time it is, what was last seen, and whether the calendar goes on."""
    with transaction():
        clock = services.load_clock(utcnow())
        now, seen = format_datetime(utcnow()), format_datetime(clock.seen_at)
        click.echo(f"The clock says {now}; last seen {seen}.")
        if clock.stopped_at:
            stopped = format_datetime(clock.stopped_at)
            click.echo(f"The calendar stands still: the clock said {stopped}.")


@bp.cli.command("confirm")
def confirm() -> None:
    """Say that the machine's clock is right: the calendar goes on from now."""
    now = utcnow()
    with transaction():
        services.confirm(now)
    click.echo(f"The calendar goes on from {format_datetime(now)}.")


@bp.cli.command("undo")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%d %H:%M"]),
    help="Only what was done since, by the clock as it was then, in the home time zone.",
)
def undo(since: datetime | None) -> None:
    """Put back the offers that expired and the fairs that opened or closed by a wrong clock.

    Only what contradicts the time now: what has expired since stays expired.
    """
    home = home_zone()
    with transaction():
        if services.stopped_clock():
            raise click.ClickException(
                "The clock is not trusted: set it, or flask calendar confirm, first."
            )
        done = services.undo(utcnow(), since.replace(tzinfo=home) if since else None)
    for line in done or ["Nothing to put right."]:
        click.echo(line)
