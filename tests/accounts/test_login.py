"""Registering, logging in and out."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from market.accounts.models import Account, TraderType
from market.accounts.passwords import hash_password
from market.database import db, transaction
from tests.conftest import PASSWORD, Client

NEW = {
    "name": "李家柑橘合作社",
    "phone": "138 0000 9999",
    "password": "smx-ganju-2026",
    "trader_type": "cooperative",
    "region": "石门县",
    "agreed": "y",
}


def account_of(phone: str) -> Account | None:
    return db.session.scalar(db.select(Account).where(Account.phone == phone))


def is_in(client: Client) -> bool:
    return client.get("/me").status_code == 200


@pytest.mark.postgresql
def files_of(html: str) -> set[str]:
    """The addresses of the stylesheets and scripts that a page needs or fetches ahead."""
    return set(re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js)(?:\?[^"]*)?)"', html))


def test_registering_makes_an_account_to_log_in_with(client: Client) -> None:
    answer = client.send("/register?next=/deals", NEW)
    assert (answer.status_code, answer.location) == (303, "/login?next=/deals")
    assert 'value="138 0000 9999"' in client.get(answer.location).get_data(as_text=True)
    account = account_of("+8613800009999")
    assert account is not None
    assert (account.name, account.region_code) == ("李家柑橘合作社", "430726")
    assert account.trader_type is TraderType.COOPERATIVE
    assert account.password_hash.startswith("$argon2id$")
    assert not is_in(client)
    client.send("/login", {"phone": NEW["phone"], "password": NEW["password"]})
    assert is_in(client)


def test_a_landline_number_can_register(client: Client) -> None:
    client.send("/register", NEW | {"phone": "0736-5320000"})
    assert account_of("+867365320000") is not None


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"name": "电话13800001234"},
        {"phone": "12345"},
        {"phone": "+1 212 555"},
        {"phone": "139OOOO1234"},
        {"agreed": ""},
        {"phone": ""},
        {"password": "short"},
        {"password": "88888888"},
        {"password": "13800009999"},
        {"trader_type": "king"},
        {"region": "无此县"},
        {"region": ""},
        {"region": "鼓楼区"},
    ],
)
def test_a_wrong_field_is_named_and_everything_typed_is_kept(
    client: Client, change: dict[str, str]
) -> None:
    answer = client.send("/register", NEW | change)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert f'id="{next(iter(change))}-error"' in html
    if "name" not in change:
        assert NEW["name"] in html
    assert db.session.scalar(db.select(db.func.count(Account.id))) == 0


@pytest.mark.postgresql
def test_registering_answers_the_same_whether_the_number_has_an_account(
    app: Flask, make_account
) -> None:
    make_account(phone="+8613800009999", name="张三")
    app.test_client_class = Client
    answers = []
    for phone in ("13800009999", "13800009998"):
        client: Client = app.test_client()  # type: ignore[assignment]
        answer = client.send("/register", NEW | {"phone": phone})
        page = client.get(answer.location).get_data(as_text=True)
        page = re.sub(r'name="csrf_token"[^>]*>', "", page).replace(
            "138 0000 9998", "138 0000 9999"
        )
        kept = sorted(c.split("=")[0] for c in answer.headers.getlist("Set-Cookie"))
        answers.append((answer.status_code, answer.location, answer.data, kept, page))
    assert answers[0] == answers[1]
    db.session.expire_all()
    known = account_of("+8613800009999")
    assert known is not None
    assert known.name == "张三"
    assert account_of("+8613800009998") is not None


def test_whoever_registers_again_logs_in_with_the_password_they_had(
    client: Client, make_account
) -> None:
    phone = make_account().phone
    client.send("/register", NEW | {"phone": phone})
    assert client.send("/login", {"phone": phone, "password": NEW["password"]}).status_code == 200
    assert client.send("/login", {"phone": phone, "password": PASSWORD}).status_code == 303
    assert is_in(client)


def test_logging_in_leads_to_the_page_asked_for(client: Client, make_account) -> None:
    phone = make_account().phone
    sent_to = client.get("/me").headers["Location"]
    page = client.get(sent_to).get_data(as_text=True)
    assert 'name="next" type="hidden" value="/me"' in page
    answer = client.send("/login", {"phone": phone, "password": PASSWORD, "next": "/me"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/me")
    assert is_in(client)


@pytest.mark.parametrize("page", ["/login", "/register"])
def test_what_a_member_s_pages_need_is_fetched_while_somebody_types(
    client: Client, make_account, log_in, page: str
) -> None:
    ahead = files_of(client.get(page).text)
    member = log_in(make_account())
    for after in ("/", "/me", "/offers/new", "/deals/new", "/messages"):
        assert files_of(member.get(after, follow_redirects=True).text) <= ahead, after


@pytest.mark.parametrize(
    ("role", "leads_to"), [("county_official", "/desk"), ("assistant", "/"), (None, "/")]
)
def test_an_official_who_asked_for_no_page_lands_on_the_desk(
    client: Client, make_account, role: str | None, leads_to: str
) -> None:
    account = make_account(role=role)
    form = {"phone": account.phone, "password": PASSWORD}
    assert client.send("/login", form).headers["Location"] == leads_to


def test_logging_in_never_leads_to_another_site(client: Client, make_account) -> None:
    phone = make_account().phone
    answer = client.send(
        "/login", {"phone": phone, "password": PASSWORD, "next": "//evil.example/"}
    )
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_and_an_unknown_phone_get_the_same_answer(
    client: Client, make_account
) -> None:
    phone = make_account().phone
    pages = []
    for given in (phone, "13800008888"):
        answer = client.send("/login", {"phone": given, "password": "not-my-password"})
        errors = answer.get_data(as_text=True).split('role="alert"')[1].split("</ul>")[0]
        pages.append((answer.status_code, errors))
    assert pages[0] == pages[1]
    assert not is_in(client)


def test_an_unknown_phone_is_hashed_like_a_known_one(
    client: Client, make_account, monkeypatch: pytest.MonkeyPatch
) -> None:
    from argon2 import PasswordHasher

    hashed: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, known: str, given: str) -> bool:
        hashed.append(known)
        return verify(self, known, given)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    phone = make_account().phone
    farmer = make_account(phone="+8613800007777")
    with transaction():
        farmer.password_hash = None
    for given in (phone, "13800008888", "13800007777"):
        client.send("/login", {"phone": given, "password": "not-my-password"})
    assert len(hashed) == 3
    assert all(h.startswith("$argon2id$") for h in hashed)


def test_a_password_is_checked_before_the_writing_transaction(
    client: Client, make_account, monkeypatch: pytest.MonkeyPatch
) -> None:
    import market.accounts.views as views

    inside = []
    monkeypatch.setattr(
        views,
        "hash_password",
        lambda p: inside.append(db.session().in_transaction() and _writing()) or hash_password(p),
    )
    client.send("/register", NEW)
    assert inside == [False]


def _writing() -> bool:
    options = db.session.connection().get_execution_options()
    return options.get("sqlite_begin") == "IMMEDIATE"


def test_a_closed_account_does_not_log_in(client: Client, make_account) -> None:
    from market.database import utcnow

    account = make_account(disabled_at=utcnow())
    answer = client.send("/login", {"phone": account.phone, "password": PASSWORD})
    assert answer.status_code == 200
    assert not is_in(client)


def test_logging_out_needs_a_form_and_ends_the_session(make_account, log_in) -> None:
    client = log_in(make_account())
    assert client.get("/logout").status_code == 405
    assert client.post("/logout").status_code == 400
    assert is_in(client)
    assert client.send("/logout", page="/me").status_code == 303
    assert not is_in(client)


def test_staying_logged_in_is_a_choice(app: Flask, make_account) -> None:
    phone = make_account().phone
    app.test_client_class = Client
    for remember, expected in (({}, False), ({"remember": "y"}, True)):
        client = app.test_client()
        client.send("/login", {"phone": phone, "password": PASSWORD} | remember)  # type: ignore[attr-defined]
        assert (client.get_cookie("remember_token") is not None) is expected


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client: Client, make_account) -> None:
    phone = make_account().phone
    answer = client.send("/login", {"phone": phone, "password": PASSWORD, "remember": "y"})
    cookies = answer.headers.getlist("Set-Cookie")
    assert {c.split("=")[0] for c in cookies} == {"session", "remember_token", "device"}
    assert all("HttpOnly" in c and "SameSite=Lax" in c for c in cookies)


def test_pages_speak_the_language_of_the_account_unless_the_visitor_chose_one(
    client: Client, make_account
) -> None:
    account = make_account(language="en")
    client.send("/login", {"phone": account.phone, "password": PASSWORD})
    assert '<html lang="en">' in client.get("/me").get_data(as_text=True)
    client.set_cookie("language", "zh_CN")
    assert '<html lang="zh-CN">' in client.get("/me").get_data(as_text=True)


def test_raised_settings_for_hashing_are_used_at_the_next_log_in(
    app: Flask, client: Client, make_account
) -> None:
    account = make_account()
    before = account.password_hash
    app.config["ARGON2"] = {"time_cost": 2, "memory_cost": 8, "parallelism": 1}
    client.send("/login", {"phone": account.phone, "password": PASSWORD})
    db.session.expire_all()
    assert account.password_hash != before
    assert "t=2" in account.password_hash
    client.send("/logout", page="/me")
    client.send("/login", {"phone": account.phone, "password": PASSWORD})
    assert is_in(client)
