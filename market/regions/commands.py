"""`flask regions check`."""

from __future__ import annotations

import sys

import click

from market.regions import bp
from market.regions.services import check_regions


@bp.cli.command("check")
def check() -> None:
    """Fail on a broken parent or a duplicate code in seeds/reference."""
    problems = check_regions()
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{len(problems)} problems in the regions.")
    sys.exit(bool(problems))
