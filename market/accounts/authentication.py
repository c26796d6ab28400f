"""Logging in, and the password: checked before the writing transaction, decided inside it."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import delete, select

from market.accounts.login_history import record_login
from market.accounts.login_models import LoginMethod
from market.accounts.models import Account, AccountSession, OneTimePassword
from market.accounts.passwords import is_outdated, password_matches
from market.accounts.recovery import (
    find_by_pending_phone,
    live_one_time_password,
    pending_phone,
    set_phone,
)
from market.accounts.rules import one_time_digits
from market.accounts.sessions import end_sessions, open_session
from market.database import db, lock
from market.web.errors import DomainError, Invalid, InvalidTransition, Refused
from market.web.language import lazy_gettext as _l


class WrongPassword(DomainError):
    """Phone or password; which of the two is nobody's business."""

    status = 403
    message = _l("Phone or password is wrong.")


class AccountClosed(Refused):
    message = _l("This account is closed. Ask your county's commerce bureau.")


def closed_account(account: Account) -> AccountClosed:
    """The refusal for whoever has shown that the closed account is theirs, with the reason."""
    if not account.disabled_reason:
        return AccountClosed()
    return AccountClosed(
        _l(
            "This account is closed: %(reason)s. Ask your county's commerce bureau.",
            reason=account.disabled_reason.rstrip("。.!！"),
        )
    )


def find_login(phone: str) -> Account | None:
    """The account that logs in with `phone` (E.164), or the one that is to from now on."""
    account = db.session.scalar(select(Account).where(Account.phone == phone))
    if account is not None:
        return account
    return find_by_pending_phone(phone)


class Proof(NamedTuple):
    """A right password, to be seen to be so still when the session is opened.

    Attributes:
        known_hash: the account's, which it matched; with a one-time password, the forgotten.
        one_time_id: of the one-time password it is, if it is one.
    """

    account: Account
    known_hash: str | None
    one_time_id: int | None

    @property
    def is_outdated(self) -> bool:
        """Whether the settings for hashing have changed since the password was set."""
        return not self.one_time_id and bool(self.known_hash) and is_outdated(self.known_hash or "")


def authenticate(account: Account | None, password: str) -> Proof:
    """See that `password` opens the account. Reads only.

    Raises:
        WrongPassword: no account, or not its password; both take equally long.
        AccountClosed: it is theirs, but disabled.
    """
    right = password_matches(account.password_hash if account else None, password)
    once = None
    if not right and (digits := one_time_digits(password)):
        once = live_one_time_password(account) if account else None
        right = password_matches(once.password_hash if once else None, digits)
    if account is None or not right:
        raise WrongPassword
    if not account.is_active:
        raise closed_account(account)
    return Proof(account, account.password_hash, once.id if once else None)


def rehash(proof: Proof, new_hash: str) -> Proof:
    """Store the hash of the same password made with today's settings.

    Raises:
        WrongPassword: the password was changed since.
    """
    account = lock(proof.account)
    if account.password_hash != proof.known_hash:
        raise WrongPassword
    account.password_hash = new_hash
    return proof._replace(known_hash=new_hash)


def start_session(
    proof: Proof,
    phone: str,
    device: str | None,
    agent: str,
    second_factor: bool = False,
) -> str:
    """Open a session after authenticate(); its token.

    A one-time password is used up. The number logged in with becomes the account's.

    Args:
        second_factor: a code was given besides.

    Raises:
        WrongPassword: the password was changed or used up, or the number taken, since.
        AccountClosed: the account was closed since.
    """
    account = lock(proof.account)
    if account.password_hash != proof.known_hash:
        raise WrongPassword
    if not account.is_active:
        raise closed_account(account)
    if proof.one_time_id is not None:
        used = delete(OneTimePassword).where(OneTimePassword.id == proof.one_time_id)
        if not db.session.execute(used).rowcount:  # type: ignore[attr-defined]
            raise WrongPassword
    if account.phone != phone:
        if pending_phone(account) != phone:
            raise WrongPassword
        set_phone(account, phone, WrongPassword())
    record_login(account, agent, _method(proof, second_factor))
    return open_session(
        account,
        device,
        agent,
        must_change_password=bool(proof.one_time_id),
        second_factor=second_factor,
    )


def _method(proof: Proof, second_factor: bool) -> LoginMethod:
    if second_factor:
        return LoginMethod.SECOND_FACTOR
    return LoginMethod.ONE_TIME_PASSWORD if proof.one_time_id else LoginMethod.PASSWORD


def check_password(account: Account, password: str, field: str) -> str:
    """The hash that `password` matched, to be compared again under the lock.

    Raises:
        WrongPassword: it is not the account's.
    """
    known = account.password_hash
    if known is None or not password_matches(known, password):
        raise WrongPassword(_l("That is not your password."), field)
    return known


def refuse_unchanged(account: Account, password: str) -> None:
    """See that a new password isn't the account's already.

    Raises:
        Invalid: it is.
    """
    if password_matches(account.password_hash, password):
        raise Invalid(_l("That is your password already. Choose another."), "password")


def same_password(account: Account, known_hash: str) -> None:
    """Lock the account, whose password was `known_hash` when it was checked.

    Raises:
        InvalidTransition: it was changed since.
    """
    if lock(account).password_hash != known_hash:
        raise InvalidTransition


def change_password(
    actor: Account, known_hash: str, new_hash: str, device: str | None, agent: str
) -> str:
    """Set a new password and end every session; the token of the one opened instead.

    Raises:
        InvalidTransition: it was changed since `known_hash` was checked.
    """
    same_password(actor, known_hash)
    return _set_password(actor, new_hash, device, agent)


def _set_password(actor: Account, new_hash: str, device: str | None, agent: str) -> str:
    actor.password_hash = new_hash
    end_sessions(actor)
    db.session.execute(delete(OneTimePassword).where(OneTimePassword.account_id == actor.id))
    return open_session(actor, device, agent, second_factor=actor.second_factor_passed)


def choose_password(actor: Account, new_hash: str, device: str | None, agent: str) -> str:
    """Set the password after a log-in with a one-time one; the token of the session opened.

    Raises:
        InvalidTransition: this session may not, or no longer.
    """
    this = db.session.get(AccountSession, actor.session_id)
    if this is None or not this.must_change_password:
        raise InvalidTransition
    lock(actor)
    return _set_password(actor, new_hash, device, agent)
