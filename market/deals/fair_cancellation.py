"""A fair that has deals can't be cancelled."""

from __future__ import annotations

from sqlalchemy import select

from market.database import db
from market.deals.models import AGREED_OR_LATER, Deal, LedgerEntry
from market.fairs.cancellation import cancellation_checks
from market.fairs.models import Fair
from market.web.errors import InvalidTransition
from market.web.language import lazy_gettext as _l


def check_no_deals(fair: Fair) -> None:
    """Raise InvalidTransition when the ledger counts deals of the fair, or some were agreed."""
    counted = select(LedgerEntry.id).where(LedgerEntry.fair_id == fair.id).limit(1)
    agreed = (
        select(Deal.id).where(Deal.fair_id == fair.id, Deal.status.in_(AGREED_OR_LATER)).limit(1)
    )
    if db.session.scalar(counted) is not None:
        raise InvalidTransition(_l("Deals of this fair were counted: it can't be cancelled."))
    if db.session.scalar(agreed) is not None:
        raise InvalidTransition(_l("Deals were agreed in this fair: it can't be cancelled."))


cancellation_checks.append(check_no_deals)
