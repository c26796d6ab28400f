"""The accounts of the demonstration that anybody may log in with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from market.accounts.models import Account, Grant, Role
from market.database import db
from market.regions.models import Region, Township

TRADERS_SHOWN = 6
_PLACE = Region.name + func.coalesce(Township.name, "")


@dataclass(frozen=True)
class LogIn:
    """A row of the table of log-ins; phone without the country code."""

    role: str
    name: str
    phone: str
    region: str


def log_ins() -> list[LogIn]:
    """The accounts that can log in: officials first, then the traders of their counties."""
    officials = db.session.execute(
        select(Grant.role, Account.name, Account.phone, _PLACE, Region.code)
        .join(Account, Account.id == Grant.account_id)
        .join(Region, Region.code == Grant.region_code)
        .outerjoin(Township, Township.code == Grant.township_code)
        .where(Account.is_demonstration, Account.phone.is_not(None))
        .order_by(Account.phone)
    ).all()
    counties = [row.code for row in officials if row.role is Role.COUNTY_OFFICIAL]
    traders = db.session.execute(
        select(Account.trader_type, Account.name, Account.phone, Region.name, Region.code)
        .join(Region, Region.code == Account.region_code)
        .where(
            Account.is_demonstration,
            Account.phone.is_not(None),
            Account.region_code.in_(counties),
            ~Account.grants.any(),
        )
        .order_by(Account.phone)
        .limit(TRADERS_SHOWN)
    ).all()
    return [
        LogIn(str(role), name, str(phone).removeprefix("+86"), region)
        for role, name, phone, region, _ in [*officials, *traders]
    ]
