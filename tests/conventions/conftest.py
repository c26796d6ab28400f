"""A whole demonstration market, and a browser for each role in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from market.accounts.models import Account, Grant, Role
from market.accounts.sessions import open_session
from market.database import db, transaction
from tests.conftest import Client, make_app, running

ROLES = ["visitor", "trader", *(role.value for role in Role)]


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory, demonstration: Path) -> Iterator[Flask]:
    """A whole demonstration market."""
    folder = tmp_path_factory.mktemp("market")
    shutil.copytree(demonstration, folder, dirs_exist_ok=True)
    app = make_app(folder)
    app.test_client_class = Client
    with running(app):
        yield app


def account_of(role: str) -> Account | None:
    """Somebody of the demonstration who holds the role; a trader holds none."""
    if role == "visitor":
        return None
    query = db.select(Account).where(Account.password_hash.is_not(None)).order_by(Account.id)
    if role == "trader":
        return db.session.scalars(query.where(~Account.grants.any())).first()
    return db.session.scalars(query.where(Account.grants.any(Grant.role == Role(role)))).first()


def client_of(market: Flask, role: str) -> FlaskClient:
    """A browser in which somebody of that role is logged in."""
    return browser_of(market, account_of(role))


def browser_of(market: Flask, account: Account | None) -> FlaskClient:
    """A browser in which the account, if any, is logged in."""
    client = market.test_client()
    if account:
        with transaction():
            token = open_session(account, None, "tests")
        with client.session_transaction() as session:
            session["_user_id"] = token
            session["_fresh"] = True
    return client
