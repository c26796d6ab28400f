"""What a browser prefers of pages, in a cookie of its own: the language, the size of the text.

Nobody has to log in for it. Pages for everyone are cached for each combination (`page_cache`).
"""

from __future__ import annotations

from collections.abc import Callable

from flask import current_app
from werkzeug.wrappers import Response

MAX_AGE_SECONDS = 365 * 24 * 3600
# Called with the cookie and the value that somebody has just chosen.
on_choice: list[Callable[[str, str], None]] = []


def choose(response: Response, cookie: str, value: str) -> None:
    """As `remember`, because the visitor asked for it."""
    remember(response, cookie, value)
    for hear in on_choice:
        hear(cookie, value)


def remember(response: Response, cookie: str, value: str) -> None:
    """Let this visitor's pages be so from now on."""
    response.set_cookie(
        cookie,
        value,
        max_age=MAX_AGE_SECONDS,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
