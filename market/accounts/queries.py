"""Finding accounts: for administrators, and by id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from flask import abort
from sqlalchemy import ColumnElement, bindparam, func, or_, select

from market.accounts.models import OFFICIALS, Account, AccountSession, Grant, Role
from market.database import db, read
from market.regions.models import Region
from market.web.forms import normalize_phone
from market.web.page_cache import depends_on
from market.web.pagination import Pagination

PER_PAGE = 50


class AccountPage(NamedTuple):
    rows: list[Any]
    roles: dict[int, list[Role]]
    pagination: Pagination


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


def find_accounts(
    text: str = "", page: int = 1, within: Sequence[str] | None = None
) -> AccountPage:
    """A page of accounts by name or phone, the newest first: all, or those whom an official of
    the regions `within` may help, which holders of an office are not."""
    wanted = [matching(text)] if text else []
    if within is not None:
        holds_office = Account.grants.any(Grant.role.in_((*OFFICIALS, Role.ADMINISTRATOR)))
        wanted += [Account.region_code.in_(within), ~holds_office]
    total = db.session.scalar(select(func.count(Account.id)).where(*wanted)) or 0
    pagination = Pagination(page, PER_PAGE, total)
    query = (
        select(
            Account.id,
            Account.name,
            Account.phone,
            Account.trader_type,
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
    roles: dict[int, list[Role]] = defaultdict(list)
    for account_id, role in db.session.execute(
        select(Grant.account_id, Grant.role)
        .where(Grant.account_id.in_([r.id for r in rows]))
        .distinct()
    ):
        roles[account_id].append(role)
    return AccountPage(list(rows), roles, pagination)


_VERSIONS = (
    select(Account.id, Account.updated_at)
    .where(Account.id.in_(bindparam("ids", expanding=True)))
    .order_by(Account.id)
)
