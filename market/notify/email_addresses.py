"""Showing that an e-mail address is one's own: a code is sent there and typed in again.

Called inside transaction(), but for read_address().
"""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import timedelta
from email.headerregistry import Address
from hashlib import blake2b

from flask import current_app
from limits import parse

from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.notify.models import MAX_EMAIL_LENGTH, EmailConfirmation
from market.notify.services import settings_of
from market.outgoing.services import cancel_recipient, queue_email
from market.web.errors import Invalid
from market.web.language import gettext as _
from market.web.language import lazy_gettext as _l
from market.web.limits import spend

CODE_DIGITS = 6
CODE_HOLDS = timedelta(minutes=30)
MAX_TRIES = 5
# Whoever types addresses of others doesn't flood them.
CODES_PER_ACCOUNT, CODES_PER_ADDRESS = parse("6/hour"), parse("4/hour")
# As addresses are written in practice; whether there is one the code shows.
_ADDRESS = re.compile(
    r"[A-Za-z0-9_%+'-]+(?:\.[A-Za-z0-9_%+'-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
)


def read_address(text: str) -> str | None:
    """The e-mail address that was typed (＠ and spaces as a phone's keyboard puts them); None
    where it is none."""
    text = "".join(text.replace("＠", "@").replace("。", ".").split())
    if len(text) > MAX_EMAIL_LENGTH or not _ADDRESS.fullmatch(text):
        return None
    local, _at, domain = text.rpartition("@")
    try:
        return Address(username=local, domain=domain.lower()).addr_spec
    except ValueError:
        return None


def spend_code(actor: Account, address: str) -> None:
    """Count a code that is to be sent, outside of a transaction.

    Raises:
        TooManyTries: too many for the account or for the address.
    """
    spend(CODES_PER_ACCOUNT, "email code", str(actor.id))
    spend(CODES_PER_ADDRESS, "email code to", address)


def send_code(actor: Account, address: str) -> None:
    """Send a code to the address; the one sent before counts no more."""
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    now = utcnow()
    db.session.merge(
        EmailConfirmation(
            account_id=actor.id,
            address=address,
            code_hash=_hash(actor.id, address, code),
            expires_at=now + CODE_HOLDS,
            tries=0,
        )
    )
    minutes = int(CODE_HOLDS.total_seconds() // 60)
    queue_email(
        address,
        _("Your code: %(code)s", code=code),
        _(
            "Type %(code)s on the page of your notices within %(minutes)s minutes, and we write to "
            "this address from then on. If that was not you, do nothing.",
            code=code,
            minutes=minutes,
        ),
        key=f"email-code {actor.id} {now.timestamp():.6f}",
        expires_at=now + CODE_HOLDS,
        is_secret=True,
    )


def confirm(actor: Account, code: str) -> bool:
    """Use the address from now on if the code is the one that was sent there; else count a wrong
    try, which is to be committed.

    Raises:
        Invalid: none was sent, it has run out, or there were too many tries.
    """
    waiting = pending(actor)
    if waiting is None:
        raise Invalid(_l("The code has run out: have another one sent."), "code")
    lock(waiting)
    if waiting.tries >= MAX_TRIES:
        raise Invalid(_l("Too many wrong codes: have another one sent."), "code")
    if not hmac.compare_digest(waiting.code_hash, _hash(actor.id, waiting.address, code)):
        waiting.tries += 1
        return False
    settings = db.session.merge(settings_of(actor.id))
    settings.email = waiting.address
    db.session.delete(waiting)
    return True


def pending(actor: Account) -> EmailConfirmation | None:
    """The address whose code is awaited; None where there is none, or the code has run out."""
    waiting = db.session.get(EmailConfirmation, actor.id)
    return waiting if waiting is not None and waiting.expires_at > utcnow() else None


def remove_address(actor: Account) -> None:
    """Use no e-mail address any more; what waits to be sent there is not."""
    settings = db.session.merge(settings_of(actor.id))
    if settings.email is not None:
        cancel_recipient(settings.email)
    settings.email = None
    if (waiting := db.session.get(EmailConfirmation, actor.id)) is not None:
        db.session.delete(waiting)


def _hash(account_id: int, address: str, code: str) -> str:
    key = blake2b(current_app.config["SECRET_KEY"].encode()).digest()
    text = f"email {account_id} {address} {code}"
    return blake2b(text.encode(), key=key, digest_size=32).hexdigest()
