"""A forgotten password, and another phone number, by codes in text messages."""

from __future__ import annotations

from sqlalchemy import delete, select

from market.accounts.login_history import record_login
from market.accounts.login_models import LoginMethod
from market.accounts.models import Account, CodePurpose, OneTimePassword, PhoneCode
from market.accounts.phone_codes import CodeEnded, send_code, use_up
from market.accounts.recovery import PhoneInUse, set_phone
from market.accounts.second_factor import has_second_factor
from market.accounts.sessions import end_sessions, open_session
from market.database import db, lock
from market.web.language import lazy_gettext as _l


def request_password_code(phone: str) -> str:
    """Send a code to whoever logs in with `phone` (E.164), if anybody does; its handle."""
    account = db.session.scalar(
        select(Account).where(
            Account.phone == phone,
            Account.password_hash.is_not(None),
            Account.disabled_at.is_(None),
        )
    )
    return send_code(CodePurpose.NEW_PASSWORD, account, phone)


def owner_of(code: PhoneCode) -> Account:
    """Whose code it is.

    Raises:
        CodeEnded: nobody's, or the number changed or the account was closed since it was sent.
    """
    account = db.session.get(Account, code.account_id) if code.account_id else None
    if account is None or not account.is_active or account.password_hash is None:
        raise CodeEnded
    if code.purpose is not CodePurpose.NEW_PHONE and account.phone != code.phone:
        raise CodeEnded
    return account


def reset_password(code: PhoneCode, new_hash: str, device: str | None, agent: str) -> str | None:
    """Set the password of the owner of a right code, and end every session.

    Returns:
        The token of the session opened; None where logging in takes a second factor too.

    Raises:
        CodeEnded: the code was used up, or is not the account's any more.
    """
    account = lock(owner_of(code))
    owner_of(code)
    use_up(code)
    account.password_hash = new_hash
    end_sessions(account)
    db.session.execute(delete(OneTimePassword).where(OneTimePassword.account_id == account.id))
    if has_second_factor(account):
        return None
    record_login(account, agent, LoginMethod.PHONE_CODE)
    return open_session(account, device, agent)


def request_phone_codes(actor: Account, phone: str) -> tuple[str, str]:
    """Send one code to the number of now, and one to `phone` (E.164); their handles."""
    old = send_code(CodePurpose.OLD_PHONE, actor, str(actor.phone))
    return old, send_code(CodePurpose.NEW_PHONE, actor, phone)


def change_proven_phone(actor: Account, old: PhoneCode, new: PhoneCode) -> None:
    """Give the account the number that the second of two right codes was sent to.

    Its other sessions end: whoever has the old phone has no more to do with the account.

    Raises:
        CodeEnded: a code was used up, or is not this account's.
        PhoneInUse: another account has the number.
    """
    account = lock(actor)
    for code in (old, new):
        if owner_of(code).id != account.id:
            raise CodeEnded
        use_up(code)
    number = str(new.phone)
    set_phone(account, number, PhoneInUse(_l("Another account has this number."), "phone"))
    end_sessions(account, but=actor.session_id)
