"""How an account chooses to be told, its e-mail address, and what could not be sent to it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.notify import services
from market.notify.email_addresses import MAX_TRIES, read_address
from market.notify.models import EmailConfirmation, NoticeKind, NoticeSettings, When
from market.notify.rules import DEFAULTS
from market.outgoing.gateways import NotSent
from market.outgoing.models import OutgoingMessage
from market.outgoing.sending import send_waiting
from market.outgoing.services import queue_sms
from tests.conftest import Client

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]
PAGE = "/me/notifications"
CODE = {"code": "123456", "minutes": 5}


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


@pytest.fixture
def person(make_account: Make) -> Account:
    return make_account()


@pytest.fixture
def browser(person: Account, log_in: LogIn) -> Client:
    return log_in(person)


def sent_code() -> str:
    db.session.rollback()
    messages = db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id.desc()))
    found = re.search(r"\d{6}", messages.first().subject)  # type: ignore[union-attr]
    assert found
    return found[0]


def form_values(**changed: str) -> dict[str, str]:
    values = {
        f"{k}_{c}": getattr(d, c).value for k, d in DEFAULTS.items() for c in ("email", "sms")
    }
    return {**values, "quiet_from": "21", "quiet_to": "7", **changed}


def test_each_kind_and_channel_is_chosen_by_itself(person: Account, browser: Client) -> None:
    values = form_values(saved_search_sms="at_once", deal_email="never", quiet_from="22")
    assert browser.send(PAGE, values).status_code == 303
    db.session.rollback()
    chosen = services.choices_of(person.id)
    assert chosen[NoticeKind.SAVED_SEARCH].sms is When.AT_ONCE
    assert chosen[NoticeKind.DEAL].email is When.NEVER
    assert chosen[NoticeKind.ENQUIRY] == DEFAULTS[NoticeKind.ENQUIRY]
    assert services.settings_of(person.id).quiet_from == 22
    page = text(browser.get(PAGE))
    chosen_field = page[page.index('id="saved_search_sms"') :]
    assert 'selected value="at_once"' in chosen_field[: chosen_field.index("</select>")]


def test_a_strange_choice_is_refused_at_its_field(person: Account, browser: Client) -> None:
    answer = browser.send(PAGE, form_values(deal_sms="sometimes"))
    assert answer.status_code == 200
    assert 'id="deal_sms-error"' in text(answer) or "deal_sms" in text(answer)
    assert services.choices_of(person.id) == DEFAULTS


@pytest.mark.postgresql
def test_an_address_counts_once_its_code_was_typed_in(person: Account, browser: Client) -> None:
    answer = browser.send(f"{PAGE}/email", {"email": " Buyer＠Example.CN "})
    assert answer.location == f"{PAGE}/code"
    code = sent_code()
    assert services.settings_of(person.id).email is None
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert "验证码不对" in text(browser.send(f"{PAGE}/code", {"code": wrong}))
    spaced = f"{code[:3]} {code[3:]}"
    assert browser.send(f"{PAGE}/code", {"code": spaced}).status_code == 303
    db.session.rollback()
    assert services.settings_of(person.id).email == "Buyer@example.cn"
    assert db.session.get(EmailConfirmation, person.id) is None
    browser.send(f"{PAGE}/email/remove", page=PAGE)
    db.session.rollback()
    assert services.settings_of(person.id).email is None


def test_a_code_is_not_guessed(person: Account, browser: Client) -> None:
    browser.send(f"{PAGE}/email", {"email": "a@example.cn"})
    code = sent_code()
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(MAX_TRIES):
        browser.send(f"{PAGE}/code", {"code": wrong})
    assert "错的次数太多" in text(browser.send(f"{PAGE}/code", {"code": code}))
    assert services.settings_of(person.id).email is None


def test_a_code_runs_out(person: Account, browser: Client) -> None:
    browser.send(f"{PAGE}/email", {"email": "a@example.cn"})
    with transaction():
        db.session.get_one(EmailConfirmation, person.id).expires_at = utcnow() - timedelta(1)
    assert browser.get(f"{PAGE}/code").location == f"{PAGE}/email"


def test_nobody_is_flooded_with_codes(person: Account, browser: Client) -> None:
    for _ in range(4):
        browser.send(f"{PAGE}/email", {"email": "victim@example.cn"})
    answer = text(browser.send(f"{PAGE}/email", {"email": "victim@example.cn"}))
    assert "victim@example.cn" in answer  # nothing typed is lost
    assert len(db.session.scalars(select(OutgoingMessage.id)).all()) == 4


@pytest.mark.parametrize(
    "typed",
    [
        *("", "a", "a@b", "@b.cn", "a b@c.cn@d.cn", "a@b.cn\r\nBcc: c@d.cn", "a@-b.cn", "a,b@c.cn"),
        *("a@b..cn", ".a@b.cn", f"{'a' * 250}@b.cn", "<script>@b.cn", "张三@b.cn", "a@b.c"),
    ],
)
def test_what_is_no_address_is_refused_at_its_field(browser: Client, typed: str) -> None:
    assert read_address(typed) is None
    answer = browser.send(f"{PAGE}/email", {"email": typed})
    assert answer.status_code == 200
    assert 'id="email-error"' in text(answer)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("a@b.cn", "a@b.cn"),
        (" first.last+x@mail.Example.com ", "first.last+x@mail.example.com"),
        ("a＠b。cn", "a@b.cn"),
    ],
)
def test_an_address_is_read_as_phones_write_it(typed: str, meant: str) -> None:
    assert read_address(typed) == meant


def test_what_could_not_be_sent_is_shown_to_whom_it_was_for(
    app: Flask,
    person: Account,
    browser: Client,
    make_account: Make,
    log_in: LogIn,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: Any) -> None:
        raise NotSent("isv.MOBILE_NUMBER_ILLEGAL", is_final=True)

    monkeypatch.setattr("market.outgoing.sending.send", refuse)
    assert person.phone is not None
    with transaction():
        queue_sms(person.phone, "code", CODE, key="k")
    send_waiting()
    page = text(browser.get(PAGE))
    assert "没能发给您的消息" in page
    assert "isv.MOBILE_NUMBER_ILLEGAL" in page
    other = log_in(make_account())
    assert "没能发给您的消息" not in text(other.get(PAGE))


def test_administrators_see_counts_and_errors_and_no_number_in_full(
    person: Account, make_account: Make, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Any) -> None:
        raise NotSent("no_line")

    monkeypatch.setattr("market.outgoing.sending.send", refuse)
    assert person.phone is not None
    with transaction():
        queue_sms(person.phone, "code", CODE, key="k")
    send_waiting()
    admin = log_in(make_account(role="administrator", scope="430000"))
    page = text(admin.get("/admin/outgoing"))
    assert "连不上网关: 1" in page.replace("：", ": ")
    assert person.phone[3:] not in page
    assert person.phone[-4:] in page
    assert CODE["code"] not in page
    assert "没有处在这个状态的消息" in text(admin.get("/admin/outgoing?state=failed"))
    assert admin.get("/admin/outgoing?state=x&page=-3").status_code == 200


def test_the_console_can_be_read_in_development_and_not_in_production(
    app: Flask, person: Account, client: Client
) -> None:
    assert person.phone is not None
    with transaction():
        queue_sms(person.phone, "code", CODE, key="k")
    send_waiting()
    assert "123456" in text(client.get("/dev/messages"))
    app.config["ENV_NAME"] = "production"
    assert client.get("/dev/messages").status_code == 404


def test_where_no_text_messages_go_out_the_page_says_so(
    app: Flask, person: Account, browser: Client
) -> None:
    app.config["ENV_NAME"] = "production"
    page = text(browser.get(PAGE))
    assert "本站现在不发短信" in page
    assert "本站现在不发邮件" in page
    with transaction():
        services.notify(person.id, NoticeKind.DEAL, "k", 1, is_listed=False, status="agreed")
    assert db.session.scalar(select(OutgoingMessage.id)) is None
    assert db.session.scalar(select(NoticeSettings)) is None
