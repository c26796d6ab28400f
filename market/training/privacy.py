"""Trainings in the export of an account, and in its erasure."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select

from market.accounts.models import Account
from market.accounts.privacy.erasures import Person, PersonalTexts, personal_texts
from market.accounts.privacy.exports import exporters
from market.database import db
from market.training.models import TrainingParticipant, TrainingSession


def _trainings(account: Account) -> list[dict[str, Any]]:
    mine = select(TrainingParticipant).where(TrainingParticipant.account_id == account.id)
    return [
        {
            "topic": one.session.topic,
            "place": one.session.place,
            "held_on": one.session.held_on.isoformat(),
            "hours": str(one.session.hours),
            "as": one.trainee,
            "certificate": one.certificate.number if one.certificate else None,
        }
        for one in db.session.scalars(mine.order_by(TrainingParticipant.id))
    ]


def _came(person: Account | Person) -> ColumnElement[bool]:
    """SQL: the person came to the training, or entered it."""
    came = select(TrainingParticipant.training_id).where(
        TrainingParticipant.account_id == person.id
    )
    return TrainingSession.id.in_(came) | (TrainingSession.entered_by_id == person.id)


exporters.append(("trainings", _trainings))
# An account that came stays a line without a name; its number of certificate holds nobody. Names of
# people without an account are only starred where a number was written in them.
personal_texts += [
    PersonalTexts(TrainingSession, ("topic", "place", "teacher"), _came),
    PersonalTexts(TrainingParticipant, ("name", "village"), None),
]
