"""Imbalances of supply and demand: the whole market read once a minute, judged per subtree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import current_app
from sqlalchemy import BigInteger, Select, String, bindparam, func, select, type_coerce

from market.accounts.models import OFFICIALS, Account
from market.database import UTCDateTime, read, utcnow
from market.deals.models import AGREED_OR_LATER, Deal
from market.monitoring.days import Days
from market.monitoring.positions import BUY, SELL, Book, Dealt, Good, Unit
from market.monitoring.rules import Imbalance, Kind, Level, Limits, Position, judge
from market.monitoring.snapshot_cache import time_limited
from market.offers.models import Offer, Side
from market.offers.queries import public
from market.products.queries import NamedProduct, named_products
from market.products.units import UNITS, measure
from market.regions.lexicon import Place
from market.regions.models import is_within
from market.regions.queries import region_lexicon
from market.text.days import local_day
from market.web.home_time import home_zone

SIDES = {Side.SELL: SELL, Side.BUY: BUY}
# Levels of the region tree (market.regions.lexicon.Place.level) by their name in addresses.
LEVELS = {"county": 2, "prefecture": 1, "province": 0}
OFFERS_SHOWN = 30


@dataclass(frozen=True)
class Finding:
    """An imbalance of one product in one place; `position` has every figure of it."""

    place: Place
    product: NamedProduct
    position: Position
    imbalance: Imbalance


@dataclass(frozen=True)
class Findings:
    """The imbalances of some places.

    Attributes:
        at: of when the offers are.
        counts: how many of each kind and level; categories: the codes of those they are of.
    """

    rows: list[Finding]
    at: datetime
    counts: Mapping[tuple[Kind, Level], int]
    categories: list[str]


@dataclass(frozen=True)
class Elsewhere:
    """What another county has on the other side, and how far off it is."""

    place: Place
    quantity: Decimal
    offers: int
    kilometres: float


def limits() -> Limits:
    """The thresholds: those of the rules, but for what the setting MONITORING says."""
    return Limits(**current_app.config["MONITORING"])


def scope(account: Account) -> list[str]:
    """The region paths the account's official roles act in, none inside another."""
    paths = {grant.region.path for grant in account.grants if grant.role in OFFICIALS}
    return sorted(p for p in paths if not any(p != o and is_within(p, o) for o in paths))


def places_in(paths: Collection[str]) -> list[Place]:
    """The regions at home, of every level, in the subtrees; in the order of their paths."""
    lexicon = region_lexicon()
    inside = (
        place
        for place in lexicon.places.values()
        if lexicon.at_home(place.code) and any(is_within(place.path, path) for path in paths)
    )
    return sorted((p for p in inside if p.is_leaf or p.level < 2), key=lambda p: p.path)


def units_in(paths: Collection[str], by: str) -> list[tuple[Place, Unit]]:
    """The counties, prefectures or provinces in the subtrees, each with its counties."""
    places = places_in(paths)
    leaves = [place for place in places if place.is_leaf]
    chosen = leaves if by == "county" else [p for p in places if p.level == LEVELS[by]]
    return [(place, unit_of(place, leaves)) for place in chosen]


def unit_of(place: Place, leaves: Sequence[Place]) -> Unit:
    """The place with those of `leaves` that lie in it."""
    inside = tuple(leaf.code for leaf in leaves if is_within(leaf.path, place.path))
    return Unit(place.code, place.latitude, place.longitude, inside)


def book() -> tuple[Book, datetime]:
    """The standing offers of the whole country and when they were read; three statements."""
    return time_limited("book", _read_book)


def _read_book() -> tuple[Book, datetime]:
    now = utcnow()
    today, days = local_day(now, home_zone()), Days(home_zone())
    rows = (
        (region, product, _SIDE[side], unit, owner, remaining, days.of(posted))
        for region, product, side, unit, owner, remaining, posted in read(_OFFERS, now=now)
    )
    quiet = today - timedelta(days=limits().quiet - 1)
    dealt = [
        Dealt(region, product, side, last.toordinal(), int(lately))
        for side, statement in _DEALT.items()
        for region, product, last, lately in read(statement, quiet=quiet)
    ]
    places = {p.code: (p.latitude, p.longitude) for p in region_lexicon().places.values()}
    return Book(rows, dealt, places, today.toordinal()), now


def findings(paths: Collection[str], by: str = "county", lately: bool = False) -> Findings:
    """Every imbalance in the subtrees; the gravest and largest first. Kept a minute.

    Each unit is judged on its own sums: a province's imbalance is no sum of its counties'.

    Args:
        by: county, prefecture or province.
        lately: ten minutes old will do.
    """
    name = "findings", tuple(sorted(paths)), by
    return time_limited(name, lambda: _findings(paths, by), lately)


