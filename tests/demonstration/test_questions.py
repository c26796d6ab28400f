"""The demonstration's questions: in every state, at every desk that can be logged in to."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db, transaction
from market.demonstration.seed import log_ins, seed_demonstration
from market.messages.models import Question, QuestionStatus, QuestionText
from market.messages.queries import count_news, queue_of
from market.regions.models import Region

NOW = datetime(2026, 9, 16, 2, tzinfo=UTC)


def test_each_county_that_can_be_logged_in_to_has_questions_in_every_state(app: Flask) -> None:
    with transaction():
        seed_demonstration(NOW)
    counties = {row.region for row in log_ins() if row.role == "county_official"}
    for name in counties:
        region = db.session.scalars(select(Region).where(Region.name == name)).one()
        states = db.session.scalars(
            select(Question.status).where(Question.region_code == region.code)
        ).all()
        assert set(states) == set(QuestionStatus), name
        assert queue_of([region.path]).count == 2, name
    latest = db.session.scalar(select(func.max(QuestionText.at)))
    assert latest is not None
    assert latest <= NOW
    askers = db.session.scalars(select(Account).where(Account.id.in_(select(Question.asker_id))))
    assert sum(count_news(asker) for asker in askers) >= len(counties)
