"""Supervisors in the export of an account and in its erasure: what they wrote stays, starred."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, or_, select, update

from market.accounts.models import Account
from market.accounts.privacy.erasures import Person, PersonalTexts, personal_texts
from market.accounts.privacy.exports import erasers, exporters
from market.database import db, utcnow
from market.supervision.models import CountyCommendation, CountySupervisor, SupervisionNote


def _supervised(account: Account) -> list[dict[str, Any]]:
    mine = select(CountySupervisor).where(CountySupervisor.account_id == account.id)
    return [
        {
            "county": row.region_code,
            "from": row.assigned_at.isoformat(),
            "until": row.ended_at.isoformat() if row.ended_at else None,
        }
        for row in db.session.scalars(mine.order_by(CountySupervisor.id))
    ]


def _notes(account: Account) -> list[dict[str, Any]]:
    mine = select(SupervisionNote).where(SupervisionNote.by_id == account.id)
    return [
        {
            "county": note.region_code,
            "kind": note.kind,
            "day": note.found_on.isoformat(),
            "finding": note.finding,
        }
        for note in db.session.scalars(mine.order_by(SupervisionNote.id))
    ]


def _end(account: Account) -> None:
    """Nobody is supervised by who has left."""
    db.session.execute(
        update(CountySupervisor)
        .where(CountySupervisor.account_id == account.id, CountySupervisor.ended_at.is_(None))
        .values(ended_at=utcnow())
    )


def _notes_about(person: Person) -> ColumnElement[bool]:
    """What they wrote, and what was written of the counties they supervised."""
    counties = select(CountySupervisor.region_code).where(CountySupervisor.account_id == person.id)
    return or_(SupervisionNote.by_id == person.id, SupervisionNote.region_code.in_(counties))


def _commendations_by(person: Person) -> ColumnElement[bool]:
    """What they wrote."""
    return or_(
        CountyCommendation.commended_by_id == person.id,
        CountyCommendation.withdrawn_by_id == person.id,
    )


exporters += [("supervised_counties", _supervised), ("supervision_notes", _notes)]
erasers.append(_end)
personal_texts += [
    PersonalTexts(SupervisionNote, ("finding",), _notes_about),
    PersonalTexts(CountyCommendation, ("reason", "withdrawal_reason"), _commendations_by),
]
