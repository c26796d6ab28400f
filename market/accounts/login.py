"""Who is logged in, for Flask-Login; and redirecting whoever must choose a password first."""

from __future__ import annotations

from flask import Response, abort, g, redirect, request, session, url_for
from flask_login import current_user, login_user, logout_user

from market.accounts import bp, sessions
from market.accounts.models import Account
from market.extensions import login
from market.permissions import granted

MUST_CHANGE = "must_change_password"
# Endpoints that somebody with a one-time password may still reach; rooms add theirs.
BEFORE_NEW_PASSWORD = {
    *("static", "stylesheet"),
    *("accounts.new_password", "accounts.logout"),
}


@login.user_loader
def load_account(token: str) -> Account | None:
    """The account whose session has the token, unless it ended."""
    found = sessions.account_of(token)
    if found is None:
        return None
    account, g.session_seen = found
    return account


@bp.after_app_request
def note_seen(response: Response) -> Response:
    """Keep when the session was last seen."""
    if (seen := g.pop("session_seen", None)) and current_user.is_authenticated:
        sessions.note_seen(actor().session_id, seen)
    return response


def actor() -> Account:
    """The account that is logged in, as itself and not Flask-Login's proxy of it."""
    return current_user._get_current_object()


def log_in_browser(account: Account, token: str, remember: bool, must_change: bool = False) -> None:
    """Let this browser's cookies hold the token of the session just opened."""
    account.session_token = token
    session.pop(MUST_CHANGE, None)
    if must_change:
        session[MUST_CHANGE] = True
    login_user(account, remember=remember)
    session.permanent = remember


def log_out_browser() -> None:
    """Take everything personal out of this browser's cookies."""
    session.clear()
    logout_user()
    session.permanent = False


def is_remembered() -> bool:
    """Whether this browser was to stay logged in."""
    return bool(session.permanent) or "remember_token" in request.cookies


def _new_password_first(permission: str) -> None:
    """Public pages, pictures among them, need not load who is here: the cookie says it too."""
    if request.endpoint in BEFORE_NEW_PASSWORD:
        return
    if permission == "anyone" and not session.get(MUST_CHANGE):
        return
    if current_user.is_authenticated and actor().must_change_password:
        abort(redirect(url_for("accounts.new_password"), 303))


granted.append(_new_password_first)
