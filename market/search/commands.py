"""`flask reindex` and `flask search status`, `query` and `understand`."""

from __future__ import annotations

import json
import sys
import time
from datetime import date
from decimal import Decimal
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from market.database import db
from market.offers.models import Offer
from market.offers.posts import ParsedPost, parse_post
from market.offers.search.query import parse_query
from market.offers.search.understanding import parse_text
from market.products.queries import product_lexicon
from market.regions.queries import region_lexicon
from market.search import bp, engine, index, services
from market.web.file_lock import Locked
from market.web.home_time import home_today


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
    click.echo(f"missing     {_format_ids(found.missing)}")
    click.echo(f"surplus     {_format_ids(found.surplus)}")


@bp.cli.command("query")
@click.argument("text")
@click.option("--page", default=1, show_default=True)
def query(text: str, page: int) -> None:
    """Print what TEXT finds: id and title, score with its parts."""
    hits = engine.scored(parse_query({"q": text, "page": str(page)}).filters)
    if hits is None:
        click.echo("No index that can be read.", err=True)
        sys.exit(1)
    if not hits:
        click.echo("Nothing is found.", err=True)
    rows = select(Offer.id, Offer.title).where(Offer.id.in_([id for id, _ in hits]))
    titles = {row.id: row.title for row in db.session.execute(rows)}
    for id, parts in hits:
        details = ", ".join(f"{name} {part:.3f}" for name, part in parts.items())
        click.echo(f"{sum(parts.values()):8.3f}  {id:>8}  {titles.get(id, '')}  ({details})")


@bp.cli.command("understand")
@click.option("--post", is_flag=True, help="The lines are posts, not searches.")
def understand_lines(post: bool) -> None:
    """Read texts, one a line, and print what each is understood as, one JSON object a line."""
    try:
        products, regions = product_lexicon(), region_lexicon()
    except DBAPIError:
        raise click.ClickException("No database yet: flask init makes it.") from None
    for line in sys.stdin.buffer:
        text = line.decode(errors="replace").rstrip("\r\n")
        if post:
            report = _post_report(parse_post(text, products, regions, home_today()))
            click.echo(json.dumps(report, ensure_ascii=False))
            continue
        found = parse_text(text, products, regions, home_today())
        report = {
            "text": found.text,
            "side": found.side and found.side.value,
            "products": found.products,
            "excluded": found.excluded,
            "region": found.region,
            "excluded_regions": found.excluded_regions,
            "price_min": _number(found.price_min),
            "price_max": _number(found.price_max),
            "price_unit": found.price_unit,
            "quantity_min": _number(found.quantity_min),
            "quantity_unit": found.quantity_unit,
            "supply_from": _day(found.supply_from),
            "supply_to": _day(found.supply_to),
            "words": found.words,
            "ambiguous": [{"word": c.text, "codes": c.codes} for c in found.choices],
        }
        click.echo(json.dumps(report, ensure_ascii=False))


def _post_report(post: ParsedPost) -> dict[str, Any]:
    return {
        "side": post.side and post.side.value,
        "products": post.products,
        "excluded": post.excluded,
        "quantity": _number(post.quantity),
        "unit": post.unit or None,
        "price_low": _number(post.price_low),
        "price_high": _number(post.price_high),
        "price_unit": post.price_unit or None,
        "basis": post.basis or None,
        "region": post.region,
        "from": _day(post.supply_from),
        "to": _day(post.supply_to),
        "phone": post.phone or None,
        "words": post.words,
        "unsure": post.unsure,
    }


def _number(number: Decimal | None) -> float | None:
    return None if number is None else float(number)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


@click.command("reindex")
def reindex() -> None:
    """Build the search index anew beside the one in use, and swap."""
    start = time.monotonic()
    try:
        count = services.rebuild()
    except Locked:
        click.echo("The worker is writing the index; try again in a moment.", err=True)
        sys.exit(1)
    click.echo(f"{count} offers indexed in {time.monotonic() - start:.1f} s.")


def _format_ids(ids: list[int]) -> str:
    return f"{len(ids)}: {', '.join(map(str, ids[:10]))}" if ids else "none"
