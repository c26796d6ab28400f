"""Reading one region of a fair: its products and its deals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import URL, Integer, bindparam, func, select
from sqlalchemy.orm import aliased

from market.accounts.models import Account, TraderType
from market.database import Path, read
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.extensions import db
from market.fairs.models import Fair, FairListing
from market.offers.models import Side
from market.products.models import Product
from market.regions.models import Region, within

DEALS_A_PAGE = 10
PEOPLE = (TraderType.FARMER, TraderType.BROKER, TraderType.BUYER)


@dataclass
class ProductRow:
    """A product's listings, deals and value in a region of a fair."""

    code: str
    name: str = ""
    name_en: str = ""
    sell: int = 0
    buy: int = 0
    deals: int = 0
    amount_fen: int = 0


@dataclass(frozen=True)
class DealRow:
    """A verified deal for the public: who, with the name masked, what, how much, when."""

    id: int
    day: date
    product: Any
    quantity: Decimal
    unit: str
    amount_fen: int
    seller: str
    seller_region: Any
    buyer: str
    buyer_region: Any


@dataclass(frozen=True)
class Named:
    name: str
    name_en: str


def region_products(
    fair: Fair, region: Region, counted_at: datetime | None = None
) -> Sequence[ProductRow]:
    """Every product listed or dealt in inside `region`, the most valuable first.

    With `counted_at` they are kept until the fair is counted again: a province's listings
    are too many to go through for each visitor.
    """
    if counted_at is None:
        return _products(fair.id, region.path)
    return _kept_products(db.engine.url, fair.id, region.path, counted_at)


@lru_cache(maxsize=256)
def _kept_products(
    database: URL, fair_id: int, path: str, counted_at: datetime
) -> Sequence[ProductRow]:
    return _products(fair_id, path)


def _products(fair_id: int, path: str) -> Sequence[ProductRow]:
    rows: dict[str, ProductRow] = {}
    inside = select(Region.code).where(within(Region.path, path))
    listings = db.session.execute(
        select(FairListing.product_code, FairListing.side, func.count())
        .where(FairListing.fair_id == fair_id, FairListing.counts)
        .where(FairListing.region_code.in_(inside))
        .group_by(FairListing.product_code, FairListing.side)
    )
    for code, side, number in listings:
        row = rows.setdefault(code, ProductRow(code))
        setattr(row, "sell" if side is Side.SELL else "buy", number)
    ledger = db.session.execute(
        select(
            LedgerEntry.product_code,
            func.sum(LedgerEntry.deals),
            func.sum(LedgerEntry.amount_fen),
        )
        .where(LedgerEntry.fair_id == fair_id, LedgerEntry.region_code.in_(inside))
        .group_by(LedgerEntry.product_code)
    )
    for code, deals, fen in ledger:
        row = rows.setdefault(code, ProductRow(code))
        row.deals, row.amount_fen = int(deals), int(fen)
    names = db.session.execute(
        select(Product.code, Product.name, Product.name_en).where(Product.code.in_(rows))
    )
    for code, name, name_en in names:
        rows[code].name, rows[code].name_en = name, name_en
    return sorted(rows.values(), key=lambda r: (-r.amount_fen, -r.sell - r.buy, r.code))


def region_deals(fair: Fair, region: Region, page: int = 1) -> tuple[Sequence[DealRow], int]:
    """(the verified deals counted in `region` on that page, the number of pages).

    The latest first; the names of the parties are masked.
    """
    asked = {"fair": fair.id, "inside": region.path}
    number = read(_NUMBER, **asked).scalar_one()
    pages = max(1, -(-number // DEALS_A_PAGE))
    found = read(_DEALS, **asked, offset=(min(page, pages) - 1) * DEALS_A_PAGE)
    return [
        DealRow(
            id=row.id,
            day=row.agreed_on,
            product=Named(row.name, row.name_en),
            quantity=row.quantity,
            unit=row.unit,
            amount_fen=row.amount_fen,
            seller=masked_name(row.seller, row.seller_type),
            seller_region=Named(row.from_name, row.from_name_en),
            buyer=masked_name(row.buyer, row.buyer_type),
            buyer_region=Named(row.to_name, row.to_name_en),
        )
        for row in found
    ], pages


def masked_name(name: str, trader_type: TraderType) -> str:
    """A person as 张*; a firm by its first two and last two characters: 石门**作社."""
    if trader_type in PEOPLE or len(name) <= 4:
        return f"{name[:1]}*"
    return f"{name[:2]}**{name[-2:]}"


def _deals() -> Any:
    from_region, to_region = aliased(Region), aliased(Region)
    seller, buyer = aliased(Account, flat=True), aliased(Account, flat=True)
    return (
        select(
            *(Deal.id, Deal.agreed_on, Deal.quantity, Deal.unit, Deal.amount_fen),
            *(Product.name, Product.name_en),
            *(seller.name.label("seller"), seller.trader_type.label("seller_type")),
            *(buyer.name.label("buyer"), buyer.trader_type.label("buyer_type")),
            *(from_region.name.label("from_name"), from_region.name_en.label("from_name_en")),
            *(to_region.name.label("to_name"), to_region.name_en.label("to_name_en")),
        )
        .join(Product, Product.code == Deal.product_code)
        .join(seller, seller.id == Deal.seller_id)
        .join(buyer, buyer.id == Deal.buyer_id)
        .join(from_region, from_region.code == Deal.seller_region_code)
        .join(to_region, to_region.code == Deal.buyer_region_code)
        .where(*_OF_REGION)
        .order_by(Deal.agreed_on.desc(), Deal.id.desc())
        .limit(DEALS_A_PAGE)
        .offset(bindparam("offset", type_=Integer))
    )


# Made once: putting these together takes longer than running them.
_Home = aliased(Region)
_OF_REGION = (
    Deal.fair_id == bindparam("fair"),
    Deal.status == DealStatus.VERIFIED,
    Deal.home_region_code.in_(
        select(_Home.code).where(within(_Home.path, bindparam("inside", type_=Path)))
    ),
)
_NUMBER = select(func.count()).select_from(Deal).where(*_OF_REGION)
_DEALS = _deals()
