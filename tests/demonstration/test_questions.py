"""The demonstration's questions: in every state, at every desk that can be logged in to."""

from __future__ import annotations

from datetime import datetime

from flask import Flask
from sqlalchemy import func, select

from market.accounts.models import Account
from market.accounts.today import waiting_for
from market.database import db
from market.demonstration.log_ins import log_ins
from market.messages.models import Question, QuestionStatus, QuestionText
from market.messages.queries import queue_of
from market.regions.models import Region


def test_each_county_that_can_be_logged_in_to_has_questions_in_every_state(
    seeded: Flask, moment: datetime
) -> None:
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
    assert latest <= moment
    askers = db.session.scalars(select(Account).where(Account.id.in_(select(Question.asker_id))))
    assert sum(waiting_for(asker.id).get("answers", (0, None))[0] for asker in askers) >= len(
        counties
    )
