"""How much of a thing one account may do in a day, counted from what it did.

A farmer, a buyer or a station never comes near; who harvests numbers or floods the lists
does. What was done is in the database already, so that there is no counter to keep.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, flash
from flask_babel import ngettext as _n
from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from market.accounts.models import Account, PhoneReveal
from market.database import db, lock, utcnow
from market.text.days import local_day, local_midnight
from market.web.errors import DomainError
from market.web.home_time import home_zone
from market.web.language import lazy_gettext as _l

# With this many left, or fewer, a warning is shown.
NEAR = 5


class QuotaReached(DomainError):
    """The account has done as much of this today as one may."""

    status = 429


@dataclass(frozen=True)
class Quota:
    """Something that is counted by the day.

    Attributes:
        setting: its name in QUOTAS.
        count: how many an account has done since an instant.
        reached: the message once the quota is used up.
        left: the warning, a function of how many are left.
    """

    setting: str
    count: Callable[[Account, datetime], int]
    reached: Any
    left: Callable[[int], str]

    def remaining(self, account: Account) -> int:
        """How many more the account may do before the local day ends."""
        trader, staff = current_app.config["QUOTAS"][self.setting]
        allowed = staff if account.grants else trader
        return max(0, allowed - self.count(account, _day_start(utcnow())))

    def check(self, account: Account, more: int = 1) -> None:
        """Refuse one more, or so many; called inside the transaction that would do it.

        The account is locked: of many at once each counts the ones before it.

        Raises:
            QuotaReached: there are not so many left.
        """
        lock(db.session.get_one(Account, account.id))
        if self.remaining(account) < more:
            raise QuotaReached(self.reached)

    def warning(self, account: Account) -> str | None:
        """The warning shown near the end of the quota; None before."""
        left = self.remaining(account)
        return self.left(left) if left <= NEAR else None


def count_by(
    account_id: InstrumentedAttribute[int], at: InstrumentedAttribute[datetime]
) -> Callable[[Account, datetime], int]:
    """What counts the rows of an account (by the column that names it) since an instant."""

    def count(account: Account, since: datetime) -> int:
        query = select(func.count()).where(account_id == account.id, at >= since)
        return db.session.scalar(query) or 0

    return count


def flash_warning(quota: Quota, account: Account) -> None:
    """Flash the warning when the quota is nearly used up."""
    if text := quota.warning(account):
        flash(text, "warning")


def _day_start(now: datetime) -> datetime:
    """When the local day of `now` began, in UTC."""
    zone = home_zone()
    return local_midnight(local_day(now, zone), zone)


def _reveals(account: Account, since: datetime) -> int:
    """Of how many people the account has seen the number."""
    seen = select(func.count(PhoneReveal.account_id.distinct()))
    mine = seen.where(PhoneReveal.viewer_id == account.id, PhoneReveal.at >= since)
    return db.session.scalar(mine) or 0


REVEALS = Quota(
    "reveals",
    _reveals,
    _l("You have seen as many phone numbers as one can in a day. Go on tomorrow."),
    lambda left: _n(
        "You can see %(num)s more phone number today.",
        "You can see %(num)s more phone numbers today.",
        left,
    ),
)
