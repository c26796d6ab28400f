"""The figures of a session 专场, derived from what its fair lists and its ledger says.

They are a part of the fair's and never added to them: two sessions may share days and
products. Nothing of them is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import URL, Select, func, select

from market.database import db
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.fairs.models import FairListing, FairSession
from market.fairs.queries import admits_product
from market.fairs.rules import listing_window
from market.offers.models import Side
from market.products.models import Product
from market.regions.models import Region
from market.tallies.models import FairRegion
from market.tallies.region_queries import DealRow, public_row, verified_deals
from market.web.home_time import home_zone
from market.web.pagination import Pagination

MAX_COUNTIES = 10
SESSION_DEALS_PER_PAGE = 10


@dataclass(frozen=True)
class SessionCounty:
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
    counties: Sequence[SessionCounty]

    @property
    def listings(self) -> int:
        return self.sell + self.buy


def session_totals(session: FairSession, counted_at: datetime | None = None) -> SessionTotals:
    """The session's figures now.

    With `counted_at` they are cached until the fair is counted again: its listings are too
    many to go through for each visitor.
    """
    key = (session.fair_id, tuple(session.prefixes), session.starts_on, session.ends_on)
    return _cached_totals(db.engine.url, counted_at, *key) if counted_at else _totals(*key)


@lru_cache(maxsize=128)
def _cached_totals(database: URL, counted_at: datetime, *key: Any) -> SessionTotals:
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
            SessionCounty(row.code, row.name, row.name_en, int(row.fen))
            for row in rows[:MAX_COUNTIES]
            if row.fen
        ],
    )


def session_deals(session: FairSession, page: int = 1) -> tuple[Sequence[DealRow], Pagination]:
    """The session's verified deals on that page, and which page it is.

    The latest first; the names of the parties are masked.
    """
    of_fair = (Deal.fair_id == session.fair_id, Deal.status == DealStatus.VERIFIED)
    count = select(func.count()).select_from(Deal).where(*of_fair, *_of(session))
    pagination = Pagination(page, SESSION_DEALS_PER_PAGE, db.session.scalar(count) or 0)
    return _public_rows(session, pagination.limit(_deals(session))), pagination


def every_deal(session: FairSession) -> Sequence[DealRow]:
    """All the session's verified deals, the latest first; the names of the parties masked."""
    return _public_rows(session, _deals(session))


def _deals(session: FairSession) -> Select[Any]:
    latest_first = (Deal.agreed_on.desc(), Deal.id.desc())
    return verified_deals().where(*_of(session)).order_by(*latest_first)


def _public_rows(session: FairSession, deals: Any) -> Sequence[DealRow]:
    return [public_row(row) for row in db.session.execute(deals, {"fair": session.fair_id})]


def _of(session: FairSession) -> Sequence[Any]:
    """SQL: the deal is about the session's products and agreed on its days."""
    return (
        Deal.product_code.in_(_codes(session.prefixes)),
        Deal.agreed_on.between(session.starts_on, session.ends_on),
    )


def _codes(themes: Sequence[str]) -> Select[Any]:
    """The codes of the products these themes are about."""
    return select(Product.code).where(admits_product(themes))
