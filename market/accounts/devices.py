"""Browsers that an account has logged in with before, known by a signed cookie.

Whoever tries passwords has no such cookie, so that their tries don't count against the
owner's own browser (OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). It goes
to the log-in page alone: pages for everybody stay the same for everybody.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from flask import current_app, request, url_for
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

COOKIE = "device"
MAX_AGE_SECONDS = 400 * 24 * 3600
# Of one browser: a family's, or a station's.
MAX_ACCOUNTS = 20


@dataclass(frozen=True)
class Device:
    """A browser: its random id, and the accounts that have logged in with it, the last last."""

    id: str
    accounts: tuple[int, ...] = ()

    def knows(self, account_id: int | None) -> bool:
        return account_id in self.accounts


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="known-device")


def this_device() -> Device:
    """The browser of this request; a new one when its cookie is missing or not ours."""
    try:
        device_id, accounts = _serializer().loads(
            request.cookies.get(COOKIE, ""), max_age=MAX_AGE_SECONDS
        )
        return Device(device_id, tuple(accounts))
    except (BadSignature, TypeError, ValueError):
        return Device(secrets.token_hex(8))


def remember_device(response: Response, device: Device, account_id: int) -> None:
    """Let the browser's cookie say that the account has logged in with it."""
    others = tuple(each for each in device.accounts if each != account_id)
    known = replace(device, accounts=(*others, account_id)[-MAX_ACCOUNTS:])
    response.set_cookie(
        COOKIE,
        str(_serializer().dumps((known.id, known.accounts))),
        max_age=MAX_AGE_SECONDS,
        path=url_for("accounts.login"),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
