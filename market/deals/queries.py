"""Deals as lists show them, and the flags an official looks at before verifying."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import current_app
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from market.accounts.models import Account
from market.database import utcnow
from market.deals.models import Deal, DealStatus
from market.deals.rules import OpenFair, PriceBand
from market.fairs.models import Fair, FairStatus, FairTheme
from market.offers.models import Offer, Side, Verification
from market.products.models import Product
from market.products.units import UNITS, Dimension
from market.regions.models import Region

# Fewer prices than this are no usual price.
PRICES_AT_LEAST = 5
ONGOING = (DealStatus.PROPOSED, DealStatus.AGREED, DealStatus.RETURNED, DealStatus.DISPUTED)
# Deals that another one can be a duplicate of.
STANDING = (DealStatus.AGREED, DealStatus.VERIFIED, DealStatus.RETURNED, DealStatus.DISPUTED)


class Tab(enum.StrEnum):
    WAITING = "waiting"
    OPEN = "open"
    VERIFIED = "verified"
    ALL = "all"


def home_path(session: Session) -> str:
    """The path of the home region."""
    code = current_app.config["HOME_REGION"]
    return session.scalars(select(Region.path).where(Region.code == code)).one()


def open_fairs(session: Session, day: date) -> list[OpenFair]:
    """The fairs that take deals agreed on the local `day`: their dates open and close them."""
    fairs = session.execute(
        select(Fair.id, Region.path)
        .join(Region, Region.code == Fair.region_code)
        .where(
            Fair.status.in_((FairStatus.ANNOUNCED, FairStatus.OPEN)),
            Fair.starts_on <= day,
            Fair.ends_on >= day,
            Fair.totals_only.is_(False),
        )
    ).all()
    themes: dict[int, set[str]] = {id_: set() for id_, _ in fairs}
    if themes:
        for fair_id, prefix in session.execute(
            select(FairTheme.fair_id, FairTheme.product_prefix).where(FairTheme.fair_id.in_(themes))
        ):
            themes[fair_id].add(prefix)
    return [OpenFair(id_, path, themes[id_]) for id_, path in fairs]


def parties_of(session: Session, account: Account) -> list[int]:
    """The ids the account speaks for: its own, and the farmers it represents."""
    mine = [account.id]
    if account.is_assistant:
        mine += session.scalars(select(Account.id).where(Account.represented_by_id == account.id))
    return mine


def _tab_filter(tab: Tab, parties: Collection[int]) -> ColumnElement[bool]:
    answering = case((Deal.proposed_side == Side.SELL, Deal.buyer_id), else_=Deal.seller_id).in_(
        parties
    )
    return {
        Tab.WAITING: or_(
            and_(Deal.status == DealStatus.PROPOSED, answering),
            Deal.status == DealStatus.RETURNED,
        ),
        Tab.OPEN: Deal.status.in_(ONGOING),
        Tab.VERIFIED: Deal.status == DealStatus.VERIFIED,
        Tab.ALL: literal(True),
    }[tab]


def tab_counts(session: Session, parties: Collection[int]) -> dict[Tab, int]:
    """How many deals each tab holds."""
    row = session.execute(
        select(*(func.count(case((_tab_filter(tab, parties), 1))) for tab in Tab)).where(
            _of(parties)
        )
    ).one()
    return dict(zip(Tab, row, strict=True))


def _of(parties: Collection[int]) -> ColumnElement[bool]:
    return or_(Deal.seller_id.in_(parties), Deal.buyer_id.in_(parties))


def listed() -> Select[Any]:
    """The columns a list of deals shows."""
    seller, buyer = aliased(Account), aliased(Account)
    return (
        select(
            Deal.id,
            Deal.status,
            Deal.status_reason,
            Deal.quantity,
            Deal.unit,
            Deal.unit_price,
            Deal.amount_fen,
            Deal.amount_reason,
            Deal.agreed_on,
            Deal.created_at,
            Deal.channel,
            Deal.seller_id,
            Deal.buyer_id,
            Deal.product_code,
            seller.name.label("seller_name"),
            buyer.name.label("buyer_name"),
            Product.name,
            Product.name_en,
            Region.name.label("home_name"),
            Region.name_en.label("home_name_en"),
        )
        .join(seller, seller.id == Deal.seller_id)
        .join(buyer, buyer.id == Deal.buyer_id)
        .join(Product, Product.code == Deal.product_code)
        .join(Region, Region.code == Deal.home_region_code)
    )


def deals_of(
    session: Session, parties: Collection[int], tab: Tab, page: int, per_page: int
) -> Sequence[Row[Any]]:
    """A page (from 1) of the parties' deals, the newest first."""
    return session.execute(
        listed()
        .where(_of(parties), _tab_filter(tab, parties))
        .order_by(Deal.id.desc())
        .limit(per_page)
        .offset((page - 1) * per_page)
    ).all()


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
    query = select(this.id, other.id).where(
        this.id.in_(deal_ids),
        other.home_region_code == this.home_region_code,
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


def _scale() -> int:
    """What makes every unit's 1/factor a whole number."""
    return int(max(unit.factor for unit in UNITS.values()))


def _prices(price: Any, unit: Any, product: Any, *where: Any) -> Select[Any]:
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
    columns = [
        func.max(case((ranked.c.place == (p * ranked.c["count"] + 99) // 100, ranked.c.price)))
        for p in (10, 50, 90)
    ]
    rows = session.execute(
        select(ranked.c.product, ranked.c.key, *columns, ranked.c["count"])
        .where(ranked.c["count"] >= PRICES_AT_LEAST)
        .group_by(ranked.c.product, ranked.c.key, ranked.c["count"])
    )
    scale = Decimal(10**4 * _scale())
    return {
        (product, key): PriceBand(low / scale, median / scale, high / scale, count)
        for product, key, low, median, high, count in rows
    }
