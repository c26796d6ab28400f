"""CSRF tokens that say for whom a form was made, so that nobody sends it as somebody else.

The value that Flask-WTF signs and compares begins with the number of the account that is
logged in when the form is made (0: nobody): a form opened before another account logged in,
or before log-out, carries the number of the first.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Flask, current_app, g, request, session
from flask_login import current_user
from flask_wtf.csrf import CSRFProtect, _FlaskFormCSRF, generate_csrf, same_origin
from itsdangerous import BadData, URLSafeTimedSerializer

FIELD = "csrf_token"
# Why a form was refused: the browser says of no page that it came from.
NO_SOURCE = "The browser does not say which site the form is from."


def _owner() -> str:
    """How the value of whoever is here begins."""
    return f"{current_user.id if current_user.is_authenticated else 0}."


def csrf_token() -> str:
    """The token of a form made now, for the account that is logged in."""
    owner = _owner()
    if not str(session.get(FIELD, "")).startswith(owner):
        session[FIELD] = owner + secrets.token_hex(16)
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
        # It asks for a Referer, which some browsers never send: see `_check_source`.
        app.config["WTF_CSRF_SSL_STRICT"] = False
        super().init_app(app)
        app.jinja_env.globals["csrf_token"] = csrf_token
        app.context_processor(lambda: {"csrf_token": csrf_token})

    def protect(self, *args: Any, **kwargs: Any) -> None:
        super().protect(*args, **kwargs)
        if g.get("csrf_valid") and not str(session.get(FIELD, "")).startswith(_owner()):
            self._refuse("The form was made for another account.")
        if g.get("csrf_valid") and request.is_secure:
            self._check_source()

    def _check_source(self) -> None:
        """Refuse what isn't surely from this site, by Referer, Origin or Sec-Fetch-Site.

        The last two are sent by browsers that are configured not to send the first, and no page can
        set any of them (OWASP, Cross-Site Request Forgery Prevention).
        """
        here = f"https://{request.host}/"
        site = request.headers.get("Sec-Fetch-Site", "")
        origin = request.headers.get("Origin", "null")
        named = [url for url in (request.referrer, origin) if url and url != "null"]
        if not all(same_origin(url, here) for url in named) or site in ("cross-site", "same-site"):
            self._refuse("The form is from another site.")
        if not named and site not in ("same-origin", "none"):
            self._refuse(NO_SOURCE)

    def _refuse(self, why: str) -> None:
        g.csrf_valid = False
        self._error_response(why)
