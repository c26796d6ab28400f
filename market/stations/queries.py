"""A farmer, and where an assistant serves."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort
from sqlalchemy import select

from market.accounts.models import Account, Grant, Role
from market.database import db
from market.deals.models import DealStatus
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


def scope_of(assistant_id: int) -> Sequence[Region]:
    """The regions an assistant serves."""
    return db.session.scalars(
        select(Region)
        .join(Grant, Grant.region_code == Region.code)
        .where(Grant.account_id == assistant_id, Grant.role == Role.ASSISTANT)
        .order_by(Region.path)
    ).all()
