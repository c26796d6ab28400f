"""Showing a one-time password to the official who set it, and to nobody else.

The database keeps only its hash. The browser's session holds a random seed; the digits are
its keyed hash, so neither the cookie nor the database is enough to know them. Loading the
page again shows the same digits for a few minutes and never makes others.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app, session

from market.accounts.models import Account
from market.accounts.passwords import password_matches
from market.accounts.recovery import live_one_time_password
from market.accounts.rules import ONE_TIME_DIGITS
from market.database import utcnow

SEED = "one_time_seed"
SHOWN_FOR = timedelta(minutes=5)


@dataclass(frozen=True)
class IssuedPassword:
    """The one-time password of an account that holds.

    Attributes:
        digits: None where it is not, or no longer, this browser's to see.
    """

    issued_at: datetime
    digits: str | None


def new_digits(actor: Account, account: Account) -> str:
    """Random digits for `account`, which this browser's session can find again."""
    session[SEED] = [account.id, secrets.token_hex(16)]
    return _digits(actor, account, session[SEED][1])


def issued_password(actor: Account, account: Account) -> IssuedPassword | None:
    """What `actor` may see of the account's one-time password; None where it has none."""
    once = live_one_time_password(account)
    if once is None:
        return None
    owner, seed = session.get(SEED) or (None, "")
    digits = None
    fresh = once.issued_at > utcnow() - SHOWN_FOR
    if fresh and once.issued_by_id == actor.id and owner == account.id:
        known = _digits(actor, account, seed)
        # Another may have been set since, from elsewhere.
        digits = known if password_matches(once.password_hash, known) else None
    return IssuedPassword(once.issued_at, digits)


def _digits(actor: Account, account: Account, seed: str) -> str:
    text = f"one-time password {actor.session_id} {account.id} {seed}"
    key = str(current_app.secret_key).encode()
    number = int.from_bytes(hmac.digest(key, text.encode(), hashlib.sha256))
    return f"{number % 10**ONE_TIME_DIGITS:0{ONE_TIME_DIGITS}d}"
