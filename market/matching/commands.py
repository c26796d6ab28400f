"""`flask search match`."""

from __future__ import annotations

import sys
from decimal import Decimal

import click
from sqlalchemy.exc import DBAPIError

from market.database import db
from market.matching.basket import ABOVE, Basket
from market.matching.labels import format_part
from market.matching.queries import RankedOffer, matches_of
from market.offers.models import Offer
from market.products.units import UNITS
from market.search import bp
from market.web.filters import money, trimmed
from market.web.language import in_language

# Ids are of 64 bits; what is larger is no id.
MAX_ID = 2**63 - 1
SHOWN = 20


@bp.cli.command("match")
@click.argument("offer_id", type=int)
def match(offer_id: int) -> None:
    """Print the best counterparts of an offer: id, title and score, with the value, weight and
    finding of each part, the price at the door, and the basket of a big purchase."""
    try:
        offer = db.session.get(Offer, offer_id) if 0 < offer_id <= MAX_ID else None
    except DBAPIError:
        raise click.ClickException("No database yet: flask init makes it.") from None
    if offer is None:
        click.echo(f"There is no offer {offer_id}.", err=True)
        sys.exit(1)
    with in_language("en"):
        click.echo(f"{offer.id}  {offer.side}  {offer.title or offer.product.name_en}")
        found = matches_of(offer, SHOWN, with_basket=True)
        for one in found.ranked:
            _print_match(one)
        if found.basket:
            _print_basket(found.basket, offer)
    if not found.ranked:
        click.echo(
            "Nobody fits it."
            if offer.is_public
            else "It is not public: nothing is matched with it.",
            err=True,
        )


def _print_match(one: RankedOffer) -> None:
    click.echo(f"{one.match.total:8.3f}  {one.id:>8}  {one.row.title}")
    for name, part in one.match.parts.items():
        finding = f"{part.finding}: {format_part(part)}"
        click.echo(f"{'':10}{name:10}{part.value:6.3f} x {part.weight:.2f}  {finding}")
        if part.landed:
            freight = "unknown" if part.landed.freight is None else f"{part.landed.freight:.4f}"
            click.echo(
                f"{'':10}{'landed':10}{part.landed.cost:.4f} against {part.landed.limit:.4f}"
                f" at the door, freight {freight}, yuan per base unit"
            )


def _print_basket(basket: Basket, offer: Offer) -> None:
    unit = UNITS[offer.unit]
    cost = money(int(basket.cost * 100))
    bid = "no bid" if basket.limit is None else f"{money(int(basket.limit * 100))} by the bid"
    click.echo(
        f"basket: {len(basket.takes)} sellers, {basket.covered:.0%} of the quantity,"
        f" {cost} at the door, {bid}, {basket.count(ABOVE)} above it"
    )
    for lot, amount in basket.takes:
        price = "on request" if lot.price is None else f"{trimmed(_per(lot.price, unit.factor))}"
        above = ", above the bid" if lot.standing == ABOVE else ""
        click.echo(
            f"{'':10}{lot.id:>8}  {trimmed(amount / unit.factor)} {unit.name}"
            f" at {price} yuan/{unit.name}{above}"
        )


def _per(yuan: Decimal, factor: Decimal) -> Decimal:
    return round(yuan * factor, 4)
