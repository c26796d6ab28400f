"""CSRF tokens that say for whom a form was made, so that nobody sends it as somebody else.

The value that Flask-WTF signs and compares begins with the number of the account that is
logged in when the form is made (0: nobody): a form opened before another account logged in,
or before log-out, carries the number of the first.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, current_app, g, session
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect, _FlaskFormCSRF, generate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer

FIELD = "csrf_token"


def _owner() -> str:
    """How the value of whoever is here begins."""
    return f"{current_user.id if current_user.is_authenticated else 0}."


def csrf_token() -> str:
    """The token of a form made now, for the account that is logged in."""
    if not str(session.get(FIELD, "")).startswith(_owner()):
        session[FIELD] = _owner() + secrets.token_hex(16)
        g.pop(FIELD, None)
    token: str = generate_csrf()
    return token


def made_for(token: str | None) -> int | None:
    """The number of the account a token of ours was made for, however old; 0: nobody.

    None where the token is not ours.
    """
    signer = URLSafeTimedSerializer(current_app.secret_key or "", salt="wtf-csrf-token")
    try:
        number = str(signer.loads(token or "")).partition(".")[0]
    except BadData:
        return None
    return int(number) if number.isdecimal() else None


class FormCSRF(_FlaskFormCSRF):
    def generate_csrf_token(self, csrf_token_field: Any) -> str:
        return csrf_token()


class AccountCSRF(CSRFProtect):
    """Flask-WTF's protection of every changing request, and the account checked besides."""

    def init_app(self, app: Flask) -> None:
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = csrf_token
        app.context_processor(lambda: {"csrf_token": csrf_token})

    def protect(self, *args: Any, **kwargs: Any) -> None:
        super().protect(*args, **kwargs)
        if g.get("csrf_valid") and not str(session.get(FIELD, "")).startswith(_owner()):
            g.csrf_valid = False
            self._error_response("The form was made for another account.")
