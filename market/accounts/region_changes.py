"""People and roles of a region that has ended are those of what it became."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from market.accounts.models import Account, Grant
from market.database import db
from market.regions.signals import region_ended


@region_ended.connect
def _move(sender: Any, code: str, successor: str) -> None:
    for account in db.session.scalars(select(Account).where(Account.region_code == code)):
        account.region_code = successor
    held = select(Grant.account_id, Grant.role).where(Grant.region_code == successor)
    there = {tuple(row) for row in db.session.execute(held)}
    for grant in db.session.scalars(select(Grant).where(Grant.region_code == code)):
        if (grant.account_id, grant.role) in there:
            db.session.delete(grant)
        else:
            grant.region_code = successor
            there.add((grant.account_id, grant.role))
    db.session.flush()
