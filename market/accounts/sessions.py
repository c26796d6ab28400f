"""Log-ins that have not ended: opened, found by their token, listed and ended.

The browser holds a random token in its session cookie, and in the one that remembers it;
the database only the token's hash, so that neither a copy of the database nor an old
cookie opens anything.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, has_request_context
from sqlalchemy import bindparam, delete, false, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload

from market.accounts.models import Account, AccountSession, Grant
from market.database import db, transaction, utcnow
from market.web.network import client_network

# One account is logged in with so many browsers at most; the one not seen longest gives way.
MAX_SESSIONS = 30
# When an account was last seen is written this seldom: reading pages must not write.
SEEN_EVERY = timedelta(hours=1)

FIND = (
    select(
        Account,
        AccountSession.id,
        AccountSession.must_change_password,
        AccountSession.second_factor,
        AccountSession.last_seen_at,
    )
    .join(AccountSession, AccountSession.account_id == Account.id)
    .where(AccountSession.token_hash == bindparam("token_hash"))
    # Every page asks: a second statement would cost more. No inner join: SQLite would build the
    # whole inside of a nested one.
    .options(joinedload(Account.grants).joinedload(Grant.region, innerjoin=False))
)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _lifetime() -> timedelta:
    return current_app.config["PERMANENT_SESSION_LIFETIME"]


def open_session(
    account: Account,
    device: str | None,
    agent: str,
    must_change_password: bool = False,
    second_factor: bool = False,
) -> str:
    """A new session, in place of the same device's earlier one; its token.

    Sessions that nobody was seen in for long are removed on the way.
    """
    token = secrets.token_urlsafe(32)
    mine = AccountSession.account_id == account.id
    newest = (
        select(AccountSession.id)
        .where(mine)
        .order_by(AccountSession.last_seen_at.desc(), AccountSession.id.desc())
        .limit(MAX_SESSIONS - 1)
    )
    same_device = AccountSession.device == device if device else false()
    db.session.execute(
        delete(AccountSession)
        .where(
            (AccountSession.last_seen_at < utcnow() - _lifetime())
            | (mine & (same_device | AccountSession.id.not_in(newest)))
        )
        .execution_options(synchronize_session=False)
    )
    db.session.add(
        AccountSession(
            account_id=account.id,
            token_hash=_hash(token),
            device=device,
            agent="".join(c for c in agent if c.isprintable())[:200],
            network=client_network() if has_request_context() else "",
            must_change_password=must_change_password,
            second_factor=second_factor,
        )
    )
    db.session.flush()
    return token


def account_of(token: str) -> tuple[Account, datetime] | None:
    """The account whose session has that token, and when it was last seen; None if it ended.

    One statement, which loads the account as well.
    """
    row = db.session.execute(FIND, {"token_hash": _hash(token)}).unique().first()
    if row is None or not row[0].is_active or row.last_seen_at < utcnow() - _lifetime():
        return None
    account: Account = row[0]
    account.session_id, account.must_change_password = row[1:3]
    account.second_factor_passed, seen = row[3:]
    account.session_token = token
    return account, seen


def note_seen(session_id: int, seen: datetime) -> None:
    """Write that the session is used now, once in SEEN_EVERY; not while others write."""
    now = utcnow()
    if now - seen < SEEN_EVERY:
        return
    seen_now = update(AccountSession).where(AccountSession.id == session_id)
    try:
        with transaction(patience=0):
            db.session.execute(seen_now.values(last_seen_at=now))
    except OperationalError:
        pass  # Another connection writes: the next request records it.


def sessions_of(account: Account) -> list[Any]:
    """Rows (id, agent, network, opened_at, last_seen_at) of the account's sessions, the
    latest first."""
    return list(
        db.session.execute(
            select(
                AccountSession.id,
                AccountSession.agent,
                AccountSession.network,
                AccountSession.opened_at,
                AccountSession.last_seen_at,
            )
            .where(
                AccountSession.account_id == account.id,
                AccountSession.last_seen_at >= utcnow() - _lifetime(),
            )
            .order_by(AccountSession.last_seen_at.desc(), AccountSession.id.desc())
        )
    )


def end_sessions(account: Account, but: int | None = None, only: int | None = None) -> int:
    """End the sessions of the account: all, all `but` one, or `only` one; how many ended."""
    ended = delete(AccountSession).where(AccountSession.account_id == account.id)
    if but is not None:
        ended = ended.where(AccountSession.id != but)
    if only is not None:
        ended = ended.where(AccountSession.id == only)
    return int(db.session.execute(ended).rowcount)  # type: ignore[attr-defined]
