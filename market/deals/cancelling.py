"""A fair that has deals can't be cancelled."""

from __future__ import annotations

from sqlalchemy import select

from market.database import db
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.fairs.cancelling import cancelling
from market.fairs.models import Fair
from market.web.errors import InvalidTransition
from market.web.language import lazy_gettext as _l

# Deals that are the fair's though the ledger doesn't count them yet, or any more.
STANDING = (DealStatus.AGREED, DealStatus.VERIFIED, DealStatus.DISPUTED, DealStatus.RETURNED)


def nothing_is_counted(fair: Fair) -> None:
    """Raises InvalidTransition where the ledger has anything of the fair, or a deal awaits."""
    counted = select(LedgerEntry.id).where(LedgerEntry.fair_id == fair.id).limit(1)
    agreed = select(Deal.id).where(Deal.fair_id == fair.id, Deal.status.in_(STANDING)).limit(1)
    if db.session.scalar(counted) is not None:
        raise InvalidTransition(_l("Deals of this fair were counted: it can't be cancelled."))
    if db.session.scalar(agreed) is not None:
        raise InvalidTransition(_l("Deals were agreed in this fair: it can't be cancelled."))


cancelling.append(nothing_is_counted)
