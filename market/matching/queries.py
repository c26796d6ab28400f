"""Reading matches: candidates from the index or the database, their facts, the ranking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from sqlalchemy import (
    Select,
    and_,
    case,
    column,
    func,
    literal,
    or_,
    select,
    table,
)

from market.database import utcnow
from market.extensions import db
from market.matching.basket import Basket, Lot, plan
from market.matching.rules import (
    NARROWER,
    PRODUCT_DIGITS,
    SAME_PREFECTURE,
    SAME_PRODUCT,
    SAME_PROVINCE,
    SIBLING,
    WEIGHTS,
    WIDER,
    Facts,
    Match,
    score,
)
from market.matching.words import reasons
from market.offers.models import Offer, Side, Verification
from market.offers.queries import Card, cards, public
from market.products.models import Product
from market.products.units import in_base, measure, per_base
from market.regions.models import Region, within

# What the index is asked for, and how many of these are scored for one page: what stands
# behind in product and place can't come up far enough by the rest to be shown.
CANDIDATES = 320
SCORED = 240
# What a basket is planned from: the best of the ranking.
BASKET_FROM = 60

# Deals come after matching in the house, and only their count is wanted here: the table
# is named, not imported.
_deals = table("deals", column("seller_id"), column("buyer_id"), column("status"))


@dataclass(frozen=True, slots=True)
class Ranked:
    """A counterpart of an offer and how well it fits."""

    facts: Facts
    match: Match

    @property
    def id(self) -> int:
        return self.facts.id


@dataclass(frozen=True, slots=True)
class Row:
    """A counterpart on a page: its card, and the parts of its score."""

    card: Card
    match: Match


def matches_for(offer: Offer, limit: int) -> list[Ranked]:
    """The best counterparts of a public offer, the best first; none for any other.

    Candidates come from the index; where it can't answer, from the database. Either way
    it is the database that says who is still published, valid and has something left.
    """
    if not offer.is_public:
        return []
    now = utcnow()
    codes = relatives(offer.product)
    chosen = likeliest(offer, codes, None, now)
    rows = db.session.execute(_facts(offer, chosen, now)).all()
    everyone = {row.id: _read(row) for row in rows}
    own = everyone.pop(offer.id)
    here = now.astimezone(ZoneInfo(current_app.config["HOME_TIME_ZONE"]))
    ranked = [
        Ranked(facts, match) for facts in everyone.values() if (match := score(own, facts, here))
    ]
    ranked.sort(key=lambda one: (-one.match.total, -one.id))
    return ranked[:limit]


def relatives(product: Product) -> list[str]:
    """Codes of the products that are or neighbour `product`: itself, those above and
    below it, and those beside it under one parent."""
    above = [code for code in product.path.split("/") if len(code) == PRODUCT_DIGITS]
    beside = Product.parent_code == product.parent_code if product.parent_code else literal(False)
    return list(
        db.session.scalars(
            select(Product.code)
            .where(or_(Product.code.in_(above), within(Product.path, product.path), beside))
            .order_by(Product.code)
        )
    )


def likeliest(
    offer: Offer, codes: Sequence[str], ids: Sequence[int] | None, now: datetime
) -> Select[int]:
    """The candidates worth scoring, by what weighs most and SQL can tell: the product and
    the place, then the newest. All of the products `codes`, or with `ids` only those."""
    county = offer.region.path
    prefecture = county.rpartition("/")[0] or county
    place = case(
        (Region.path == county, 1.0),
        (within(Region.path, prefecture), SAME_PREFECTURE),
        (within(Region.path, county.partition("/")[0]), SAME_PROVINCE),
        else_=0.0,
    )
    above = offer.product.path.split("/")
    product = case(
        (Offer.product_code == offer.product_code, SAME_PRODUCT),
        (or_(Product.code.in_(above), within(Product.path, offer.product.path)), WIDER),
        else_=SIBLING,
    )
    promise = product * WEIGHTS["product"] + place * WEIGHTS["region"]
    candidates = Offer.product_code.in_(codes) if ids is None else Offer.id.in_(ids)
    return (
        select(Offer.id)
        .join(Product, Product.code == Offer.product_code)
        .join(Region, Region.code == Offer.region_code)
        .where(_counterpart_of(offer, now), candidates)
        .order_by(promise.desc(), Offer.published_at.desc())
        .limit(SCORED)
    )


def _counterpart_of(offer: Offer, now: datetime) -> Any:
    return and_(
        Offer.side == offer.side.other,
        public(now),
        Offer.remaining > 0,
        Offer.owner_id != offer.owner_id,
    )


def _facts(offer: Offer, ids: Select[int], now: datetime) -> Any:
    """The facts of `offer` and of those of `ids` that are its counterparts now."""
    finished = [
        select(func.count())
        .select_from(_deals)
        .where(party == Offer.owner_id, _deals.c.status == "verified")
        .correlate(Offer)
        .scalar_subquery()
        for party in (_deals.c.seller_id, _deals.c.buyer_id)
    ]
    return (
        select(
            Offer.id,
            Offer.owner_id,
            Offer.side,
            Offer.product_code,
            Product.path.label("product_path"),
            Offer.region_code,
            Region.path.label("region_path"),
            Region.latitude,
            Region.longitude,
            Offer.remaining,
            Offer.min_lot,
            Offer.unit,
            Offer.price_low,
            Offer.price_high,
            Offer.price_unit,
            Offer.supply_from,
            Offer.supply_to,
            Offer.published_at,
            Offer.verification,
            (finished[0] + finished[1]).label("finished_deals"),
        )
        .join(Product, Product.code == Offer.product_code)
        .join(Region, Region.code == Offer.region_code)
        .where(or_(Offer.id == offer.id, and_(Offer.id.in_(ids), _counterpart_of(offer, now))))
    )


def _read(row: Any) -> Facts:
    return Facts(
        id=row.id,
        owner_id=row.owner_id,
        side=row.side,
        product_code=row.product_code,
        product_path=row.product_path,
        region_code=row.region_code,
        region_path=row.region_path,
        latitude=row.latitude,
        longitude=row.longitude,
        quantity=in_base(row.remaining, row.unit),
        min_lot=None if row.min_lot is None else in_base(row.min_lot, row.unit),
        measure=measure(row.unit),
        price_low=per_base(row.price_low, row.price_unit),
        price_high=per_base(row.price_high, row.price_unit),
        price_measure=measure(row.price_unit),
        supply_from=row.supply_from,
        supply_to=row.supply_to,
        published_at=row.published_at,
        verified=row.verification is Verification.VERIFIED,
        finished_deals=row.finished_deals,
    )


def with_cards(ranked: Sequence[Ranked]) -> list[Row]:
    """The ranked with their cards; what stopped being public meanwhile is left out."""
    by_id = {one.id: one for one in ranked}
    rows = []
    for card in cards(list(by_id)):
        match = by_id[card.id].match
        card.score, card.reasons = match.total, reasons(match)
        rows.append(Row(card, match))
    return rows


def basket_for(offer: Offer, ranked: Sequence[Ranked]) -> Basket | None:
    """Several sellers for a purchase, planned from the best of the ranking.

    Returns:
        None for a sale, when one seller covers it all, or when there are no two. Of a
        seller with several offers the largest counts.
    """
    if offer.side is not Side.BUY:
        return None
    largest: dict[int, Lot] = {}  # a seller counts once
    for one in ranked[:BASKET_FROM]:
        lot, other = _lot(one), largest.get(one.facts.owner_id)
        if _serves(one.match) and (other is None or lot.quantity > other.quantity):
            largest[one.facts.owner_id] = lot
    basket = plan(in_base(offer.remaining, offer.unit), list(largest.values()))
    return basket if basket and len(basket.takes) > 1 else None


def _serves(match: Match) -> bool:
    """Whether the buyer gets what they want, at a price and time within reach."""
    parts = match.parts
    return (
        "quantity" in parts
        and parts["product"].value >= NARROWER
        and all(parts[name].value > 0 for name in ("price", "time") if name in parts)
    )


def _lot(one: Ranked) -> Lot:
    facts, km = one.facts, one.match.km
    return Lot(
        id=facts.id,
        quantity=facts.quantity,
        min_lot=min(facts.min_lot or Decimal(0), facts.quantity),
        km=None if km is None else round(km),
        price=facts.price_low if facts.price_measure == facts.measure else None,
    )
