"""The queue: each message is sent once, whatever happens between."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from market.database import db, transaction, utcnow
from market.outgoing import gateways, sending
from market.outgoing.gateways import NotSent, Parcel, Uncertain
from market.outgoing.models import OutgoingMessage, OutgoingState
from market.outgoing.rules import WAITS
from market.outgoing.sending import CLAIM_HOLDS, KEEP, delete_settled, send_waiting
from market.outgoing.services import can_send_sms, queue_email, queue_sms

PHONE = "+8613900000001"
CODE = {"code": "482913", "minutes": 10}


@pytest.fixture
def taken(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[Parcel]:
    """What a gateway took that takes everything."""
    parcels: list[Parcel] = []
    monkeypatch.setattr(sending, "send", parcels.append)
    return parcels


def refuse(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    def send(parcel: Parcel) -> None:
        raise failure

    monkeypatch.setattr(sending, "send", send)


def queue(key: str = "a", expires_at: datetime | None = None) -> OutgoingMessage:
    with transaction():
        return queue_sms(PHONE, "code", CODE, key=key, expires_at=expires_at)


def only() -> OutgoingMessage:
    db.session.rollback()
    return db.session.scalars(select(OutgoingMessage)).one()


def be_due() -> None:
    with transaction():
        for message in db.session.scalars(select(OutgoingMessage)):
            message.next_try_at = utcnow() - timedelta(seconds=1)


@pytest.mark.postgresql
def test_the_same_thing_is_queued_once_and_sent_once(taken: list[Parcel]) -> None:
    assert queue("a").id == queue("a").id
    assert send_waiting() == 1
    assert send_waiting() == 0
    assert [parcel.text for parcel in taken] == [
        "您的验证码是 482913，10 分钟内有效。别告诉任何人，我们也不会向您要。"
    ]
    assert only().state is OutgoingState.SENT


def test_what_the_caller_takes_back_is_not_sent(taken: list[Parcel]) -> None:
    def change_ones_mind() -> None:
        with transaction():
            queue_sms(PHONE, "code", CODE, key="a")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_ones_mind()
    assert send_waiting() == 0
    assert not taken


@pytest.mark.postgresql
def test_a_failure_is_tried_again_ever_later_and_given_up_at_last(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, NotSent("no_line"))
    queue()
    for attempt, wait in enumerate(WAITS, 1):
        before = utcnow()
        assert send_waiting() == 1
        message = only()
        assert (message.state, message.attempts) == (OutgoingState.WAITING, attempt)
        assert before + wait <= message.next_try_at <= utcnow() + wait
        assert send_waiting() == 0
        be_due()
    send_waiting()
    assert (only().state, only().error) == (OutgoingState.FAILED, "no_line")


def test_a_final_refusal_is_not_tried_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    refuse(monkeypatch, NotSent("isv.MOBILE_NUMBER_ILLEGAL", is_final=True))
    queue()
    send_waiting()
    assert only().state is OutgoingState.FAILED
    assert only().error == "isv.MOBILE_NUMBER_ILLEGAL"


@pytest.mark.postgresql
def test_what_a_dead_worker_had_claimed_is_uncertain_and_never_sent_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []

    def die(parcel: Parcel) -> None:
        sent.append(parcel)
        raise KeyboardInterrupt

    monkeypatch.setattr(sending, "send", die)
    queue()
    with pytest.raises(KeyboardInterrupt):
        send_waiting()
    assert only().state is OutgoingState.SENDING
    with transaction():
        only().claimed_at = utcnow() - CLAIM_HOLDS - timedelta(seconds=1)
    monkeypatch.setattr(sending, "send", sent.append)
    send_waiting()
    assert (only().state, only().error) == (OutgoingState.UNCERTAIN, "worker_died")
    send_waiting()
    assert len(sent) == 1


def test_a_line_that_broke_while_sending_leaves_it_uncertain(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, Uncertain())
    queue()
    send_waiting()
    assert (only().state, only().error) == (OutgoingState.UNCERTAIN, "line_broke")


def test_what_has_run_out_is_not_sent(taken: list[Parcel]) -> None:
    queue(expires_at=utcnow() - timedelta(seconds=1))
    send_waiting()
    assert not taken
    assert (only().state, only().error) == (OutgoingState.FAILED, "expired")


def test_a_recipient_gets_so_many_a_day_and_codes_are_counted_apart(
    app: Flask, taken: list[Parcel]
) -> None:
    app.config["OUTGOING_PER_DAY"] = {"sms": 2, "email": 1, "webhook": 1}
    with transaction():
        for n in range(3):
            queue_email("a@example.cn", "s", "t", key=f"n{n}")
        queue_email("a@example.cn", "s", "t", key="code", is_secret=True)
    send_waiting()
    assert len(taken) == 2
    assert {parcel.is_secret for parcel in taken} == {True, False}
    errors = db.session.scalars(select(OutgoingMessage.error)).all()
    assert sorted(errors) == ["", "", "daily_limit", "daily_limit"]


def test_codes_go_first(app: Flask, taken: list[Parcel]) -> None:
    with transaction():
        queue_email("a@example.cn", "s", "t", key="news")
    queue("code")
    send_waiting()
    assert [parcel.key for parcel in taken] == ["code", "news"]


def test_the_console_shows_the_text_in_development_and_nothing_in_production(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "market.outgoing")
    assert can_send_sms()
    queue("a")
    send_waiting()
    assert "482913" in caplog.text
    assert PHONE not in caplog.text
    assert "482913" in only().text
    with transaction():
        db.session.delete(only())
    caplog.clear()
    app.config["ENV_NAME"] = "production"
    assert not can_send_sms()
    queue("b")
    send_waiting()
    assert "482913" not in caplog.text
    assert (only().state, only().error) == (OutgoingState.FAILED, "no_gateway")
    assert (only().text, only().parameters) == ("", {})


def test_a_text_sent_by_a_gateway_is_not_kept(app: Flask, taken: list[Parcel]) -> None:
    app.config["SMS_GATEWAY"] = "aliyun"
    queue()
    send_waiting()
    assert (only().text, only().parameters) == ("", {})


def test_what_was_settled_a_month_ago_is_forgotten(taken: list[Parcel]) -> None:
    queue()
    send_waiting()
    with transaction():
        delete_settled(utcnow())
    assert only()
    with transaction():
        delete_settled(utcnow() + KEEP + timedelta(days=1))
    assert db.session.scalar(select(OutgoingMessage)) is None


def test_a_gateway_whose_client_is_not_installed_is_told_and_tried_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["SMS_GATEWAY"] = "aliyun"
    monkeypatch.setitem(gateways.SMS_GATEWAYS, "aliyun", "market.outgoing.not_there")
    queue()
    send_waiting()
    assert (only().state, only().error) == (OutgoingState.WAITING, "no_client")


def test_a_subject_stays_one_line(app: Flask) -> None:
    with transaction():
        message = queue_email("a@example.cn", "a\r\nBcc: b@example.cn", "t", key="x")
    assert message.subject == "a Bcc: b@example.cn"
