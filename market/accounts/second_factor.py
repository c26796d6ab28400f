"""The second factor: six digits of an authenticator app (TOTP, RFC 6238), and recovery codes.

The app's secret is the hash of a random seed with the secret key: the database holds the seed
alone, from which nobody makes codes. While the app is being set up the seed is in the session.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from datetime import datetime

import pyotp
from flask import current_app
from sqlalchemy import delete, exists, func, select, update

from market.accounts.authentication import WrongPassword
from market.accounts.models import (
    OFFICIALS,
    Account,
    AccountSession,
    Role,
)
from market.accounts.second_factor_models import RecoveryCode, SecondFactor
from market.accounts.sessions import end_sessions, open_session
from market.database import db, lock, utcnow
from market.text.numbers import plain_numerals
from market.web.errors import InvalidTransition, Refused
from market.web.language import lazy_gettext as _l

SECRET_BYTES = 20
STEP_SECONDS = 30
# Codes of so many steps before and after now are right: phones' clocks differ.
MAX_STEPS_AWAY = 1
RECOVERY_CODES = 10
# Without what is easily taken for one another.
RECOVERY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
RECOVERY_LENGTH = 8
ISSUER = "Harvest Market"


class WrongCode(WrongPassword):
    message = _l("That is not the code of now, or it was used already. Wait for the next one.")


def is_required(account: Account) -> bool:
    """Whether the account may do nothing without a second factor, by SECOND_FACTOR_REQUIRED."""
    return bool(current_app.config["SECOND_FACTOR_REQUIRED"]) and any(
        grant.role in (*OFFICIALS, Role.ADMINISTRATOR) for grant in account.grants
    )


def is_due(account: Account) -> bool:
    """Whether the account must set up its second factor before anything else."""
    return not account.second_factor_passed and is_required(account)


def has_second_factor(account: Account) -> bool:
    """Whether logging in with the account takes a code."""
    return bool(db.session.scalar(select(exists().where(SecondFactor.account_id == account.id))))


def new_seed() -> str:
    return secrets.token_hex(16)


def app_secret(seed: str) -> str:
    """The secret of an app, in base 32 as apps and people read it."""
    text = f"second factor {seed}".encode()
    digest = hmac.digest(str(current_app.secret_key).encode(), text, hashlib.sha256)
    return base64.b32encode(digest[:SECRET_BYTES]).decode()


def app_address(account: Account, seed: str) -> str:
    """What an app reads from the QR code."""
    totp = pyotp.TOTP(app_secret(seed), interval=STEP_SECONDS)
    return totp.provisioning_uri(name=account.phone or account.name, issuer_name=ISSUER)


def matching_step(seed: str, code: str, now: datetime, after: int = 0) -> int | None:
    """The step of time, later than `after`, of which `code` is the app's code; None: of none."""
    totp = pyotp.TOTP(app_secret(seed), interval=STEP_SECONDS)
    here = int(now.timestamp()) // STEP_SECONDS
    for step in range(here - MAX_STEPS_AWAY, here + MAX_STEPS_AWAY + 1):
        if step > after and hmac.compare_digest(totp.generate_otp(step), code):
            return step
    return None


def set_up(account: Account, seed: str, code: str, device: str | None, agent: str) -> str:
    """Ask for codes of the app with that seed from now on; the token of the session opened.

    Every session ends: they were opened without a code.

    Raises:
        WrongCode: `code` is not the app's.
        Refused: the account holds no role.
        InvalidTransition: it has a second factor.
    """
    lock(account)
    if not account.grants:
        raise Refused(_l("A second factor is for those who hold a role."))
    if has_second_factor(account):
        raise InvalidTransition
    step = matching_step(seed, _digits(code), utcnow())
    if step is None:
        raise WrongCode(field="code")
    db.session.add(SecondFactor(account_id=account.id, seed=seed, last_step=step))
    end_sessions(account)
    return open_session(account, device, agent, second_factor=True)


def use_code(account: Account, code: str) -> None:
    """Use a code of the app, or a recovery code, up.

    Raises:
        WrongCode: it is none, or was used.
    """
    lock(account)
    factor = db.session.get(SecondFactor, account.id)
    if factor is None:
        raise WrongCode(field="code")
    step = matching_step(factor.seed, _digits(code), utcnow(), factor.last_step)
    if step is not None:
        factor.last_step = step
        return
    used = delete(RecoveryCode).where(
        RecoveryCode.account_id == account.id,
        RecoveryCode.code_hash == _recovery_hash(account, code),
    )
    if not db.session.execute(used).rowcount:  # type: ignore[attr-defined]
        raise WrongCode(field="code")


def new_recovery_codes(account: Account) -> list[str]:
    """Recovery codes in place of those the account has; shown once, stored as hashes.

    Raises:
        InvalidTransition: it has no second factor.
    """
    lock(account)
    if not has_second_factor(account):
        raise InvalidTransition
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [
        "".join(secrets.choice(RECOVERY_ALPHABET) for _ in range(RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    db.session.add_all(
        RecoveryCode(account_id=account.id, code_hash=_recovery_hash(account, code))
        for code in codes
    )
    return codes


def recovery_codes_left(account: Account) -> int:
    """How many recovery codes of the account are unused."""
    left = select(func.count(RecoveryCode.id)).where(RecoveryCode.account_id == account.id)
    return db.session.scalar(left) or 0


def remove(account: Account) -> None:
    """Take the second factor away, with the recovery codes.

    Where one is required, another is due at once.
    """
    lock(account)
    for model in (SecondFactor, RecoveryCode):
        db.session.execute(delete(model).where(model.account_id == account.id))
    mine = update(AccountSession).where(AccountSession.account_id == account.id)
    db.session.execute(mine.values(second_factor=False))


def reset(actor: Account | None, account: Account) -> None:
    """Take the second factor of somebody who lost the app away; their sessions end.

    `actor` is None only on the command line.

    Raises:
        Refused: one's own.
        InvalidTransition: there is none.
    """
    if actor is not None and actor.id == account.id:
        raise Refused(_l("Nobody does this to their own account: ask another administrator."))
    factor = db.session.get(SecondFactor, lock(account).id)
    if factor is None:
        raise InvalidTransition
    # One by one, so that the record of acts names them.
    db.session.delete(factor)
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    end_sessions(account)


def _digits(code: str) -> str:
    return re.sub(r"[\s-]", "", plain_numerals(code))


def _recovery_hash(account: Account, code: str) -> str:
    plain = re.sub(r"[\W_]", "", code).lower()
    text = f"recovery code {account.id} {plain}".encode()
    return hmac.digest(str(current_app.secret_key).encode(), text, hashlib.sha256).hex()
