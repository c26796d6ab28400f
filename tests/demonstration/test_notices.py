"""The demonstration's notices: whoever logs in finds some, and a digest waits."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import func, or_, select

from market.database import db
from market.notify.models import Notice, NoticeSettings
from market.outgoing.models import OutgoingMessage, OutgoingState
from tests.conventions.conftest import market  # noqa: F401


def test_who_trades_finds_notices_a_digest_and_what_could_not_be_sent(
    market: Flask,  # noqa: F811
    demonstration: Path,
) -> None:
    unread = func.count().filter(Notice.read_at.is_(None))
    by_account = db.session.execute(
        select(Notice.account_id, func.count(), unread).group_by(Notice.account_id)
    ).all()
    assert len(by_account) > 5
    assert sum(row[2] for row in by_account) < sum(row[1] for row in by_account)
    due = select(Notice.id).where(or_(Notice.email_due, Notice.sms_due))
    assert db.session.scalars(due).first()
    addresses = db.session.scalars(select(NoticeSettings.email)).all()
    assert addresses
    assert all(address.endswith("@example.cn") for address in addresses if address)
    states = set(db.session.scalars(select(OutgoingMessage.state)))
    assert {OutgoingState.SENT, OutgoingState.FAILED, OutgoingState.UNCERTAIN} <= states
