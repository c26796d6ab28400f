"""Between the password and the code of the second factor: nobody is logged in yet.

What was right so far is in the browser's signed session for a few minutes. The password's hash
is not, only a keyed digest of it: it must still be the account's when the code comes.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from dataclasses import dataclass
from typing import Any

from flask import current_app, session

from market.accounts.authentication import Proof
from market.accounts.models import Account
from market.database import db

WAITING = "second_step"
WAIT_SECONDS = 600


@dataclass(frozen=True)
class WaitingLogin:
    """A right password that waits for its code.

    Attributes:
        phone: what was logged in with.
        next: the page asked for.
    """

    proof: Proof
    phone: str
    remember: bool
    next: str


def wait_for_code(waiting: WaitingLogin) -> None:
    """Keep in this browser's session that the password was right."""
    account, _hash, one_time_id = waiting.proof
    session[WAITING] = {
        "account": account.id,
        "password": _digest(account),
        "one_time": one_time_id,
        "phone": waiting.phone,
        "remember": waiting.remember,
        "next": waiting.next,
        "until": int(time.time()) + WAIT_SECONDS,
    }


def waiting_login() -> WaitingLogin | None:
    """The log-in of this browser that waits for a code, unless it took too long."""
    waiting: dict[str, Any] | None = session.get(WAITING)
    if waiting is None or waiting["until"] < time.time():
        return None
    account = db.session.get(Account, waiting["account"])
    if account is None or not hmac.compare_digest(_digest(account), waiting["password"]):
        return None
    proof = Proof(account, account.password_hash, waiting["one_time"])
    return WaitingLogin(proof, waiting["phone"], waiting["remember"], waiting["next"])


def stop_waiting() -> None:
    session.pop(WAITING, None)


def _digest(account: Account) -> str:
    text = f"second step {account.id} {account.password_hash}".encode()
    return hmac.digest(str(current_app.secret_key).encode(), text, hashlib.sha256).hex()[:32]
