"""When, from where and with what an account was logged in with."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from flask import has_request_context
from sqlalchemy import delete, func, select

from market.accounts.login_models import AccountLogin, LoginMethod
from market.accounts.models import Account
from market.database import db, utcnow
from market.web.network import client_network

# The Cybersecurity Law (网络安全法, article 21) asks for the logs of six months.
LOGINS_RETAINED = timedelta(days=190)
MAX_SHOWN = 20


def record_login(account: Account, agent: str, method: LoginMethod) -> None:
    """Add a log-in of `account`; those that are no longer retained go on the way."""
    old = delete(AccountLogin).where(
        AccountLogin.account_id == account.id, AccountLogin.at < utcnow() - LOGINS_RETAINED
    )
    db.session.execute(old.execution_options(synchronize_session=False))
    db.session.add(
        AccountLogin(
            account_id=account.id,
            network=client_network() if has_request_context() else "",
            agent="".join(c for c in agent if c.isprintable())[:200],
            method=method,
        )
    )


def logins_of(account: Account) -> list[Any]:
    """Rows (at, network, agent, method) of the account's last log-ins, the latest first."""
    of = AccountLogin
    query = select(of.at, of.network, of.agent, of.method).where(of.account_id == account.id)
    return list(db.session.execute(query.order_by(of.at.desc(), of.id.desc()).limit(MAX_SHOWN)))


def last_logins(account_ids: Collection[int]) -> dict[int, datetime]:
    """When each of these accounts was logged in with last; one query."""
    of = AccountLogin
    query = select(of.account_id, func.max(of.at)).where(of.account_id.in_(account_ids))
    return dict(db.session.execute(query.group_by(of.account_id)).all())
