"""Finding offers in SQL alone: right, and slow on many; used while there is no index."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from math import cos, radians
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, not_, or_, select, true

from market.database import db
from market.offers.fields import SEARCHED_TEXTS
from market.offers.models import Offer, Side, Verification
from market.offers.queries import public
from market.offers.rules import TEN_THOUSANDTH, THOUSANDTH
from market.offers.search.filters import PRICE_BANDS, Filters, Found, below
from market.products.models import Product, ProductAlias
from market.products.units import UNITS, Dimension, measure
from market.products.words import PRODUCT_DIGITS
from market.regions.models import Region, is_township, within
from market.regions.queries import get_region

MASS_UNITS = [u.code for u in UNITS.values() if u.dimension is Dimension.MASS]
JIN = UNITS["jin"].factor
MAX_WORDS = 8


def database_search(filters: Filters) -> Found:
    """What `market.search.engine.find` answers, but that words are looked for as they are
    typed and rank by the title alone."""
    rest = _rest(filters)
    if filters.must_say:
        rest.append(_saying(filters, rest))
    where = _freed(filters) + rest
    whole = {name: _freed(replace(filters, **without)) + rest for name, without in _FREED.items()}
    by_side = _counted(Offer.side, whole["side"])
    by_verified = _counted(Offer.verification, whole["verified"])
    products, regions = _counted(Product.path, where), _counted(Region.path, where)
    ids = db.session.scalars(
        _from(select(Offer.id))
        .where(*where)
        .order_by(*_order(filters))
        .limit(filters.per_page)
        .offset(filters.offset)
    ).all()
    verified = by_verified.get(Verification.VERIFIED, 0)
    return Found(
        ids=list(ids),
        total=sum(products.values()),
        facets={
            "side": [(side.value, by_side[side]) for side in Side if by_side.get(side)],
            "product": below(products.items(), filters.products),
            "region": [
                (code.ljust(6, "0"), n) for code, n in below(regions.items(), filters.regions)
            ],
            "price": _bands(whole["price"]),
            "verified": [("1", verified)] if verified else [],
        },
    )


def found_among(filters: Filters, ids: Iterable[int]) -> list[int]:
    """Which of these offers are found, in the place asked for."""
    where = [*_freed(filters), *_rest(filters), Offer.id.in_(list(ids))]
    if filters.must_say:
        where += [_says(word) for word in filters.words[:MAX_WORDS]]
    return list(db.session.scalars(_from(select(Offer.id)).where(*where)))


# What each count leaves out of the question.
_FREED: dict[str, dict[str, Any]] = {
    "side": {"side": None},
    "verified": {"verified": False},
    "price": {"price_min": None, "price_max": None},
}


def _from(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(Offer)
        .join(Product, Product.code == Offer.product_code)
        .join(Region, Region.code == Offer.region_code)
    )


def _counted(column: Any, where: list[ColumnElement[bool]]) -> dict[Any, int]:
    query = _from(select(column, func.count())).where(*where).group_by(column)
    return dict(db.session.execute(query).all())


def _bands(where: list[ColumnElement[bool]]) -> list[tuple[str, int]]:
    def inside(low: int, high: int | None) -> ColumnElement[bool]:
        price = Offer.price_per_base
        upper = price <= Decimal(high) / JIN if high else true()
        return and_(Offer.price_unit.in_(MASS_UNITS), price >= Decimal(low) / JIN, upper)

    sums: Any = select(*(func.count(case((inside(low, high), 1))) for low, high in PRICE_BANDS))
    counts = db.session.execute(_from(sums).where(*where)).one()
    names = [f"{low}-{'' if high is None else high}" for low, high in PRICE_BANDS]
    return [(name, n) for name, n in zip(names, counts, strict=True) if n]


def _freed(filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions on what one of the counts leaves out."""
    where = []
    if filters.side:
        where.append(Offer.side == filters.side)
    if filters.verified:
        where.append(Offer.verification == Verification.VERIFIED)
    if filters.price_min is not None or filters.price_max is not None:
        where.append(Offer.price_unit.in_(_units(filters.price_measure)))
    if filters.price_min is not None:
        low = filters.price_min.quantize(TEN_THOUSANDTH, ROUND_CEILING)
        where.append(Offer.price_per_base >= low)
    if filters.price_max is not None:
        high = filters.price_max.quantize(TEN_THOUSANDTH, ROUND_FLOOR)
        where.append(Offer.price_per_base <= high)
    return where


def _rest(filters: Filters) -> list[ColumnElement[bool]]:
    """The conditions of all counts: put together once, with the names of the products."""
    where = [public()]
    if filters.products:
        where.append(or_(*(_of_product(path, filters.by_title) for path in filters.products)))
    if filters.regions:
        where.append(or_(*(_in_place(path) for path in filters.regions)))
    where += [not_(_of_product(path, by_title=True)) for path in filters.excluded]
    where += [not_(_in_place(path)) for path in filters.excluded_regions]
    denied = filters.excluded_words[:MAX_WORDS]
    where += [not_(Offer.title.icontains(word, autoescape=True)) for word in denied]
    if filters.quantity_min is not None:
        units = _units(filters.quantity_measure)
        where.append(or_(*(_enough(unit, filters.quantity_min) for unit in units)))
    if filters.supply_to is not None:
        where.append(or_(Offer.supply_from.is_(None), Offer.supply_from <= filters.supply_to))
    if filters.supply_from is not None:
        where.append(or_(Offer.supply_to.is_(None), Offer.supply_to >= filters.supply_from))
    if filters.as_of is not None:
        where.append(Offer.published_at <= filters.as_of)
    return where


