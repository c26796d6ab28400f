"""Telling Flask-Login who is here."""

from __future__ import annotations

from flask_login import current_user

from market.accounts.models import Account
from market.extensions import db, login


@login.user_loader
def load_account(session_id: str) -> Account | None:
    """The account of a session, unless disabled or its password changed since."""
    number, _, epoch = session_id.partition(".")
    if not (number.isdigit() and epoch.isdigit()):
        return None
    account = db.session.get(Account, int(number))
    if account is None or not account.is_active or account.session_epoch != int(epoch):
        return None
    return account


def acting() -> Account:
    """The account that is logged in, as itself and not Flask-Login's proxy of it."""
    return current_user._get_current_object()
