"""`flask reindex`, `flask search status` and `flask search query`."""

from __future__ import annotations

import sys
import time

import click
from sqlalchemy import select

from market.extensions import db
from market.offers.finding import Filters
from market.offers.models import Offer
from market.search import bp, engine, index, services


@bp.cli.command("status")
def status() -> None:
    """Tell how the index stands to the database; exit 1 when it can't be read."""
    try:
        found = services.status()
    except index.Broken as error:
        click.echo(f"No index: {error}", err=True)
        sys.exit(1)
    click.echo(f"index       {found.folder}, generation {found.generation}")
    click.echo(f"documents   {found.documents} in {found.segments} segments")
    click.echo(f"deleted     {found.deleted}")
    click.echo(f"outbox      {found.lag} changes to come")
    click.echo(f"missing     {_told(found.missing)}")
    click.echo(f"surplus     {_told(found.surplus)}")


@bp.cli.command("query")
@click.argument("text")
@click.option("--page", default=1, show_default=True)
def query(text: str, page: int) -> None:
    """Print what TEXT finds: score with its parts, id and title."""
    hits = engine.scored(Filters(words=tuple(text.split()), page=page))
    if hits is None:
        click.echo("No index that can be read.", err=True)
        sys.exit(1)
    rows = select(Offer.id, Offer.title).where(Offer.id.in_([id for id, _ in hits]))
    titles = {row.id: row.title for row in db.session.execute(rows)}
    for id, parts in hits:
        told = ", ".join(f"{name} {part:.3f}" for name, part in parts.items() if part)
        click.echo(f"{sum(parts.values()):8.3f}  {id:>8}  {titles.get(id, '')}  ({told})")


@click.command("reindex")
def reindex() -> None:
    """Build the search index anew beside the one in use, and swap."""
    start = time.monotonic()
    try:
        count = services.rebuild()
    except index.Busy:
        click.echo("The worker is writing the index; try again in a moment.", err=True)
        sys.exit(1)
    click.echo(f"{count} offers indexed in {time.monotonic() - start:.1f} s.")


def _told(ids: list[int]) -> str:
    return f"{len(ids)}: {', '.join(map(str, ids[:10]))}" if ids else "none"
