"""`flask ledger`: is the count still what the deals say?"""

from __future__ import annotations

import click

from market.deals import bp, ledger

bp.cli.help = "The ledger of counted deals."


@bp.cli.command("verify")
def verify() -> None:
    """Check every entry, every deal's count and every stored total; exit 1 naming what is wrong."""
    problems = ledger.verify_ledger()
    for problem in problems:
        click.echo(str(problem), err=True)
    if problems:
        raise SystemExit(1)
    end = ledger.head()
    click.echo(f"The ledger is whole: {end.id} entries, head {end.hash}")


@bp.cli.command("head")
def head() -> None:
    """Print the last entry's number and hash: note them down to compare a back-up with."""
    end = ledger.head()
    click.echo(f"{end.id} {end.hash}")
