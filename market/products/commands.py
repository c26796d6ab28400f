"""`flask products check`."""

from __future__ import annotations

import sys

import click

from market.products import bp
from market.products.services import check_products


@bp.cli.command("check")
def check() -> None:
    """Fail on a broken parent or relation, a duplicate code or an unlisted ambiguous alias."""
    problems = check_products()
    for problem in problems:
        click.echo(problem, err=True)
    click.echo(f"{len(problems)} problems in the products.")
    sys.exit(bool(problems))
