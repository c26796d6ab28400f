"""Codes by text message, which prove that a phone number is at hand.

Whoever asks for a code gets the same answer whether an account has the number. The browser that
asked has the code's handle in its session, and it alone can try the code.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from datetime import timedelta

import phonenumbers
from flask import current_app
from phonenumbers import PhoneNumberType
from sqlalchemy import delete, update

from market.accounts.authentication import WrongPassword
from market.accounts.models import MAX_CODE_TRIES, Account, CodePurpose, PhoneCode
from market.database import db, utcnow
from market.outgoing.services import can_send_sms, queue_sms
from market.text.numbers import plain_numerals
from market.web.errors import DomainError
from market.web.language import lazy_gettext as _l

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=10)
_MOBILE = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class WrongPhoneCode(WrongPassword):
    message = _l("That is not the code of the message. Read it once more.")


class CodeEnded(DomainError):
    message = _l("This code has ended or was tried too often. Ask for another one.")


def gets_messages(phone: str) -> bool:
    """Whether a text message can reach `phone` (E.164): mobiles, as far as messages are sent."""
    if not can_send_sms():
        return False
    if re.fullmatch(r"\+861[3-9]\d{9}", phone):
        return True
    return phonenumbers.number_type(phonenumbers.parse(phone)) in _MOBILE


def send_code(purpose: CodePurpose, account: Account | None, phone: str) -> str:
    """Queue a text message with a new code to `phone` (E.164); the handle of the code.

    Without an account nothing is sent, and the code is nobody's to know.
    """
    db.session.execute(delete(PhoneCode).where(PhoneCode.expires_at < utcnow()))
    handle = secrets.token_hex(16)
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    expires_at = utcnow() + CODE_LIFETIME
    db.session.add(
        PhoneCode(
            handle=handle,
            purpose=purpose,
            account_id=account.id if account else None,
            phone=phone if account else None,
            code_hash=_hash(handle, code),
            expires_at=expires_at,
        )
    )
    db.session.flush()
    if account is not None and gets_messages(phone):
        minutes = int(CODE_LIFETIME.total_seconds() // 60)
        key = f"phone-code {handle}"
        parameters = {"code": code, "minutes": minutes}
        queue_sms(phone, "code", parameters, key=key, expires_at=expires_at)
    return handle


def count_try(handle: str, purpose: CodePurpose) -> PhoneCode:
    """Count one try of a code, before it is compared: many at once can't slip past together.

    Raises:
        CodeEnded: there is no such code any more, or it was tried too often.
    """
    counted = (
        update(PhoneCode)
        .where(
            PhoneCode.handle == handle,
            PhoneCode.purpose == purpose,
            PhoneCode.expires_at > utcnow(),
            PhoneCode.tries < MAX_CODE_TRIES,
        )
        .values(tries=PhoneCode.tries + 1)
        .returning(PhoneCode.id)
    )
    found = db.session.scalar(counted)
    if found is None:
        raise CodeEnded(field="code")
    return db.session.get_one(PhoneCode, found)


def check_code(code: PhoneCode, typed: str, field: str) -> None:
    """See that `typed` is the code.

    Raises:
        WrongPhoneCode: it isn't, or the code is nobody's.
    """
    digits = re.sub(r"[\s-]", "", plain_numerals(typed))
    right = hmac.compare_digest(code.code_hash, _hash(code.handle, digits))
    if not right or code.account_id is None:
        raise WrongPhoneCode(field=field)


def use_up(code: PhoneCode) -> None:
    """Delete a code that was right.

    Raises:
        CodeEnded: it was used in the meantime.
    """
    used = delete(PhoneCode).where(PhoneCode.id == code.id, PhoneCode.handle == code.handle)
    if not db.session.execute(used).rowcount:  # type: ignore[attr-defined]
        raise CodeEnded(field="code")


def _hash(handle: str, code: str) -> str:
    key = str(current_app.secret_key).encode()
    return hmac.digest(key, f"phone code {handle} {code}".encode(), hashlib.sha256).hex()
