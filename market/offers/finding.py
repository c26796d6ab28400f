"""Finding offers: what may be asked, and the answer read from the database.

The search room installs a quicker finder over its index; when that can't answer, the
database does, and the visitor is told nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Select, case, false, func, or_, select

from market.extensions import db
from market.offers.models import Offer, Side, Verification
from market.offers.queries import public
from market.products.models import Product
from market.products.queries import resolve_product
from market.products.units import UNITS, Dimension
from market.regions.models import Region, within

PER_PAGE = 20
LAST_PAGE = 500
MASS_UNITS = [u.code for u in UNITS.values() if u.dimension is Dimension.MASS]


@dataclass(frozen=True)
class Filters:
    """What a visitor asks for.

    Attributes:
        product_path: of a product or a category; with everything below it.
        region_path: with everything below it.
        price_min, price_max: yuan per kilogram; with either, only what is priced by mass.
        sort: relevance, newest or price.
        page: from 1.
    """

    text: str = ""
    side: Side | None = None
    product_path: str = ""
    region_path: str = ""
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    verified: bool = False
    sort: str = "relevance"
    page: int = 1
    per_page: int = PER_PAGE


@dataclass(frozen=True)
class Found:
    """The page's offers in order, how many there are in all, and counts to narrow by.

    Attributes:
        facets: by name (value, count), most first. `side` and `verified` count as if they
            were not filtered by themselves; `product` (codes of categories or products) and
            `region` (codes) count the next level below the chosen one.
    """

    ids: list[int]
    total: int
    facets: dict[str, list[tuple[str, int]]]


Finder = Callable[[Filters], Found | None]


def set_finder(finder: Finder | None) -> None:
    """Ask `finder` first from now on, in this app; it answers None when it can't."""
    current_app.extensions["offer_finder"] = finder


def find(filters: Filters) -> Found:
    """The answer of the installed finder, or else of the database."""
    finder = current_app.extensions.get("offer_finder")
    found = finder(filters) if finder else None
    return find_in_database(filters) if found is None else found


def find_in_database(filters: Filters) -> Found:
    """The answer in SQL alone."""
    where = _conditions(filters)
    by_side = _counted(Offer.side, replace(filters, side=None))
    by_verified = _counted(Offer.verification, replace(filters, verified=False))
    products, regions = _counted(Product.path, filters), _counted(Region.path, filters)
    ids = db.session.scalars(
        _from(select(Offer.id))
        .where(*where)
        .order_by(*_order(filters))
        .limit(filters.per_page)
        .offset((filters.page - 1) * filters.per_page)
    ).all()
    verified = by_verified.get(Verification.VERIFIED, 0)
    return Found(
        ids=list(ids),
        total=sum(products.values()),
        facets={
            "side": [(side.value, by_side[side]) for side in Side if by_side.get(side)],
            "product": next_level(products.items(), filters.product_path),
            "region": [
                (code.ljust(6, "0"), n)
                for code, n in next_level(regions.items(), filters.region_path)
            ],
            "verified": [("1", verified)] if verified else [],
        },
    )


def next_level(counts: Iterable[tuple[str, int]], above: str) -> list[tuple[str, int]]:
    """Counts by path, summed up by the step below the path `above`; most first."""
    start = f"{above}/" if above else ""
    sums: Counter[str] = Counter()
    for path, n in counts:
        if path.startswith(start):
            sums[path[len(start) :].split("/", 1)[0]] += n
    return sorted(sums.items(), key=lambda row: (-row[1], row[0]))


def _from(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(Offer)
        .join(Product, Product.code == Offer.product_code)
        .join(Region, Region.code == Offer.region_code)
    )


def _counted(column: Any, filters: Filters) -> dict[Any, int]:
    query = _from(select(column, func.count())).where(*_conditions(filters)).group_by(column)
    return dict(db.session.execute(query).all())


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    where = [public()]
    if filters.side:
        where.append(Offer.side == filters.side)
    if filters.product_path:
        where.append(within(Product.path, filters.product_path))
    if filters.region_path:
        where.append(within(Region.path, filters.region_path))
    if filters.verified:
        where.append(Offer.verification == Verification.VERIFIED)
    if filters.price_min is not None or filters.price_max is not None:
        where.append(Offer.price_unit.in_(MASS_UNITS))
    if filters.price_min is not None:
        where.append(Offer.price_per_base >= filters.price_min)
    if filters.price_max is not None:
        where.append(Offer.price_per_base <= filters.price_max)
    where += [_says(word) for word in filters.text.split()[:8]]
    return where


def _says(word: str) -> ColumnElement[bool]:
    """The word stands in the title, names the product or one above it, or the place."""
    named = [within(Product.path, p.path) for p in resolve_product(word)[:12]]
    return or_(
        Offer.title.icontains(word, autoescape=True),
        Product.name.contains(word, autoescape=True),
        Product.name_en.icontains(word, autoescape=True),
        Region.name.contains(word, autoescape=True),
        *named,
        *([] if named else [false()]),
    )


def _order(filters: Filters) -> list[Any]:
    newest = [Offer.published_at.desc(), Offer.id.desc()]
    if filters.sort == "price":
        # Cheapest first, but a buyer who pays most first; what has no price comes last.
        signed = case((Offer.side == Side.BUY, -Offer.price_per_base), else_=Offer.price_per_base)
        by_mass = case((Offer.price_unit.in_(MASS_UNITS), 0), else_=1)
        return [Offer.price_per_base.is_(None), by_mass, signed, *newest]
    if filters.sort == "relevance" and filters.text:
        first = filters.text.split()[0]
        exact = case(
            (Product.name == first, 0),
            (Offer.title.icontains(first, autoescape=True), 1),
            else_=2,
        )
        verified = case((Offer.verification == Verification.VERIFIED, 0), else_=1)
        return [exact, verified, *newest]
    return newest
