"""What an official looks at before verifying: entered twice? an unusual price? explained?"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Select, and_, case, func, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session, aliased

from market.accounts.models import Account
from market.database import utcnow
from market.deals.models import Deal, DealStatus
from market.deals.rules import PriceBand, price_outlier
from market.offers.models import Offer, Verification
from market.products.units import UNITS, Dimension

# Fewer prices than this are no usual price.
PRICES_AT_LEAST = 5
# Deals that another one can be a duplicate of.
STANDING = (DealStatus.AGREED, DealStatus.VERIFIED, DealStatus.RETURNED, DealStatus.DISPUTED)


@dataclass(frozen=True)
class Flags:
    """What is worth a second look about a deal.

    Attributes:
        duplicates: ids of deals it may be the same as.
        usual: the product's usual price from and to, in yuan per the deal's unit, from how
            many prices; None where too few are known.
        outside: its price is well outside that.
        explained: why its amount isn't quantity times price; empty when it is.
    """

    duplicates: list[int] = field(default_factory=list)
    usual: tuple[Decimal, Decimal, int] | None = None
    outside: bool = False
    explained: str = ""

    def __bool__(self) -> bool:
        return bool(self.duplicates or self.outside or self.explained)


def flags(session: Session, deals: Collection[Any]) -> dict[int, Flags]:
    """The flags of each of `deals` (Deal, or a row of queries.listed()), by id."""
    same = likely_duplicates(session, [deal.id for deal in deals])
    bands = price_bands(session, {deal.product_code for deal in deals})
    found = {}
    for deal in deals:
        band = bands.get(band_key(deal.product_code, deal.unit))
        outside = price_outlier(per_base(deal.unit_price, deal.unit), band)
        found[deal.id] = Flags(
            same.get(deal.id, []), _usual(band, deal.unit), outside, deal.amount_reason
        )
    return found


def likely_duplicates(session: Session, deal_ids: Collection[int]) -> dict[int, list[int]]:
    """For each of the deals that has any, the others it may be the same as.

    The same product, day and home county, the amount within 1%, and each side the same
    account; or, where two stations entered one deal, a represented farmer of the same
    name and county.
    """
    if not deal_ids:
        return {}
    this, other = aliased(Deal), aliased(Deal)
    gap = func.abs(this.amount_fen - other.amount_fen) * 100
    alike = other.home_region_code == this.home_region_code
    query = select(this.id, other.id).join_from(this, other, alike)
    query = query.where(
        this.id.in_(deal_ids),
        other.status.in_(STANDING),
        other.id != this.id,
        other.product_code == this.product_code,
        other.agreed_on == this.agreed_on,
        or_(gap <= this.amount_fen, gap <= other.amount_fen),
    )
    for party in ("seller_id", "buyer_id"):
        one, two = aliased(Account), aliased(Account)
        query = (
            query.join(one, one.id == getattr(this, party))
            .join(two, two.id == getattr(other, party))
            .where(
                or_(
                    one.id == two.id,
                    and_(
                        one.name == two.name,
                        one.region_code == two.region_code,
                        or_(one.represented_by_id.is_not(None), two.represented_by_id.is_not(None)),
                    ),
                )
            )
        )
    found: dict[int, list[int]] = {}
    for id_, same in session.execute(query.order_by(this.id, other.id)):
        found.setdefault(id_, []).append(same)
    return found


def band_key(product_code: str, unit: str) -> tuple[str, str]:
    """What prices are compared within: the product, and the dimension (a count: the unit)."""
    dimension = UNITS[unit].dimension
    return product_code, unit if dimension is Dimension.COUNT else dimension.value


def per_base(unit_price: Decimal, unit: str) -> Decimal:
    """Yuan per `unit` as yuan per base unit of its dimension."""
    return unit_price / UNITS[unit].factor


def _usual(band: PriceBand | None, unit: str) -> tuple[Decimal, Decimal, int] | None:
    if band is None:
        return None
    factor = UNITS[unit].factor
    return round(band.low * factor, 2), round(band.high * factor, 2), band.count


def _scale() -> int:
    """What makes every unit's 1/factor a whole number."""
    return int(max(unit.factor for unit in UNITS.values()))


def _prices(price: Any, unit: Any, product: Any, *where: Any) -> Select[*tuple[Any, ...]]:
    """Product, dimension key and price in 10^-4 yuan per base unit times _scale()."""
    keys = {code: band_key("", code)[1] for code in UNITS}
    factors = {code: int(_scale() / of.factor) for code, of in UNITS.items()}
    return select(
        product.label("product"),
        case(keys, value=unit).label("key"),
        (type_coerce(price, BigInteger) * case(factors, value=unit)).label("price"),
    ).where(*where)


def price_bands(session: Session, products: Iterable[str]) -> dict[tuple[str, str], PriceBand]:
    """The usual prices of the last year by band_key: tenth, fiftieth, ninetieth percentile.

    From what counties have verified: deals, and offers with a price. A product with fewer
    than five such prices has no band.
    """
    products = set(products)
    since = utcnow() - timedelta(days=365)
    prices = union_all(
        _prices(
            Deal.unit_price,
            Deal.unit,
            Deal.product_code,
            Deal.product_code.in_(products),
            Deal.status == DealStatus.VERIFIED,
            Deal.verified_at >= since,
        ),
        _prices(
            Offer.price_low,
            Offer.price_unit,
            Offer.product_code,
            Offer.product_code.in_(products),
            Offer.verification == Verification.VERIFIED,
            Offer.price_low.is_not(None),
            Offer.published_at >= since,
        ),
    ).subquery()
    group = (prices.c.product, prices.c.key)
    ranked = select(
        *group,
        prices.c.price,
        func.row_number().over(partition_by=group, order_by=prices.c.price).label("place"),
        func.count().over(partition_by=group).label("count"),
    ).subquery()
    # The nearest-rank percentile p of n: place ceil(p * n / 100), in whole numbers.
    percentiles = [
        func.max(case((ranked.c.place == (p * ranked.c["count"] + 99) // 100, ranked.c.price)))
        for p in (10, 50, 90)
    ]
    rows: Iterable[Any] = session.execute(
        select(ranked.c.product, ranked.c.key, *percentiles, ranked.c["count"])
        .where(ranked.c["count"] >= PRICES_AT_LEAST)
        .group_by(ranked.c.product, ranked.c.key, ranked.c["count"])
    )
    scale = Decimal(10**4 * _scale())
    return {
        (product, key): PriceBand(low / scale, median / scale, high / scale, count)
        for product, key, low, median, high, count in rows
    }