def _in_place(path: str) -> ColumnElement[bool]:
    """In the region or township at this path, or below it."""
    if is_township(path):
        return func.coalesce(Offer.township_code, "") == path.rpartition("/")[2]
    return within(Region.path, path)


def _units(of: str) -> list[str]:
    """The units of a measure."""
    return [unit for unit in UNITS if measure(unit) == of]


def _enough(unit: str, quantity: Decimal) -> ColumnElement[bool]:
    """In this unit, and at least so much in the base unit."""
    least = (quantity / UNITS[unit].factor).quantize(THOUSANDTH, ROUND_CEILING)
    return and_(Offer.unit == unit, Offer.remaining >= least)


def _of_product(path: str, by_title: bool) -> ColumnElement[bool]:
    """Of it or below it; or, by title, of a family above it, with a title that names it."""
    if not by_title:
        return within(Product.path, path)
    # Categories have no names that a title would say, and nobody offers one.
    families = [code for code in path.split("/")[:-1] if len(code) == 7]
    named = [Offer.title.icontains(word, autoescape=True) for word in _names(path)]
    if not families or not named:
        return within(Product.path, path)
    return or_(within(Product.path, path), and_(Product.code.in_(families), or_(*named)))


def _names(path: str) -> list[str]:
    """What the products of a branch are called, as `market.search.tokens.names` has it."""
    aliases = select(ProductAlias.alias).join(ProductAlias.product)
    named = select(Product.name).where(within(Product.path, path))
    rows = db.session.scalars(named.union(aliases.where(within(Product.path, path))))
    plain = {part for name in rows for part in (name, name.split("(")[0].split("（")[0])}
    return sorted(word for word in plain if len(word) > 1)


def _saying(filters: Filters, rest: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Offers with all the words; or, when none of the `rest` has them all, any of them.

    Of either side, verified or not, at any price, so that the counts of those hold.
    """
    words = [_says(word) for word in filters.words[:MAX_WORDS]]
    some = _from(select(Offer.id)).where(*rest, *words).limit(1)
    return and_(*words) if db.session.scalar(some) else or_(*words)


def _says(word: str) -> ColumnElement[bool]:
    texts = (Offer.title, *(getattr(Offer, name) for name in SEARCHED_TEXTS))
    return or_(*(text.icontains(word, autoescape=True) for text in texts))


def _order(filters: Filters) -> list[Any]:
    newest = [Offer.published_at.desc(), Offer.id.desc()]
    inside = [case((_in_place(filters.first), 0), else_=1)] if filters.first else []
    if filters.sort == "price":
        # Sales, the cheapest first, then purchases, the best paying first, since what one asks
        # and what another bids are no one scale; what has no price comes last, of either side.
        unpriced = Offer.price_per_base.is_(None)
        wanted = case((unpriced, 0), (Offer.side == Side.BUY, 1), else_=0)
        signed = case((Offer.side == Side.BUY, -Offer.price_per_base), else_=Offer.price_per_base)
        by_mass = case((Offer.price_unit.in_(MASS_UNITS), 0), else_=1)
        return [*inside, unpriced, by_mass, wanted, signed, *newest]
    if filters.sort == "distance" and filters.near:
        return [*inside, *_nearest(filters.near), *newest]
    if filters.sort == "relevance":
        by_words = [
            case((Offer.title.icontains(w, autoescape=True), 0), else_=1) for w in filters.words
        ]
        kinship = _kinship(filters.products)
        around = _nearest(filters.near) if filters.is_near_first else []
        placed = [case((within(Region.path, filters.first), 0), else_=far) for far in around]
        return [*inside, *placed, *by_words, *kinship, *newest]
    return [*inside, *newest]


def _kinship(paths: Iterable[str]) -> list[Any]:
    """The products asked for first, then their varieties, then what else is below them; of what
    is below a category all is the same."""
    codes = [code for path in paths if len(code := path.rpartition("/")[2]) == PRODUCT_DIGITS]
    if not codes:
        return []
    family = Product.family_path.concat("/")
    varieties = or_(*(family.contains(f"/{code}/") for code in codes))
    return [case((Offer.product_code.in_(codes), 0), (varieties, 1), else_=2)]


def _nearest(code: str) -> list[Any]:
    """By the square of the distance on a flat map, which orders as the globe does nearby."""
    here = get_region(code)
    if here.latitude is None or here.longitude is None:
        return []
    north = Region.latitude - here.latitude
    east = (Region.longitude - here.longitude) * cos(radians(here.latitude))
    # As a number: PostgreSQL gives a CASE one type.
    unknown = case((Region.latitude.is_(None), 1), else_=0)
    return [unknown, north * north + east * east]
