"""Large text 大字版: everything at 18 points or more, everything to press 60 pixels high.

The sizes are tokens (`static/css/tokens.css`); the page says only which of the two it has.
"""

from __future__ import annotations

from flask import Flask, g, request
from flask_login import current_user

COOKIE = "text"
LARGE, NORMAL = SIZES = ("large", "normal")


def is_large() -> bool:
    """Whether this page has large text: by the cookie, else by the account's setting."""
    if not request:
        return False
    # What the button of a form asked for is in no cookie yet.
    chosen = g.get("text_size") or request.cookies.get(COOKIE, "")
    if chosen in SIZES:
        return bool(chosen == LARGE)
    return bool(current_user.is_authenticated and current_user.has_large_text)


def init_app(app: Flask) -> None:
    app.jinja_env.globals["is_large_text"] = is_large
