"""What waits on an official's desk: only inside the regions their roles act in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, or_, select
from sqlalchemy.orm import Session

from market.accounts.models import OFFICIALS, Account, Role
from market.database import utcnow
from market.deals.models import Deal, DealStatus
from market.deals.queries import listed
from market.fairs.models import Fair, FairStatus
from market.offers.models import Offer, Status, Verification
from market.products.models import Product
from market.regions.models import Region, is_within, within

PER_PAGE = 25


def scope(account: Account) -> list[str]:
    """The region paths the account's official roles act in."""
    return [g.region.path for g in account.grants if g.role in OFFICIALS]


def inside(paths: Collection[str]) -> ColumnElement[bool]:
    """SQL: the joined Region is in one of the subtrees."""
    return or_(*(within(Region.path, path) for path in paths))


def counties(session: Session, paths: Collection[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Code and names of the reporting regions in the subtrees, in the order of their codes."""
    return session.execute(
        select(Region.code, Region.path, Region.name, Region.name_en)
        .where(Region.is_leaf, inside(paths))
        .order_by(Region.path)
    ).all()


def _offers_waiting() -> tuple[ColumnElement[bool], ...]:
    return (
        Offer.status == Status.PUBLISHED,
        Offer.verification == Verification.UNVERIFIED,
        Offer.valid_until > utcnow(),
    )


def offers_waiting(
    session: Session, paths: Collection[str], page: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """A page (from 1) of the open offers nobody has verified, the longest waiting first."""
    return session.execute(
        select(
            Offer.id,
            Offer.side,
            Offer.title,
            Offer.quantity,
            Offer.unit,
            Offer.price_low,
            Offer.price_high,
            Offer.price_unit,
            Offer.published_at,
            Offer.owner_id,
            Account.name.label("owner_name"),
            Account.represented_by_id,
            Product.name,
            Product.name_en,
            Region.name.label("region_name"),
            Region.name_en.label("region_name_en"),
            Region.path,
        )
        .join(Region, Region.code == Offer.region_code)
        .join(Product, Product.code == Offer.product_code)
        .join(Account, Account.id == Offer.owner_id)
        .where(*_offers_waiting(), inside(paths))
        .order_by(Offer.published_at, Offer.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()


def deals_waiting(
    session: Session, paths: Collection[str], page: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """A page (from 1) of the agreed deals to verify, the longest waiting first."""
    return session.execute(
        listed()
        .where(Deal.status == DealStatus.AGREED, inside(paths))
        .order_by(Deal.agreed_on, Deal.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    ).all()


def count_offers(session: Session, paths: Collection[str]) -> int:
    """How many offers offers_waiting has in all."""
    query = select(func.count()).select_from(Offer)
    query = query.join(Region, Region.code == Offer.region_code)
    return session.scalar(query.where(*_offers_waiting(), inside(paths))) or 0


def count_deals(session: Session, paths: Collection[str], status: DealStatus) -> int:
    """How many deals of the subtrees are in a state."""
    query = select(func.count()).select_from(Deal)
    query = query.join(Region, Region.code == Deal.home_region_code)
    return session.scalar(query.where(Deal.status == status, inside(paths))) or 0


def verifies(account: Account, path: str) -> bool:
    """Whether the account is a county official of the region path."""
    return account.has_role(Role.COUNTY_OFFICIAL, within=path)


def running_fairs(session: Session, account: Account) -> list[tuple[Any, Region]]:
    """Each open fair with the region of the account whose line in it they look at first."""
    fairs = session.execute(
        select(Fair.slug, Fair.name, Fair.name_en, Fair.ends_on, Region.path)
        .join(Region, Region.code == Fair.region_code)
        .where(Fair.status == FairStatus.OPEN)
        .order_by(Fair.ends_on)
    ).all()
    regions = [g.region for g in account.grants if g.role in OFFICIALS]
    return [
        (fair, region)
        for fair in fairs
        for region in regions[:1]
        if is_within(region.path, fair.path) or is_within(fair.path, region.path)
    ]
