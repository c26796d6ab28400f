"""Coming back in: another password for the forgotten, and another phone number.

A code by text message proves a number (sms_recovery). Where none arrives, whoever forgot the
password shows who they are at the desk of their county and gets a one-time password; whoever
has a new number logs in with it once.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from market.accounts.models import Account, OneTimePassword, PhoneChange
from market.accounts.rules import ONE_TIME_DIGITS
from market.accounts.sessions import end_sessions
from market.database import db, lock, utcnow, violated
from market.web.errors import DomainError, Refused
from market.web.language import lazy_gettext as _l

ONE_TIME_LIFETIME = timedelta(hours=1)
PHONE_CHANGE_LIFETIME = timedelta(days=7)


class PhoneInUse(DomainError):
    message = _l("This number has an account already: log in with it.")


def new_one_time_password() -> str:
    """Random digits, which can be told over the telephone."""
    return "".join(secrets.choice("0123456789") for _ in range(ONE_TIME_DIGITS))


def issue_one_time_password(actor: Account | None, account: Account, password_hash: str) -> None:
    """Let `account` log in once with another password, and then choose its own.

    The forgotten one goes on holding until then. `actor` is None on the command line.

    Raises:
        Refused: nobody logs in with this account.
    """
    lock(account)
    if not account.is_active or account.password_hash is None:
        raise Refused(_l("Nobody can log in with this account."))
    found = db.session.scalar(
        select(OneTimePassword).where(OneTimePassword.account_id == account.id)
    )
    once = found or OneTimePassword(account_id=account.id)
    once.password_hash = password_hash
    once.issued_by_id = actor.id if actor else None
    once.issued_at = utcnow()
    once.expires_at = once.issued_at + ONE_TIME_LIFETIME
    db.session.add(once)


def live_one_time_password(account: Account) -> OneTimePassword | None:
    """The account's one-time password that has not ended."""
    return db.session.scalar(
        select(OneTimePassword).where(
            OneTimePassword.account_id == account.id, OneTimePassword.expires_at > utcnow()
        )
    )


def change_phone(actor: Account, account: Account, phone: str) -> None:
    """Give `account` another number (E.164), by an official who has seen who they are.

    Its sessions end: the old phone may be lost.

    Raises:
        PhoneTaken: another account has the number.
        Refused: nobody logs in with this account.
    """
    lock(account)
    if not account.is_active or account.password_hash is None:
        raise Refused(_l("Nobody can log in with this account."))
    refusal = PhoneInUse(_l("Another account has this number."), "phone")
    set_phone(account, phone, refusal)
    end_sessions(account)


def set_phone(account: Account, phone: str, refusal: DomainError) -> None:
    """Give a locked account another number.

    Raises:
        DomainError: `refusal`, when another account has it.
    """
    account.phone = phone
    try:
        db.session.flush()
    except IntegrityError as error:
        if violated(error, "phone"):
            raise refusal from None
        raise
    db.session.execute(delete(PhoneChange).where(PhoneChange.account_id == account.id))


def request_phone_change(actor: Account, phone: str) -> None:
    """Let the owner log in with `phone` (E.164) from now on.

    It becomes the account's number when they do: until then the old one holds, and nobody
    is told whether another account has the new one.
    """
    lock(actor)
    db.session.execute(delete(PhoneChange).where(PhoneChange.account_id == actor.id))
    db.session.add(PhoneChange(account_id=actor.id, phone=phone))


def pending_phone(account: Account) -> str | None:
    """The number that becomes the account's once its owner logs in with it."""
    return db.session.scalar(
        select(PhoneChange.phone).where(
            PhoneChange.account_id == account.id,
            PhoneChange.requested_at > utcnow() - PHONE_CHANGE_LIFETIME,
        )
    )


def find_by_pending_phone(phone: str) -> Account | None:
    """The account that asked last for `phone` (E.164) to be its number."""
    return db.session.scalar(
        select(Account)
        .join(PhoneChange, PhoneChange.account_id == Account.id)
        .where(
            PhoneChange.phone == phone,
            PhoneChange.requested_at > utcnow() - PHONE_CHANGE_LIFETIME,
        )
        .order_by(PhoneChange.id.desc())
        .limit(1)
    )
