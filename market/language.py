"""Which language a page is in: the visitor's choice, else the account's, else Chinese."""

from __future__ import annotations

from flask import Flask, current_app, has_request_context, request
from flask_login import current_user

from market.extensions import babel

COOKIE = "language"


def select() -> str:
    """The page's locale: the cookie, the account's setting, or the default."""
    if not has_request_context():
        return current_app.config["BABEL_DEFAULT_LOCALE"]
    chosen: str = request.cookies.get(COOKIE, "")
    if chosen not in current_app.config["LANGUAGES"] and current_user.is_authenticated:
        chosen = current_user.language
    return (
        chosen
        if chosen in current_app.config["LANGUAGES"]
        else current_app.config["BABEL_DEFAULT_LOCALE"]
    )


def init_app(app: Flask) -> None:
    babel.init_app(app, locale_selector=select)
    app.jinja_env.globals["current_language"] = select
