"""Who is logged in, for Flask-Login; and redirecting whoever must do something first: choose a
password, agree to the terms, set up a second factor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response, abort, g, redirect, request, session, url_for
from flask_login import current_user, login_user, logout_user
from sqlalchemy import update

from market.accounts import bp, second_factor, sessions
from market.accounts.models import Account
from market.database import db, transaction
from market.extensions import login
from market.permissions import granted
from market.web import language, preferences
from market.web.form_recovery import is_from_elsewhere

MUST_CHANGE, MUST_AGREE = "must_change_password", "must_agree"
# The number just registered, for the log-in page to show.
REGISTERED = "registered_phone"
# Endpoints that somebody may still reach who must do something first; rooms add theirs.
ALWAYS_REACHED = {"static", "stylesheet", "accounts.logout"}


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


@contextmanager
def acting_as(account: Account) -> Iterator[None]:
    """Let what is done inside count as done by the account, which has proved itself though no
    session is open: if it holds a role, that is recorded."""
    before = g.get("_login_user")
    g._login_user = account
    try:
        for hear in granted:
            hear("anyone")
        yield
    finally:
        g._login_user = before


def _follow_choice(cookie: str, value: str) -> None:
    """Write to the account in the language that its owner chose for pages, unless another site led
    here. Outside of the session: one's own language is nothing for the record of acts."""
    if cookie != language.COOKIE or not current_user.is_authenticated or is_from_elsewhere():
        return
    chosen = update(Account).where(Account.id == actor().id).values(language=value)
    with transaction():
        db.session.connection().execute(chosen)


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


def _first_things_first(permission: str) -> None:
    """Public pages, pictures among them, need not load who is here: the cookie says it too."""
    if request.endpoint in ALWAYS_REACHED:
        return
    if permission == "anyone" and not session.get(MUST_CHANGE):
        return
    if not current_user.is_authenticated:
        return
    steps = (
        (actor().must_change_password, "accounts.new_password"),
        (session.get(MUST_AGREE), "accounts.agree"),
        (second_factor.is_due(actor()), "accounts.second_factor"),
    )
    for is_due, endpoint in steps:
        if is_due:
            if request.endpoint != endpoint:
                abort(redirect(url_for(endpoint), 303))
            return


granted.append(_first_things_first)
preferences.on_choice.append(_follow_choice)
