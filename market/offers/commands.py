"""`flask offers tidy-photos`."""

from __future__ import annotations

import time

import click

from market.offers import bp
from market.offers.privacy import delete_unused_offer_photos


@bp.cli.command("tidy-photos")
def tidy() -> None:
    """Delete photos older than a day that no offer and no deal uses; the worker does so daily."""
    click.echo(f"{delete_unused_offer_photos(time.time())} files deleted.")
