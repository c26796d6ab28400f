"""`flask seed demo` and `flask fair replay`."""

from __future__ import annotations

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from market.database import transaction, utcnow
from market.extensions import db

seed = AppGroup("seed", help="Fill the market with invented data.")


@seed.command("demo")
def demo() -> None:
    """Make the demonstration market: an open fair, offers, traders, deals. Safe to repeat."""
    from market.demonstration.people import PASSWORD
    from market.demonstration.seed import is_seeded, log_ins, seed_demonstration
    from market.search.services import rebuild

    if current_app.config["ENV_NAME"] == "production":
        raise click.ClickException("Demonstration accounts have a known password: not here.")
    if not is_seeded():
        with transaction():
            made = seed_demonstration(utcnow())
        rebuild()
        click.echo(
            f"{made.offers} offers, {made.accounts} accounts, {made.deals} deals,"
            f" {made.counted} ledger entries."
        )
    db.session.rollback()
    click.echo(f"Log-ins of the demonstration; every password is {PASSWORD}")
    for row in log_ins():
        click.echo(f"  {row.phone}  {row.role:<20} {row.region}  {row.name}")


def init_app(app: Flask) -> None:
    """Add the command groups of this package."""
    app.cli.add_command(seed)
