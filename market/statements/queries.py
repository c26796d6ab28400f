"""Reading statements: what is due, what counts, what moved since, and the published table."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import Row, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from market.accounts.models import Account
from market.database import db, read
from market.fairs.models import Fair
from market.regions.models import Region, within
from market.statements import units
from market.statements.models import (
    Correction,
    CorrectionDecision,
    Publication,
    Statement,
    StatementAct,
    StatementEvent,
    StatementKind,
    StatementVersion,
)
from market.statements.rules import Period, Rates, rates
from market.statements.units import ReportingUnit, UnitStatement
from market.tallies.figures import FIGURE_NAMES
from market.tallies.frozen_figures import FrozenFigures, read_figures
from market.tallies.queries import Totals
from market.web.home_time import home_zone


def get_statement(statement_id: int) -> Statement:
    """The statement of that id, or 404."""
    return db.session.get(Statement, statement_id) or abort(404)


def publication_of(fair: Fair, period: Period) -> Publication | None:
    """What was published of the fair for the period."""
    return db.session.scalar(
        select(Publication).where(
            Publication.fair_id == fair.id,
            Publication.kind == period.kind,
            Publication.day == period.day,
        )
    )


def submitted_figures(statement_ids: Collection[int]) -> dict[int, FrozenFigures]:
    """What each statement's current version froze, by its id; without those not submitted."""
    rows = db.session.execute(
        select(StatementVersion.statement_id, StatementVersion.number, StatementVersion.snapshot)
        .join(Statement, Statement.id == StatementVersion.statement_id)
        .where(Statement.id.in_(statement_ids), Statement.version == StatementVersion.number)
    )
    return {id_: read_figures(snapshot, number) for id_, number, snapshot in rows}


def current_figures(statement_ids: Collection[int]) -> dict[int, FrozenFigures]:
    """The figures that count of each statement: those of its last confirmed correction, else of
    its current version."""
    figures = submitted_figures(statement_ids)
    for row in confirmed_corrections(Correction.statement_id.in_(statement_ids)):
        version = figures[row.statement_id].version
        figures[row.statement_id] = read_figures(row.snapshot, version, row.number)
    return figures


def confirmed_corrections(*where: Any) -> Sequence[Row[*tuple[Any, ...]]]:
    """The confirmed corrections in their order, with their statement's region and period."""
    filer, decider = aliased(Account, flat=True), aliased(Account, flat=True)
    return db.session.execute(
        select(
            *(Correction.statement_id, Correction.number, Correction.before, Correction.snapshot),
            *(Correction.reason, Correction.at, Correction.ledger_id, Correction.ledger_hash),
            *(Statement.region_code, Statement.kind, Statement.day, Correction.sha256),
            *(filer.name.label("by"), decider.name.label("confirmed_by")),
            CorrectionDecision.at.label("confirmed_at"),
        )
        .join(Statement, Statement.id == Correction.statement_id)
        .join(CorrectionDecision, CorrectionDecision.correction_id == Correction.id)
        .join(filer, filer.id == Correction.by_id)
        .join(decider, decider.id == CorrectionDecision.by_id)
        .where(CorrectionDecision.confirmed, *where)
        .order_by(Correction.statement_id, Correction.number)
    ).all()


@dataclass(frozen=True)
class ConfirmedCorrection:
    """A confirmed correction: both figures, why, and when the next level confirmed it."""

    statement_id: int
    code: str
    period: Period
    number: int
    before: Totals
    after: Totals
    reason: str
    by: str
    at: datetime
    confirmed_by: str
    confirmed_at: datetime
    ledger_id: int
    ledger_hash: str

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """(figure, was, is) of those that differ."""
        return changes(self.before, self.after)


def corrections_of(fair: Fair, region: Region) -> list[ConfirmedCorrection]:
    """The confirmed corrections of the fair's statements inside `region`, the oldest first."""
    inside = select(Region.code).where(within(Region.path, region.path))
    rows = confirmed_corrections(Statement.fair_id == fair.id, Statement.region_code.in_(inside))
    return sorted(map(read_correction, rows), key=lambda c: c.confirmed_at)


def confirmed_of(statement: Statement) -> list[ConfirmedCorrection]:
    """The statement's confirmed corrections in their order."""
    return list(
        map(read_correction, confirmed_corrections(Correction.statement_id == statement.id))
    )


def read_correction(row: Any) -> ConfirmedCorrection:
    """A row of confirmed() with its figures."""
    before, after = read_figures(row.before).totals, read_figures(row.snapshot).totals
    names = ("by", "at", "confirmed_by", "confirmed_at", "ledger_id", "ledger_hash")
    return ConfirmedCorrection(
        row.statement_id,
        row.region_code,
        Period(row.day, row.kind),
        row.number,
        before,
        after,
        row.reason,
        *(getattr(row, name) for name in names),
    )


