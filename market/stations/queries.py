"""The assistant's farmers, and what goes on in their name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort
from sqlalchemy import case, func, or_, select

from market.accounts.models import Account, Consent, Grant, Role
from market.database import db
from market.deals.models import Deal, DealStatus
from market.offers.models import Offer, Side
from market.offers.queries import public
from market.regions.models import Region

# Deals that have not come to nothing.
ACTIVE_STATUSES = (
    DealStatus.PROPOSED,
    DealStatus.AGREED,
    DealStatus.RETURNED,
    DealStatus.DISPUTED,
    DealStatus.VERIFIED,
)


def get_farmer(account_id: int) -> Account:
    """A represented farmer by id, or 404."""
    account = db.session.get(Account, account_id)
    if account is None or account.represented_by_id is None:
        abort(404)
    return account


def farmers_of(assistant_id: int) -> Sequence[Any]:
    """The represented farmers by name: id, name, phone, region, open offers, deals that
    stand, and deals that wait for an answer of theirs."""
    offers = (
        select(func.count())
        .where(Offer.owner_id == Account.id, public())
        .correlate(Account)
        .scalar_subquery()
    )
    theirs = or_(Deal.seller_id == Account.id, Deal.buyer_id == Account.id)
    deals = (
        select(func.count())
        .where(theirs, Deal.status.in_(ACTIVE_STATUSES))
        .correlate(Account)
        .scalar_subquery()
    )
    answering = case((Deal.proposed_side == Side.SELL, Deal.buyer_id), else_=Deal.seller_id)
    waiting = (
        select(func.count())
        .where(answering == Account.id, Deal.status == DealStatus.PROPOSED)
        .correlate(Account)
        .scalar_subquery()
    )
    return db.session.execute(
        select(
            Account.id,
            Account.name,
            Account.phone,
            Account.trader_type,
            Region.name.label("region_name"),
            Region.name_en.label("region_name_en"),
            offers.label("offers"),
            deals.label("deals"),
            waiting.label("waiting"),
        )
        .join(Region, Region.code == Account.region_code)
        .where(Account.represented_by_id == assistant_id)
        .order_by(Account.name, Account.id)
    ).all()


def scope_of(assistant_id: int) -> Sequence[Region]:
    """The regions an assistant serves."""
    return db.session.scalars(
        select(Region)
        .join(Grant, Grant.region_code == Region.code)
        .where(Grant.account_id == assistant_id, Grant.role == Role.ASSISTANT)
        .order_by(Region.path)
    ).all()


def consent_of(farmer: Account) -> Consent | None:
    """The consent a farmer is represented by now."""
    return db.session.scalar(
        select(Consent)
        .where(Consent.farmer_id == farmer.id, Consent.withdrawn_at.is_(None))
        .order_by(Consent.id.desc())
        .limit(1)
    )
