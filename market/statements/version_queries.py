"""Reading versions beside each other: the day before, what was returned, who submitted when."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db
from market.fairs.models import Fair
from market.statements import queries, units
from market.statements.models import (
    Statement,
    StatementAct,
    StatementEvent,
    StatementKind,
    StatementVersion,
)
from market.statements.rules import IN, Period
from market.tallies.frozen_figures import FrozenFigures, read_figures
from market.tallies.queries import Totals


@dataclass(frozen=True)
class EarlierStatement:
    """The last daily statement of a unit before a period: its day, and its figures up to then."""

    statement_id: int
    day: date
    totals: Totals


@dataclass(frozen=True)
class LastVersion:
    """Who submitted the version that counts, when, and with which remark."""

    number: int
    by_id: int
    by: str
    at: datetime
    remark: str


@dataclass(frozen=True)
class SentBack:
    """Who returned a statement, when and why."""

    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class VersionChanges:
    """What differs from the version that was returned.

    Attributes:
        number: of the version returned; reason: why it was.
        figures: (figure, was, is) of those that differ.
        came_in: names of the units that were missing then and are not now.
    """

    number: int
    reason: str
    figures: list[tuple[str, Any, Any]]
    came_in: list[Any]


def earlier_statements(
    fair: Fair, period: Period, codes: Collection[str]
) -> dict[str, EarlierStatement]:
    """The last daily statement of each unit before the period that was submitted and not sent
    back, by code; before the final one, that of the last day."""
    before = (
        Statement.day < period.day
        if period.kind is StatementKind.DAILY
        else Statement.day <= period.day
    )
    where = (
        *(Statement.fair_id == fair.id, Statement.kind == StatementKind.DAILY, before),
        *(Statement.status.in_(IN), Statement.region_code.in_(codes)),
    )
    last = (
        select(Statement.region_code, func.max(Statement.day).label("day"))
        .where(*where)
        .group_by(Statement.region_code)
        .subquery()
    )
    rows = db.session.execute(
        select(Statement.id, Statement.region_code, Statement.day)
        .join(last, (last.c.region_code == Statement.region_code) & (last.c.day == Statement.day))
        .where(*where)
    ).all()
    figures = queries.submitted_figures([row.id for row in rows])
    return {
        row.region_code: EarlierStatement(row.id, row.day, figures[row.id].totals) for row in rows
    }


def last_versions(statement_ids: Collection[int]) -> dict[int, LastVersion]:
    """Of each statement the version that counts."""
    version = StatementVersion
    rows = db.session.execute(
        select(Statement.id, version.number, version.by_id, Account.name, version.at)
        .add_columns(version.remark)
        .join(version, version.statement_id == Statement.id)
        .join(Account, Account.id == version.by_id)
        .where(Statement.id.in_(statement_ids), version.number == Statement.version)
    )
    return {id_: LastVersion(*of_version) for id_, *of_version in rows}


def changes_since_return(
    statement_ids: Collection[int], now: Mapping[int, FrozenFigures]
) -> dict[int, VersionChanges]:
    """Of statements submitted again, what differs from the version returned last.

    Args:
        now: the figures of the version that counts, by statement.
    """
    event, version = StatementEvent, StatementVersion
    rows = db.session.execute(
        select(event.statement_id, event.version, event.reason, version.snapshot)
        .join(Statement, Statement.id == event.statement_id)
        .join(
            version,
            (version.statement_id == event.statement_id) & (version.number == event.version),
        )
        .where(
            event.statement_id.in_(statement_ids),
            event.act == StatementAct.RETURNED,
            event.version < Statement.version,
        )
        .order_by(event.id)
    )
    found = {}
    for id_, number, reason, snapshot in rows:
        was, is_ = read_figures(snapshot, number), now[id_]
        still_missing = {unit.code for unit in is_.missing}
        found[id_] = VersionChanges(
            number,
            reason,
            queries.changes(was.totals, is_.totals),
            [unit for unit in was.missing if unit.code not in still_missing],
        )
    return found


def last_returns(statement_ids: Collection[int]) -> dict[int, SentBack]:
    """The last return of each statement that ever was returned."""
    event = StatementEvent
    rows = db.session.execute(
        select(event.statement_id, Account.name, event.at, event.reason)
        .join(Account, Account.id == event.by_id)
        .where(event.statement_id.in_(statement_ids), event.act == StatementAct.RETURNED)
        .order_by(event.id)
    )
    return {id_: SentBack(by, at, reason) for id_, by, at, reason in rows}


def reminder_counts(fair: Fair, period: Period) -> dict[str, int]:
    """How often each unit was reminded of its statement of the period, by code."""
    event = StatementEvent
    rows = db.session.execute(
        select(Statement.region_code, func.count())
        .join(event, event.statement_id == Statement.id)
        .where(
            Statement.fair_id == fair.id,
            *units.of_period(period),
            event.act == StatementAct.REMINDED,
        )
        .group_by(Statement.region_code)
    )
    return dict(rows.all())


def reminded_at(fair: Fair) -> dict[tuple[str, Period], datetime]:
    """When each unit was last reminded of each of its statements of the fair."""
    event = StatementEvent
    rows = db.session.execute(
        select(Statement.region_code, Statement.day, Statement.kind, func.max(event.at))
        .join(event, event.statement_id == Statement.id)
        .where(Statement.fair_id == fair.id, event.act == StatementAct.REMINDED)
        .group_by(Statement.region_code, Statement.day, Statement.kind)
    )
    return {(code, Period(day, kind)): at for code, day, kind, at in rows}
