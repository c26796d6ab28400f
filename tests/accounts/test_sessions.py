"""Sessions on the server's side: ended for good, listed, and cheap."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from market.accounts import sessions
from market.accounts.models import AccountSession
from market.accounts.rules import device_name
from market.database import db, transaction, utcnow
from tests.conftest import PASSWORD, Client
from tests.sql import statements

Browser = Callable[..., Client]


@pytest.fixture
def browser(app: Flask, make_account) -> Browser:
    """Makes browsers, each logged in with a form as the account given."""
    app.test_client_class = Client

    def enter(account, agent: str = "Firefox Android", **sent: str) -> Client:
        client: Client = app.test_client()  # type: ignore[assignment]
        client.environ_base["HTTP_USER_AGENT"] = agent
        form = {"phone": account.phone, "password": PASSWORD, **sent}
        assert client.send("/login", form).status_code == 303
        return client

    return enter


def is_in(client: Client) -> bool:
    return client.get("/me").status_code == 200


def copy_of(app: Flask, client: Client, *names: str) -> Client:
    """A browser with copies of those cookies."""
    other: Client = app.test_client()  # type: ignore[assignment]
    for name in names:
        cookie = client.get_cookie(name)
        assert cookie is not None
        other.set_cookie(name, cookie.value)
    return other


@pytest.mark.postgresql
@pytest.mark.parametrize("cookie", ["session", "remember_token"])
def test_no_copy_of_a_cookie_outlives_logging_out(
    app: Flask, browser: Browser, make_account, cookie: str
) -> None:
    client = browser(make_account(), remember="y")
    stolen = copy_of(app, client, cookie)
    assert is_in(stolen)
    client.send("/logout", page="/me")
    assert not is_in(stolen)
    assert db.session.scalar(db.select(db.func.count(AccountSession.id))) == 0


def test_the_database_does_not_hold_what_the_cookies_hold(browser: Browser, make_account) -> None:
    client = browser(make_account())
    with client.session_transaction() as session:
        token = session["_user_id"]
    row = db.session.scalar(db.select(AccountSession))
    assert row is not None
    assert len(token) >= 43
    assert token not in (row.token_hash, row.device, row.agent)


def test_my_page_lists_my_devices_and_ends_each(browser: Browser, make_account) -> None:
    account = make_account()
    mine = browser(account, "Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537.36")
    other = browser(account, "Mozilla/5.0 (Linux; Android 12) MicroMessenger/8.0 Chrome/100")
    page = mine.get("/me").get_data(as_text=True)
    assert "WeChat · Android" in page
    assert "Chrome · Windows" in page
    ends = db.session.scalars(db.select(AccountSession.id).order_by(AccountSession.id)).all()
    assert f'action="/me/sessions/{ends[1]}/end"' in page
    assert f'action="/me/sessions/{ends[0]}/end"' not in page
    assert mine.send(f"/me/sessions/{ends[1]}/end", page="/me").status_code == 303
    assert is_in(mine)
    assert not is_in(other)


def test_nobody_ends_the_session_of_somebody_else(browser: Browser, make_account) -> None:
    theirs = browser(make_account())
    session_id = db.session.scalar(db.select(AccountSession.id))
    client = browser(make_account())
    assert client.send(f"/me/sessions/{session_id}/end", page="/me").status_code == 403
    client.send("/me/sessions/end-others", page="/me")
    assert is_in(theirs)


def test_all_other_devices_are_logged_out_at_once(browser: Browser, make_account) -> None:
    account = make_account()
    mine, others = browser(account), [browser(account) for _ in range(3)]
    assert mine.send("/me/sessions/end-others", page="/me").status_code == 303
    assert is_in(mine)
    assert not any(map(is_in, others))


@pytest.mark.postgresql
def test_a_browser_has_one_session_of_an_account(
    app: Flask, browser: Browser, make_account
) -> None:
    account = make_account()
    client = browser(account)
    client.delete_cookie("session")
    client.send("/login", {"phone": account.phone, "password": PASSWORD})
    assert db.session.scalar(db.select(db.func.count(AccountSession.id))) == 1


def test_an_account_has_a_limited_number_of_sessions(
    make_account, log_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 3)
    account = make_account()
    clients = [log_in(account) for _ in range(5)]
    assert [is_in(client) for client in clients] == [False, False, True, True, True]


def move_last_seen(by: timedelta) -> None:
    with transaction():
        row = db.session.scalars(db.select(AccountSession)).one()
        row.last_seen_at = utcnow() - by


def last_seen():
    db.session.expire_all()
    return db.session.scalars(db.select(AccountSession.last_seen_at)).one()


def test_a_session_not_seen_for_long_has_ended(app: Flask, make_account, log_in) -> None:
    client = log_in(make_account())
    move_last_seen(app.config["PERMANENT_SESSION_LIFETIME"] + timedelta(minutes=1))
    assert not is_in(client)
    log_in(make_account())
    assert db.session.scalar(db.select(db.func.count(AccountSession.id))) == 1


@pytest.mark.postgresql
def test_when_a_session_was_last_seen_is_written_once_an_hour(make_account, log_in) -> None:
    client = log_in(make_account())
    move_last_seen(timedelta(minutes=50))
    before = last_seen()
    client.get("/me")
    assert last_seen() == before
    move_last_seen(timedelta(minutes=70))
    assert is_in(client)
    assert utcnow() - last_seen() < timedelta(minutes=1)


def test_a_reading_page_does_not_wait_for_whoever_writes(
    app: Flask, make_account, log_in, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = log_in(make_account())
    move_last_seen(timedelta(hours=2))
    before = last_seen()
    db.session.rollback()
    slept: list[float] = []
    monkeypatch.setattr("market.database.time.sleep", slept.append)
    with db.engine.connect() as writer:
        writer.execution_options(sqlite_begin="IMMEDIATE")
        with writer.begin():
            assert is_in(client)
    assert len(slept) <= 1
    assert last_seen() == before
    assert is_in(client)
    assert last_seen() > before


def test_who_is_logged_in_costs_one_statement(make_account, log_in) -> None:
    client = log_in(make_account())
    client.get("/me/edit")
    db.session.remove()
    with statements(only="") as sent:
        client.get("/me/edit")
    of_sessions = [s for s in sent if "account_sessions" in s]
    assert len(of_sessions) == 1
    assert "JOIN" in of_sessions[0]
    assert not any(s.startswith(("INSERT", "UPDATE", "DELETE", "BEGIN IM")) for s in sent)


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17) Version/17 Mobile Safari/604", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge · Windows"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_called_by_its_name_and_system(agent: str, name: str) -> None:
    assert device_name(agent) == name
