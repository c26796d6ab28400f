"""Deals of a fair that is merged into another: counted ones forbid it, the others move."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select

from market.database import db
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.deals.transitions import assign_fair
from market.fairs.merging import merging_checks
from market.fairs.models import Fair
from market.fairs.signals import fair_merged, fair_merging
from market.web.errors import InvalidTransition
from market.web.home_time import home_today
from market.web.language import lazy_gettext as _l

# What may still be counted one day.
OPEN_STATUSES = (
    DealStatus.PROPOSED,
    DealStatus.AGREED,
    DealStatus.RETURNED,
    DealStatus.DISPUTED,
)


def check_nothing_counted(fair: Fair) -> None:
    """Raise InvalidTransition when the ledger has an entry of the fair."""
    counted = select(LedgerEntry.id).where(LedgerEntry.fair_id == fair.id).limit(1)
    if db.session.scalar(counted) is not None:
        raise InvalidTransition(
            _l(
                "Deals of this fair were counted, and what is counted stays where it is. Close it "
                "early: deals agreed from the next day on are the other fair's."
            )
        )


@fair_merging.connect
def _lock_deals(sender: Any, fair: Fair) -> None:
    """Before the fair's own row, as verifying does: the two never wait for one another."""
    db.session.execute(_open_deals(fair).with_for_update(of=Deal))


@fair_merged.connect
def _move_deals(sender: Any, fair: Fair, into: Fair) -> None:
    """Assign the deals to the fair that now takes their day: the other one, unless it hadn't
    begun."""
    for deal in db.session.scalars(_open_deals(fair)).all():
        assign_fair(deal, deal.agreed_on or deal.dated_on or home_today())
    db.session.flush()


def _open_deals(fair: Fair) -> Select[Deal]:
    mine = Deal.fair_id == fair.id, Deal.status.in_(OPEN_STATUSES)
    return select(Deal).where(*mine).order_by(Deal.id)


merging_checks.append(check_nothing_counted)
