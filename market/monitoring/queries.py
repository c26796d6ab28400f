"""Imbalances of supply and demand: the whole market read once a minute, judged per area."""

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
from market.monitoring.positions import BUY, SELL, Area, OfferSnapshot, ProductMeasure, RecentDeals
from market.monitoring.rules import (
    AlertLevel,
    Imbalance,
    ImbalanceKind,
    Limits,
    Position,
    find_imbalance,
)
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
        at: when the offers were read.
        counts: how many of each kind and level; categories: the codes of those they are of.
    """

    rows: list[Finding]
    at: datetime
    counts: Mapping[tuple[ImbalanceKind, AlertLevel], int]
    categories: list[str]


@dataclass(frozen=True)
class OtherCounty:
    """The offers of another county on the other side, and the distance to it."""

    place: Place
    quantity: Decimal
    offers: int
    kilometres: float


def limits() -> Limits:
    """The thresholds of the rules, with those that the setting MONITORING changes."""
    return Limits(**current_app.config["MONITORING"])


def official_paths(account: Account) -> list[str]:
    """The region paths of the account's official roles, none inside another."""
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


def areas_in(paths: Collection[str], by: str) -> list[tuple[Place, Area]]:
    """The counties, prefectures or provinces in the subtrees, each with its counties."""
    places = places_in(paths)
    leaves = [place for place in places if place.is_leaf]
    areas = leaves if by == "county" else [p for p in places if p.level == LEVELS[by]]
    return [(place, area_of(place, leaves)) for place in areas]


def area_of(place: Place, leaves: Sequence[Place]) -> Area:
    """The place with those of `leaves` that lie in it."""
    inside = tuple(leaf.code for leaf in leaves if is_within(leaf.path, place.path))
    return Area(place.code, place.latitude, place.longitude, inside)


def offer_snapshot() -> tuple[OfferSnapshot, datetime]:
    """The public offers of the whole country and when they were read; three statements."""
    return time_limited("offers", _read_offers)


def _read_offers() -> tuple[OfferSnapshot, datetime]:
    now = utcnow()
    today, days = local_day(now, home_zone()), Days(home_zone())
    rows = (
        (region, product, _SIDE[side], unit, owner, remaining, days.of(posted))
        for region, product, side, unit, owner, remaining, posted in read(_OFFERS, now=now)
    )
    quiet = today - timedelta(days=limits().quiet - 1)
    dealt = [
        RecentDeals(region, product, side, last.toordinal(), int(recent))
        for side, statement in _DEALT.items()
        for region, product, last, recent in read(statement, quiet=quiet)
    ]
    places = {p.code: (p.latitude, p.longitude) for p in region_lexicon().places.values()}
    return OfferSnapshot(rows, dealt, places, today.toordinal()), now


def find_imbalances(
    paths: Collection[str], by: str = "county", is_announced: bool = False
) -> Findings:
    """Every imbalance in the subtrees, the gravest and largest first.

    Each area is judged on its own sums: a province's imbalance is no sum of its counties'.

    Args:
        by: county, prefecture or province.
        is_announced: values ten times as old as MONITORING_SECONDS will do.
    """
    name = "findings", tuple(sorted(paths)), by
    return time_limited(name, lambda: _find_imbalances(paths, by), is_announced)


def _find_imbalances(paths: Collection[str], by: str) -> Findings:
    snapshot, at = offer_snapshot()
    areas = areas_in(paths, by)
    places = {place.code: place for place, _ in areas}
    names = named_products({product for product, _ in snapshot.goods})
    found = []
    for area, (product, _), position in snapshot.positions([area for _, area in areas], limits()):
        imbalance = find_imbalance(position, limits())
        if imbalance and product in names:
            found.append(Finding(places[area.code], names[product], position, imbalance))
    counts = Counter((f.imbalance.kind, f.imbalance.level) for f in found)
    categories = {f.product.path.partition("/")[0] for f in found}
    return Findings(sorted(found, key=_gravest), at, counts, sorted(categories))


def _gravest(finding: Finding) -> tuple[bool, Decimal, str, str]:
    one, position = finding.imbalance, finding.position
    size = one.gap / limits().gap(position.measure)
    return one.level is AlertLevel.NOTICE, -size, finding.place.code, finding.product.code


def filter_findings(
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


def position_of(place: Place, good: ProductMeasure) -> tuple[Area, Position | None, datetime]:
    """The place as a unit, its position in a product and dimension, and of when that is;
    None where too few offers stand to say anything."""
    snapshot, at = offer_snapshot()
    unit = area_of(place, [p for p in places_in([place.path]) if p.is_leaf])
    of_it = (found for *_, found in snapshot.positions([unit], limits(), good))
    return unit, next(of_it, None), at


def other_counties(unit: Area, good: ProductMeasure, side: Side) -> list[OtherCounty]:
    """The counties outside the unit that have the product on `side`, the nearest first."""
    places = region_lexicon().places
    return [
        OtherCounty(places[row.region], row.quantity, row.offers, row.kilometres)
        for row in offer_snapshot()[0].stocks(unit, good, SIDES[side])
    ]


def largest_offers(unit: Area, good: ProductMeasure) -> dict[Side, list[Any]]:
    """The largest public offers of the unit that make each side of a position, in one
    statement, as rows: id, side, title, remaining, unit, price_low, price_high, price_unit,
    region_code, created_at."""
    product, of_measure = good
    same = [code for code in UNITS if measure(code) == of_measure]
    rows = read(
        _PUBLIC_OFFERS, now=utcnow(), product=product, units=same, regions=list(unit.leaves)
    ).all()
    largest = sorted(rows, key=lambda row: -row.remaining * UNITS[row.unit].factor)
    return {side: [r for r in largest if r.side is side][:OFFERS_SHOWN] for side in Side}


def _deals_by(region: Any) -> Select[Any]:
    recent = func.count().filter(Deal.agreed_on >= bindparam("quiet"))
    return (
        select(region, Deal.product_code, func.max(Deal.agreed_on), recent)
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
_DEALT = {SELL: _deals_by(Deal.seller_region_code), BUY: _deals_by(Deal.buyer_region_code)}
_PUBLIC_OFFERS = (
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
