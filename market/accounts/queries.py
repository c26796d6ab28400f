"""Finding accounts: for administrators, and by id."""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, true

from market.accounts.login_history import last_logins
from market.accounts.models import OFFICIALS, Account, AccountSession, Grant, Role
from market.database import db, read
from market.regions.models import Region, within
from market.web.forms import normalize_phone
from market.web.page_cache import depends_on
from market.web.pagination import Pagination

PER_PAGE = 50


class AccountState(enum.StrEnum):
    """Whether one can log in with an account."""

    ACTIVE = "active"
    DISABLED = "disabled"
    WITHOUT_LOGIN = "without_login"


class AccountPage(NamedTuple):
    """
    Attributes:
        roles: by account, rows (account_id, role, name, name_en) of the roles and their regions.
        last_logins: by account, where it was logged in with lately.
    """

    rows: list[Any]
    roles: dict[int, list[Any]]
    last_logins: dict[int, datetime]
    pagination: Pagination


@dataclass(frozen=True)
class AccountSearch:
    """Which accounts to find; what is left out does not narrow them.

    Attributes:
        text: a part of the name or the office, or a phone number or its end.
        has_role: only those who hold `role`, or any where it is None.
        region: the path of a subtree that the role is held in, or, where none is asked for, that
            the account's home or a role of it is in.
        helped_in: codes of counties: those whom an official of them may help to log in, which
            holders of an office are not.
    """

    text: str = ""
    has_role: bool = False
    role: Role | None = None
    region: str | None = None
    state: AccountState | None = None
    helped_in: Sequence[str] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """SQL over Account."""
        found: list[ColumnElement[bool]] = []
        if self.text:
            found.append(
                or_(matching(self.text), Account.office.contains(self.text, autoescape=True))
            )
        if self.has_role:
            held = [Grant.role == self.role] if self.role else []
            held += [_inside(Grant.region_code, self.region)] if self.region else []
            found.append(Account.grants.any(and_(true(), *held)))
        elif self.region:
            held_there = Account.grants.any(_inside(Grant.region_code, self.region))
            found.append(or_(_inside(Account.region_code, self.region), held_there))
        if self.state:
            found.append(_STATES[self.state])
        if self.helped_in is not None:
            holds_office = Account.grants.any(Grant.role.in_((*OFFICIALS, Role.ADMINISTRATOR)))
            found += [Account.region_code.in_(self.helped_in), ~holds_office]
        return found


def _inside(column: Any, path: str) -> ColumnElement[bool]:
    """SQL: the region of that code is in the subtree of the path."""
    return column.in_(select(Region.code).where(within(Region.path, path)))


_STATES: dict[AccountState, ColumnElement[bool]] = {
    AccountState.ACTIVE: and_(Account.disabled_at.is_(None), Account.password_hash.is_not(None)),
    AccountState.DISABLED: Account.disabled_at.is_not(None),
    AccountState.WITHOUT_LOGIN: Account.represented_by_id.is_not(None),
}


def get_account(account_id: int) -> Account:
    """The account of that id, or 404."""
    return db.session.get(Account, account_id) or abort(404)


def show_accounts(*account_ids: int) -> None:
    """The page being made shows names, places or numbers of these accounts."""
    depends_on(partial(_account_versions, account_ids))


def _account_versions(account_ids: tuple[int, ...]) -> Sequence[Any]:
    return read(_VERSIONS, ids=account_ids).all()


def get_grant(grant_id: int) -> Grant:
    """The grant of that id, or 404."""
    return db.session.get(Grant, grant_id) or abort(404)


def get_session(session_id: int) -> AccountSession:
    """The session of that id, or 404."""
    return db.session.get(AccountSession, session_id) or abort(404)


def device_of(session_id: int) -> str | None:
    """The browser's own id that a session was opened with, if it has one."""
    return db.session.scalar(select(AccountSession.device).where(AccountSession.id == session_id))


def matching(text: str) -> ColumnElement[bool]:
    """SQL: accounts whose name holds `text`, or whose phone is or ends with it."""
    conditions = [Account.name.contains(text, autoescape=True)]
    try:
        conditions.append(Account.phone == normalize_phone(text))
    except ValueError:
        digits = "".join(c for c in text if c.isdigit())
        if len(digits) >= 4:
            conditions.append(Account.phone.endswith(digits))
    return or_(*conditions)


def find_accounts(search: AccountSearch, page: int = 1) -> AccountPage:
    """A page of accounts, the newest first; the same number of queries for any length."""
    wanted = search.conditions()
    total = db.session.scalar(select(func.count(Account.id)).where(*wanted)) or 0
    pagination = Pagination(page, PER_PAGE, total)
    query = (
        select(
            Account.id,
            Account.name,
            Account.phone,
            Account.trader_type,
            Account.office,
            Account.disabled_at,
            Account.represented_by_id,
            Account.created_at,
            Region.name.label("region_name"),
            Region.name_en.label("region_name_en"),
        )
        .join(Region, Region.code == Account.region_code)
        .where(*wanted)
        .order_by(Account.id.desc())
    )
    rows = db.session.execute(pagination.limit(query)).all()
    ids = [row.id for row in rows]
    roles: dict[int, list[Any]] = defaultdict(list)
    held = (
        select(Grant.account_id, Grant.role, Region.name, Region.name_en)
        .join(Region, Region.code == Grant.region_code)
        .where(Grant.account_id.in_(ids))
        .order_by(Grant.id)
    )
    for grant in db.session.execute(held):
        roles[grant.account_id].append(grant)
    return AccountPage(list(rows), roles, last_logins(ids), pagination)


def colleagues(account: Account) -> list[Any]:
    """Rows (id, name, office, role, region_name, region_name_en) of the others who hold one of
    the account's roles in the same place and can log in; one query."""
    places = [
        and_(Grant.role == g.role, Grant.region_code == g.region_code) for g in account.grants
    ]
    if not places:
        return []
    query = (
        select(
            Account.id,
            Account.name,
            Account.office,
            Grant.role,
            Region.name.label("region_name"),
            Region.name_en.label("region_name_en"),
        )
        .join(Grant, Grant.account_id == Account.id)
        .join(Region, Region.code == Grant.region_code)
        .where(Account.id != account.id, Account.disabled_at.is_(None), or_(*places))
        .order_by(Grant.role, Account.office, Account.id)
        .limit(PER_PAGE)
    )
    return list(db.session.execute(query))


_VERSIONS = (
    select(Account.id, Account.updated_at)
    .where(Account.id.in_(bindparam("ids", expanding=True)))
    .order_by(Account.id)
)