def changes(was: Totals, now: Totals) -> list[tuple[str, Any, Any]]:
    """(figure, was, is) of the figures that differ."""
    pairs = [(name, getattr(was, name), getattr(now, name)) for name in FIGURE_NAMES]
    return [(name, old, new) for name, old, new in pairs if (old or 0) != (new or 0)]


def is_published(fair: Fair) -> bool:
    """Whether anything of the fair is published; asked on the fair's page."""
    return read(_PUBLISHED, fair=fair.id).first() is not None


def publications(fair: Fair) -> Sequence[Publication]:
    """Everything published of the fair: the final table first, then the days, latest first."""
    found = db.session.scalars(select(Publication).where(Publication.fair_id == fair.id)).all()
    return sorted(found, key=lambda p: (p.kind is StatementKind.FINAL, p.day), reverse=True)


def rates_of(fair: Fair, now: datetime, among: Iterable[ReportingUnit]) -> dict[str, Rates]:
    """The rates of each unit by code, over all that is due of the fair."""
    due = units.periods_of(fair, now)
    submitted: dict[str, dict[Period, Any]] = {}
    dues: dict[str, dict[Period, datetime]] = {}
    for row in units.statements_of(fair):
        period = Period(row.day, row.kind)
        submitted.setdefault(row.region_code, {})[period] = (row.status, row.first_submitted_at)
        dues.setdefault(row.region_code, {})[period] = row.due_at
    by_level = {
        leaf: {p: units.rules.due_at(p, not leaf, units.deadlines(), home_zone()) for p in due}
        for leaf in (True, False)
    }
    found = {}
    for unit in among:
        own = dues.get(unit.code, {})
        expected = {p: own.get(p, at) for p, at in by_level[unit.is_leaf].items()}
        found[unit.code] = rates(expected, submitted.get(unit.code, {}), now)
    return found


def last_reminders(fair: Fair, code: str) -> dict[Period, Any]:
    """The last reminder of each period the unit has: `at` and the `name` of who sent it."""
    return {Period(row.day, row.kind): row for row in _events(fair, code, StatementAct.REMINDED)}


def return_reasons(fair: Fair, code: str) -> dict[Period, str]:
    """Why each of the unit's statements was last returned."""
    return {
        Period(row.day, row.kind): row.reason for row in _events(fair, code, StatementAct.RETURNED)
    }


def _events(fair: Fair, code: str, act: StatementAct) -> Sequence[Row[*tuple[Any, ...]]]:
    event = StatementEvent
    return db.session.execute(
        select(Statement.day, Statement.kind, event.at, event.reason, Account.name)
        .join(Statement, Statement.id == event.statement_id)
        .join(Account, Account.id == event.by_id)
        .where(event.act == act, Statement.fair_id == fair.id, Statement.region_code == code)
        .order_by(event.id)
    ).all()


def to_confirm(account: Account, paths: Collection[str]) -> Sequence[Statement]:
    """The statements of the region paths with a correction nobody has decided, but for those that
    the account filed and so can't decide."""
    undecided = (
        select(Correction.statement_id)
        .outerjoin(CorrectionDecision, CorrectionDecision.correction_id == Correction.id)
        .where(CorrectionDecision.correction_id.is_(None), Correction.by_id != account.id)
    )
    return _inside(paths, Statement.id.in_(undecided))


def _inside(paths: Collection[str], condition: Any) -> Sequence[Statement]:
    region = aliased(Region)
    return db.session.scalars(
        select(Statement)
        .join(region, region.code == Statement.region_code)
        .options(joinedload(Statement.region), joinedload(Statement.parent))
        .where(condition, or_(*(within(region.path, path) for path in paths)))
        .order_by(Statement.due_at, Statement.id)
    ).all()


def was_returned(statement: Statement) -> bool:
    """Whether the next level ever returned the statement: then its first submission stands,
    whatever its unit takes back later."""
    event = StatementEvent
    returned = select(event.id).where(
        event.statement_id == statement.id, event.act == StatementAct.RETURNED
    )
    return db.session.scalar(returned.limit(1)) is not None


def pending_correction(statement: Statement) -> Correction | None:
    """The correction that waits for the next level's word."""
    return next((c for c in statement.corrections if c.decision is None), None)


def last_reports(codes: Collection[str]) -> dict[str, datetime]:
    """When each of the units last submitted something; without those that never did."""
    version = StatementVersion
    query = select(Statement.region_code, func.max(version.at)).join(
        version, version.statement_id == Statement.id
    )
    query = query.where(Statement.region_code.in_(codes)).group_by(Statement.region_code)
    return dict(db.session.execute(query).all())


def not_in(lines: Iterable[UnitStatement]) -> list[UnitStatement]:
    """Those of the lines that are not in."""
    return [line for line in lines if not line.is_in]


# Made once: putting these together takes longer than running them.
_PUBLISHED = select(Publication.id).where(Publication.fair_id == bindparam("fair")).limit(1)
