"""A forgotten password, and another number, by codes in text messages."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from market.accounts.models import (
    Account,
    PhoneCode,
    TermsConsent,
)
from market.accounts.phone_codes import gets_messages
from market.accounts.second_factor import new_recovery_codes
from market.accounts.second_factor_models import RecoveryCode, SecondFactor
from market.accounts.services import erase_account
from market.audit.models import Act
from market.database import db, transaction, utcnow
from market.outgoing.models import OutgoingMessage
from tests.conftest import PASSWORD, Client

NEW = {"password": "smx-ganju-2026", "again": "smx-ganju-2026"}
CODE = "/forgotten-password/code"
Make = Callable[..., Account]
LogIn = Callable[[Account], Client]


@pytest.fixture
def browser(app: Flask) -> Callable[[], Client]:
    app.test_client_class = Client
    return app.test_client  # type: ignore[return-value]


def sent_to(phone: str) -> list[str]:
    """The codes of the messages queued for a number, the latest last."""
    query = db.select(OutgoingMessage.text).where(OutgoingMessage.recipient == phone)
    texts = db.session.scalars(query.order_by(OutgoingMessage.id)).all()
    return [code for text in texts for code in re.findall(r"\d{6}", text)]


def ask(client: Client, phone: str | None) -> None:
    assert client.send("/forgotten-password", {"phone": phone}).location == CODE


def is_in(client: Client) -> bool:
    return client.get("/me").status_code == 200


def enter(client: Client, phone: str | None, password: str) -> int:
    return client.send("/login", {"phone": phone, "password": password}).status_code


@pytest.mark.postgresql
def test_a_code_lets_one_choose_another_password_and_ends_every_session(
    client: Client, make_account: Make, log_in: LogIn, browser
) -> None:
    account = make_account()
    elsewhere = log_in(account)
    ask(client, account.phone)
    (code,) = sent_to(account.phone or "")
    assert client.send(CODE, {**NEW, "code": f"{code[:3]} {code[3:]}"}).location == "/"
    assert is_in(client)
    assert not is_in(elsewhere)
    assert enter(browser(), account.phone, PASSWORD) == 200
    assert enter(browser(), account.phone, NEW["password"]) == 303
    # Used up.
    assert db.session.scalar(db.select(PhoneCode.id)) is None
    assert client.get(CODE).location == "/forgotten-password"


def test_the_answers_are_the_same_whether_a_number_has_an_account(make_account, browser) -> None:
    known = make_account(phone="+8613800007777").phone
    answers = []
    for phone in (known, "+8613800007778"):
        client = browser()
        seen = [client.send("/forgotten-password", {"phone": phone})]
        seen += [client.get(CODE)]
        seen += [client.send(CODE, {**NEW, "code": "000000"}) for _ in range(6)]
        texts = [re.sub(r'name="csrf_token"[^>]*>', "", each.text) for each in seen]
        codes = [each.status_code for each in seen]
        set_cookies = [each.headers.getlist("Set-Cookie") for each in seen]
        cookies = [sorted(c.split("=")[0] for c in each) for each in set_cookies]
        answers.append((codes, [t.replace("7778", "7777") for t in texts], cookies))
    assert answers[0] == answers[1]
    assert sent_to("+8613800007778") == []
    rows = db.session.scalars(db.select(PhoneCode).order_by(PhoneCode.id)).all()
    assert [(row.account_id is None, row.phone, row.tries) for row in rows] == [
        (False, known, 5),
        (True, None, 5),
    ]


def test_a_code_is_a_hash_and_is_tried_five_times_at_most(make_account, client: Client) -> None:
    account = make_account()
    ask(client, account.phone)
    (code,) = sent_to(account.phone)
    row = db.session.scalars(db.select(PhoneCode)).one()
    assert code not in row.code_hash
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        answer = client.send(CODE, {**NEW, "code": wrong})
        assert (answer.status_code, 'id="code-error"' in answer.text) == (200, True)
    assert "失效" in client.send(CODE, {**NEW, "code": code}).text
    assert not is_in(client)


def test_a_code_ends_after_ten_minutes(make_account, client: Client) -> None:
    account = make_account()
    ask(client, account.phone)
    row = db.session.scalars(db.select(PhoneCode)).one()
    assert timedelta(minutes=9) < row.expires_at - utcnow() <= timedelta(minutes=10)
    with transaction():
        row.expires_at = utcnow()
    (code,) = sent_to(account.phone)
    assert "失效" in client.send(CODE, {**NEW, "code": code}).text
    assert not is_in(client)


def test_only_the_browser_that_asked_tries_the_code(make_account, browser) -> None:
    account, mine, other = make_account(), browser(), browser()
    ask(mine, account.phone)
    (code,) = sent_to(account.phone)
    assert other.get(CODE).location == "/forgotten-password"
    ask(other, "13800008881")
    for _ in range(5):
        other.send(CODE, {**NEW, "code": code})
    assert not is_in(other)
    assert mine.send(CODE, {**NEW, "code": code}).location == "/"


def test_a_weak_password_is_refused_and_the_code_goes_on_holding(
    make_account, client: Client
) -> None:
    account = make_account(name="wangjianguo-1979")
    ask(client, account.phone)
    (code,) = sent_to(account.phone)
    for weak in ("12345678", "wangjianguo-1979"):
        answer = client.send(CODE, {"password": weak, "again": weak, "code": code})
        assert 'id="password-error"' in answer.text, weak
    assert client.send(CODE, {**NEW, "code": code}).location == "/"


@pytest.mark.parametrize("state", ["closed", "represented", "landline"])
def test_who_cannot_log_in_or_read_a_message_is_sent_none(
    make_account, client: Client, state: str
) -> None:
    phone = "+867365320001" if state == "landline" else "+8613800005550"
    account = make_account(phone=phone)
    with transaction():
        if state == "closed":
            account.disabled_at = utcnow()
        if state == "represented":
            account.password_hash = None
    ask(client, phone)
    assert sent_to(phone) == []


def test_messages_are_limited_and_the_true_wait_is_told(make_account, browser) -> None:
    phone = make_account().phone
    ask(browser(), phone)
    answer = browser().send("/forgotten-password", {"phone": phone})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert "1分钟" in answer.text
    assert len(sent_to(phone)) == 1


def test_without_messages_the_page_says_where_one_is_helped(app: Flask, client: Client) -> None:
    app.config["ENV_NAME"] = "production"
    page = client.get("/forgotten-password").text
    assert "县商务局" in page
    assert "<form" not in page.split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(
    ("phone", "reached"),
    [
        ("+8613800001234", True),
        ("+8614900001234", True),
        ("+867365320000", False),
        ("+85291234567", True),
        ("+6581234567", True),
        ("+85221234567", False),
    ],
)
def test_mobiles_of_all_countries_get_messages(app: Flask, phone: str, reached: bool) -> None:
    assert gets_messages(phone) is reached


@pytest.mark.postgresql
def test_another_number_takes_a_code_on_both(make_account, log_in, client: Client) -> None:
    account = make_account()
    old, new = account.phone, "+8613900008888"
    mine, elsewhere = log_in(account), log_in(account)
    sent = {"phone": new, "password": PASSWORD}
    assert mine.send("/me/phone", sent).location == "/me/phone/codes"
    (first,), (second,) = sent_to(old), sent_to(new)
    page = "/me/phone/codes"
    assert 'id="new_code-error"' in mine.send(page, {"code": first, "new_code": "000000"}).text
    assert 'id="code-error"' in mine.send(page, {"code": "000000", "new_code": second}).text
    db.session.expire_all()
    assert account.phone == old
    assert mine.send(page, {"code": first, "new_code": second}).location == "/me"
    db.session.expire_all()
    assert account.phone == new
    assert is_in(mine)
    assert not is_in(elsewhere)
    assert enter(client, old, PASSWORD) == 200


def test_a_number_with_an_account_is_told_of_only_to_who_holds_it(make_account, log_in) -> None:
    account, other = make_account(), make_account()
    mine = log_in(account)
    mine.send("/me/phone", {"phone": other.phone, "password": PASSWORD})
    (first,), (second,) = sent_to(account.phone), sent_to(other.phone)
    page = "/me/phone/codes"
    assert "已有" not in mine.get(page).text
    answer = mine.send(page, {"code": first, "new_code": second})
    assert "另一个账号" in answer.text or "别的账号" in answer.text
    db.session.expire_all()
    assert account.phone != other.phone


def test_another_number_is_recorded_of_an_official(make_account, log_in) -> None:
    official = make_account(role="county_official")
    old, mine = official.phone, log_in(official)
    mine.send("/me/phone", {"phone": "13900008887", "password": PASSWORD})
    (first,), (second,) = sent_to(old), sent_to("+8613900008887")
    mine.send("/me/phone/codes", {"code": first, "new_code": second})
    assert "accounts.prove_phone" in db.session.scalars(db.select(Act.endpoint)).all()


def test_another_password_of_an_official_is_recorded(make_account, client: Client) -> None:
    official = make_account(role="county_official")
    ask(client, official.phone)
    (code,) = sent_to(official.phone)
    assert client.send(CODE, {**NEW, "code": code}).location == "/desk"
    act = db.session.scalars(db.select(Act)).one()
    assert (act.actor_id, act.endpoint) == (official.id, "accounts.reset")


def test_codes_factors_and_consent_are_exported_and_erased(make_account, log_in) -> None:
    account = make_account(role="county_official")
    client = log_in(account)
    client.send("/me/phone", {"phone": "13900008886", "password": PASSWORD})
    with transaction():
        db.session.add(SecondFactor(account_id=account.id, seed="0" * 32, last_step=1))
        new_recovery_codes(account)
    exported = client.get("/me/export.json").get_json()
    assert [code["phone"] for code in exported["phone_codes"]] == [account.phone, "+8613900008886"]
    assert exported["second_factor"]["recovery_codes"] == 10
    assert len(exported["terms"]) == 1
    assert exported["sessions"][0]["network"] == ""
    with transaction():
        erase_account(account)
    for model in (PhoneCode, SecondFactor, RecoveryCode, TermsConsent):
        assert db.session.scalars(db.select(model)).all() == []
