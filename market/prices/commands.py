"""`flask prices count`."""

from __future__ import annotations

import math

import click

from market.prices import bp
from market.prices.jobs import count_prices


@bp.cli.command("count")
def count() -> None:
    """Count today's prices and those of past days that are missing; the worker does it too."""
    click.echo(f"{count_prices(math.inf)} days counted.")