def _findings(paths: Collection[str], by: str) -> Findings:
    held, at = book()
    chosen = units_in(paths, by)
    places = {place.code: place for place, _ in chosen}
    names = named_products({product for product, _ in held.goods})
    found = []
    for unit, (product, _), position in held.positions([u for _, u in chosen], limits()):
        imbalance = judge(position, limits())
        if imbalance and product in names:
            found.append(Finding(places[unit.code], names[product], position, imbalance))
    counts = Counter((f.imbalance.kind, f.imbalance.level) for f in found)
    categories = {f.product.path.partition("/")[0] for f in found}
    return Findings(sorted(found, key=_gravest), at, counts, sorted(categories))


def _gravest(finding: Finding) -> tuple[bool, Decimal, str, str]:
    one, position = finding.imbalance, finding.position
    size = one.gap / limits().gap(position.measure)
    return one.level is Level.NOTICE, -size, finding.place.code, finding.product.code


def chosen(
    found: Sequence[Finding],
    level: str | None = None,
    kind: str | None = None,
    category: str | None = None,
    within: str | None = None,
) -> list[Finding]:
    """Those of a level, a kind, a category (code) and inside a region (path)."""
    return [
        f
        for f in found
        if (level is None or f.imbalance.level == level)
        and (kind is None or f.imbalance.kind == kind)
        and (category is None or is_within(f.product.path, category))
        and (within is None or is_within(f.place.path, within))
    ]


def position_of(place: Place, good: Good) -> tuple[Unit, Position | None, datetime]:
    """The place as a unit, its position in a product and dimension, and of when that is;
    None where too few offers stand to say anything."""
    held, at = book()
    unit = unit_of(place, [p for p in places_in([place.path]) if p.is_leaf])
    of_it = (found for *_, found in held.positions([unit], limits(), good))
    return unit, next(of_it, None), at


def elsewhere(unit: Unit, good: Good, side: Side) -> list[Elsewhere]:
    """The counties outside the unit that have the product on `side`, the nearest first."""
    places = region_lexicon().places
    return [
        Elsewhere(places[row.region], row.quantity, row.offers, row.kilometres)
        for row in book()[0].stocks(unit, good, SIDES[side])
    ]


def standing_offers(unit: Unit, good: Good) -> dict[Side, list[Any]]:
    """The largest public offers of the unit that make each side of a position, in one
    statement, as rows: id, side, title, remaining, unit, price_low, price_high, price_unit,
    region_code, created_at."""
    product, of_measure = good
    same = [code for code in UNITS if measure(code) == of_measure]
    rows = read(
        _STANDING, now=utcnow(), product=product, units=same, regions=list(unit.leaves)
    ).all()
    largest = sorted(rows, key=lambda row: -row.remaining * UNITS[row.unit].factor)
    return {side: [r for r in largest if r.side is side][:OFFERS_SHOWN] for side in Side}


def _dealt(region: Any) -> Select[Any]:
    lately = func.count().filter(Deal.agreed_on >= bindparam("quiet"))
    return (
        select(region, Deal.product_code, func.max(Deal.agreed_on), lately)
        .where(Deal.status.in_(AGREED_OR_LATER), Deal.agreed_on.is_not(None))
        .group_by(region, Deal.product_code)
    )


_SIDE = {side.value: number for side, number in SIDES.items()}
# Made once. As the database keeps them: a hundred thousand enums and instants cost a second.
_OFFERS = select(
    *(Offer.region_code, Offer.product_code, type_coerce(Offer.side, String), Offer.unit),
    *(Offer.owner_id, type_coerce(Offer.remaining, BigInteger)),
    type_coerce(Offer.created_at, String),
).where(public(bindparam("now", type_=UTCDateTime)))
_DEALT = {SELL: _dealt(Deal.seller_region_code), BUY: _dealt(Deal.buyer_region_code)}
_STANDING = (
    select(
        *(Offer.id, Offer.side, Offer.title, Offer.remaining, Offer.unit, Offer.price_low),
        *(Offer.price_high, Offer.price_unit, Offer.region_code, Offer.created_at),
    )
    .where(
        public(bindparam("now", type_=UTCDateTime)),
        Offer.product_code == bindparam("product"),
        Offer.unit.in_(bindparam("units", expanding=True)),
        Offer.region_code.in_(bindparam("regions", expanding=True)),
    )
    .order_by(Offer.remaining.desc(), Offer.id)
)
