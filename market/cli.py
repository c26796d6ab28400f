"""Commands of the whole market: init, worker. Each room's own are in its commands.py."""

from __future__ import annotations

import click
from flask import Flask
from flask_migrate import upgrade

from market.database import transaction, utcnow
from market.demonstration import commands as demonstration
from market.web.audit_registry import add_action_labels, ignore_commands
from market.web.language import lazy_gettext as _l

add_action_labels({"init": _l("Load reference data")})
# The worker is nobody: what it does follows from what others did.
ignore_commands("worker")


@click.command("init")
def init() -> None:
    """Make or upgrade the database and load regions and products."""
    from market.calendar.services import load_clock
    from market.products.services import load_products
    from market.regions.services import load_regions

    click.echo("Preparing the database …")
    upgrade()
    with transaction():
        load_regions()
        load_products()
        load_clock(utcnow())
    click.echo("Database ready.")


@click.command("worker")
def worker() -> None:
    """Keep the index, the counts and the calendar: run one beside the web processes."""
    from flask import current_app

    from market.worker import run

    run(current_app._get_current_object())  # type: ignore[attr-defined]


def init_app(app: Flask) -> None:
    demonstration.init_app(app)
    app.cli.add_command(init)
    app.cli.add_command(worker)
