"""Robots in the groups of offices."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, transaction, utcnow
from market.messages.models import Question
from market.messages.services import ask_question
from market.notify import offices
from market.notify.models import OfficeWebhook
from market.outgoing.models import OutgoingMessage, OutgoingState
from market.outgoing.sending import send_waiting
from tests.conftest import Client
from tests.outgoing.servers import http_server

Make = Callable[..., Account]
LogIn = Callable[[Account], Client]
HOME = ZoneInfo("Asia/Shanghai")
WECOM = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcd1234"
PAGE = "/admin/webhooks"


def text(answer: Any) -> str:
    return unescape(answer.get_data(as_text=True))


def morning() -> datetime:
    return utcnow().astimezone(HOME).replace(hour=9, minute=5)


def messages() -> list[OutgoingMessage]:
    db.session.rollback()
    return list(db.session.scalars(select(OutgoingMessage).order_by(OutgoingMessage.id)))


@pytest.fixture
def admin(make_account: Make, log_in: LogIn) -> Client:
    return log_in(make_account(role="administrator", scope="430000"))


@pytest.fixture
def overdue(make_account: Make) -> None:
    """A question of Shimen that has waited for five days, and an official for it."""
    make_account(role="county_official")
    asker = make_account()
    with transaction():
        ask_question(asker, asker, "几点开门？", "k" * 32, region=asker.region)
        question = db.session.scalars(select(Question)).one()
        question.waiting_since = utcnow() - timedelta(days=5)


def add(admin: Client) -> OfficeWebhook:
    assert admin.send(PAGE, {"region": "石门县", "url": f" {WECOM} "}).status_code == 303
    db.session.rollback()
    return db.session.scalars(select(OfficeWebhook)).one()


@pytest.mark.usefixtures("overdue")
def test_each_morning_a_robot_hears_once_what_is_overdue(app: Flask, admin: Client) -> None:
    add(admin)
    for now, told in (
        (morning().replace(hour=8), 0),
        (morning(), 1),
        (morning() + timedelta(hours=1), 0),
        (morning() + timedelta(days=1), 1),
    ):
        with transaction():
            assert offices.tell_offices(now) == told
    first, _second = messages()
    assert "石门" in first.subject
    assert "超期 1 件" in first.text
    assert first.text.endswith("/desk")
    with http_server(lambda _: (200, {"errcode": 0})) as server:
        app.config["WEBHOOK_ENDPOINT"] = server.url
        send_waiting()
    assert [message.state for message in messages()] == [OutgoingState.SENT] * 2
    assert "超期" in server.requests[0].json["text"]["content"]


def test_where_nothing_is_overdue_nothing_is_said(admin: Client, make_account: Make) -> None:
    add(admin)
    for make in (lambda: None, lambda: make_account(role="county_official")):
        make()
        with transaction():
            assert offices.tell_offices(morning()) == 0


def test_a_robot_is_greeted_and_removed_with_what_waits_for_it(admin: Client) -> None:
    webhook = add(admin)
    assert "还没有工作人员" in text(admin.get(PAGE))
    admin.send(f"{PAGE}/{webhook.id}/try", page=PAGE)
    assert "石门" in messages()[0].text
    admin.send(f"{PAGE}/{webhook.id}/remove", page=PAGE)
    assert not messages()
    assert db.session.scalar(select(OfficeWebhook)) is None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"region": "石门县", "url": "http://127.0.0.1:8000/"}, "url"),
        ({"region": "石门县", "url": ""}, "url"),
        ({"region": "无此县", "url": WECOM}, "region"),
        ({"region": "", "url": WECOM}, "region"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(
    admin: Client, values: dict[str, str], field: str
) -> None:
    page = text(admin.send(PAGE, values))
    assert f'id="{field}-error"' in page
    assert db.session.scalar(select(OfficeWebhook)) is None


def test_an_office_has_a_robot_once_and_its_secret_is_never_shown(admin: Client) -> None:
    add(admin)
    assert "已经有这个机器人" in text(admin.send(PAGE, {"region": "石门县", "url": WECOM}))
    page = text(admin.get(PAGE))
    assert "…1234" in page
    assert "abcd1234" not in page
    acts = text(admin.get("/admin/audit"))
    assert "添加工作群机器人" in acts
    assert "abcd1234" not in acts


def test_only_administrators_have_the_page(make_account: Make, log_in: LogIn) -> None:
    official = log_in(make_account(role="county_official"))
    assert official.get(PAGE).status_code == 403
    assert official.get("/admin/outgoing").status_code == 403
