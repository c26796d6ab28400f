"""A farmer of a station."""

from __future__ import annotations

from flask import abort

from market.accounts.models import Account
from market.database import db
from market.deals.models import DealStatus

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
