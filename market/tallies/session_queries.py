"""The figures of a session 专场, derived from what its fair lists and its ledger says.

They are a part of the fair's and never added to them: two sessions may share days and
products. Nothing of them is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from sqlalchemy import URL, func, select
from sqlalchemy.orm import aliased

from market.accounts.models import Account
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.extensions import db
from market.fairs.models import FairListing, FairSession
from market.fairs.queries import about, home_zone
from market.fairs.rules import listing_window
from market.offers.models import Side
from market.products.models import Product
from market.regions.models import Region
from market.tallies.models import FairRegion
from market.tallies.region_queries import Named, masked_name

TOP = 10
DEALS_A_PAGE = 10


@dataclass(frozen=True)
class County:
    """What a county dealt in within the session."""

    code: str
    name: str
    name_en: str
    amount_fen: int


@dataclass(frozen=True)
class SessionTotals:
    """A session's figures.

    Attributes:
        sell, buy, listings: of its products, listed in the fair by the session's last day.
        deals, amount_fen: sums of the fair's ledger entries of its products, agreed on its
            days.
        counties: the first ten by value, those without any left out.
    """

    sell: int
    buy: int
    deals: int
    amount_fen: int
    counties: Sequence[County]

    @property
    def listings(self) -> int:
        return self.sell + self.buy


@dataclass(frozen=True)
class SessionDeal:
    """A verified deal of the session for the public, the names masked."""

    id: int
    day: date
    product: Named
    quantity: Decimal
    unit: str
    amount_fen: int
    seller: str
    seller_region: Named
    buyer: str
    buyer_region: Named


def session_totals(session: FairSession, counted_at: datetime | None = None) -> SessionTotals:
    """The session's figures now.

    With `counted_at` they are kept until the fair is counted again: its listings are too
    many to go through for each visitor.
    """
    key = (session.fair_id, tuple(session.prefixes), session.starts_on, session.ends_on)
    return _kept(db.engine.url, counted_at, *key) if counted_at else _totals(*key)


@lru_cache(maxsize=128)
def _kept(database: URL, counted_at: datetime, *key: Any) -> SessionTotals:
    return _totals(*key)


def _totals(fair_id: int, themes: Sequence[str], first: date, last: date) -> SessionTotals:
    _begin, end = listing_window(first, last, home_zone())
    sides = db.session.execute(
        select(FairListing.side, func.count())
        .where(
            FairListing.fair_id == fair_id,
            FairListing.counts,
            FairListing.listed_at < end,
            FairListing.product_code.in_(_codes(themes)),
        )
        .group_by(FairListing.side)
    )
    listed: dict[Side, int] = dict(sides.all())
    # A county is called as it was when the fair opened.
    name = func.coalesce(FairRegion.name, Region.name).label("name")
    name_en = func.coalesce(FairRegion.name_en, Region.name_en).label("name_en")
    as_it_was = (FairRegion.fair_id == fair_id) & (FairRegion.code == Region.code)
    rows = db.session.execute(
        select(
            *(Region.code, name, name_en),
            func.sum(LedgerEntry.deals),
            func.sum(LedgerEntry.amount_fen).label("fen"),
        )
        .join(Deal, Deal.id == LedgerEntry.deal_id)
        .join(Region, Region.code == LedgerEntry.region_code)
        .outerjoin(FairRegion, as_it_was)
        .where(
            LedgerEntry.fair_id == fair_id,
            LedgerEntry.product_code.in_(_codes(themes)),
            Deal.agreed_on.between(first, last),
        )
        .group_by(Region.code, name, name_en)
        .order_by(func.sum(LedgerEntry.amount_fen).desc(), Region.code)
    ).all()
    return SessionTotals(
        sell=listed.get(Side.SELL, 0),
        buy=listed.get(Side.BUY, 0),
        deals=sum(int(row[3]) for row in rows),
        amount_fen=sum(int(row.fen) for row in rows),
        counties=[
            County(row.code, row.name, row.name_en, int(row.fen)) for row in rows[:TOP] if row.fen
        ],
    )


def session_deals(session: FairSession, page: int = 1) -> tuple[Sequence[SessionDeal], int, int]:
    """(the session's verified deals on that page, the page there is, the number of pages).

    The latest first; the names of the parties are masked.
    """
    number = db.session.scalar(select(func.count()).select_from(Deal).where(*_of(session))) or 0
    pages = max(1, -(-number // DEALS_A_PAGE))
    page = min(page, pages)
    found = db.session.execute(
        _deals()
        .where(*_of(session))
        .order_by(Deal.agreed_on.desc(), Deal.id.desc())
        .limit(DEALS_A_PAGE)
        .offset((page - 1) * DEALS_A_PAGE)
    )
    return [_shown(row) for row in found], page, pages


def every_deal(session: FairSession) -> list[SessionDeal]:
    """All the session's verified deals, the latest first; the names of the parties masked."""
    statement = _deals().where(*_of(session))
    found = db.session.execute(statement.order_by(Deal.agreed_on.desc(), Deal.id.desc()))
    return [_shown(row) for row in found]


def _shown(row: Any) -> SessionDeal:
    return SessionDeal(
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


def _of(session: FairSession) -> Sequence[Any]:
    """SQL: the deal is verified and of the session."""
    return (
        Deal.fair_id == session.fair_id,
        Deal.status == DealStatus.VERIFIED,
        Deal.product_code.in_(_codes(session.prefixes)),
        Deal.agreed_on.between(session.starts_on, session.ends_on),
    )


def _codes(themes: Sequence[str]) -> Any:
    """The codes of the products these themes are about."""
    return select(Product.code).where(about(themes))


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
    )
