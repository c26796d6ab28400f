"""Trainings of an official's regions, and what they come to by county."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, String, and_, case, cast, distinct, func, select
from sqlalchemy.orm import selectinload

from market.database import db
from market.desk.queries import inside
from market.regions.models import Region
from market.training.models import TrainingCertificate, TrainingParticipant, TrainingSession
from market.web.pagination import Pagination


@dataclass(frozen=True)
class TrainingFigures:
    """What the trainings of a county, or of several, come to.

    Attributes:
        people: who came, each once; certified: those of them with a certificate.
    """

    sessions: int = 0
    people: int = 0
    certified: int = 0


def get_session(session_id: int) -> TrainingSession:
    """The session with who came and their certificates, or 404."""
    people = selectinload(TrainingSession.participants)
    query = select(TrainingSession).where(TrainingSession.id == session_id)
    options = (
        people.selectinload(TrainingParticipant.certificate),
        people.selectinload(TrainingParticipant.account),
    )
    return db.session.scalars(query.options(*options)).one_or_none() or abort(404)


def get_participant(participant_id: int) -> TrainingParticipant:
    """Somebody on a list, by id, or 404."""
    return db.get_or_404(TrainingParticipant, participant_id)


def find_sessions(
    paths: Sequence[str], year: int, page: int, per_page: int
) -> tuple[Sequence[Any], Pagination]:
    """A page of the year's sessions, the latest first: (session, people, certificates)."""
    where = _held(paths, year)
    count = select(func.count()).select_from(TrainingSession).join(Region).where(where)
    pagination = Pagination(page, per_page, db.session.scalar(count) or 0)
    query = (
        select(
            TrainingSession,
            func.count(TrainingParticipant.id),
            func.count(TrainingCertificate.id),
        )
        .join(Region, Region.code == TrainingSession.region_code)
        .outerjoin(TrainingParticipant, TrainingParticipant.training_id == TrainingSession.id)
        .outerjoin(
            TrainingCertificate, TrainingCertificate.participant_id == TrainingParticipant.id
        )
        .where(where)
        .group_by(TrainingSession.id)
        .order_by(TrainingSession.held_on.desc(), TrainingSession.id.desc())
        .options(selectinload(TrainingSession.region))
    )
    return db.session.execute(pagination.limit(query)).all(), pagination


def figures_by_county(paths: Sequence[str], year: int) -> dict[str, TrainingFigures]:
    """By the code of the county; those without a training are left out."""
    person = _person()
    query = _counted(
        TrainingSession.region_code,
        person,
        case((TrainingCertificate.id.is_not(None), person)),
    )
    rows = db.session.execute(query.where(_held(paths, year)).group_by(TrainingSession.region_code))
    return {row[0]: TrainingFigures(*row[1:]) for row in rows}


def total_figures(paths: Sequence[str], year: int) -> TrainingFigures:
    """Of all the counties; who came in two of them counts once."""
    person = _person()
    certified = case((TrainingCertificate.id.is_not(None), person))
    row = db.session.execute(_counted(None, person, certified).where(_held(paths, year))).one()
    return TrainingFigures(*row)


def _counted(key: Any, person: Any, certified: Any) -> Any:
    columns = (distinct(TrainingSession.id), distinct(person), distinct(certified))
    counts = [func.count(column) for column in columns]
    return (
        select(*counts if key is None else (key, *counts))
        .select_from(TrainingSession)
        .join(Region, Region.code == TrainingSession.region_code)
        .outerjoin(TrainingParticipant, TrainingParticipant.training_id == TrainingSession.id)
        .outerjoin(
            TrainingCertificate, TrainingCertificate.participant_id == TrainingParticipant.id
        )
    )


def _person() -> Any:
    """SQL: who it is: an account, or a name in a village of a county."""
    of = TrainingParticipant
    named = of.name + "/" + of.village + "/" + TrainingSession.region_code
    return case((of.account_id.is_not(None), cast(of.account_id, String)), else_=named)


def _held(paths: Sequence[str], year: int) -> ColumnElement[bool]:
    held = TrainingSession.held_on.between(date(year, 1, 1), date(year, 12, 31))
    return and_(inside(paths), held)


def years_held(paths: Sequence[str]) -> list[int]:
    """The years with a training, the latest first."""
    query = (
        select(func.extract("year", TrainingSession.held_on))
        .distinct()
        .join(Region, Region.code == TrainingSession.region_code)
        .where(inside(paths))
    )
    return sorted((int(year) for year in db.session.scalars(query)), reverse=True)
