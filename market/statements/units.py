"""Who reports in a fair, to whom, and where each of them stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import Row, select

from market.accounts.models import Account, Role
from market.database import db
from market.fairs.models import Fair, FairStatus
from market.fairs.queries import first_reported_day
from market.regions.models import Level, Region, is_within
from market.statements import rules
from market.statements.models import Statement, StatementStatus
from market.statements.rules import Period
from market.tallies.end_of_day import is_reported_daily
from market.tallies.trees import fair_tree
from market.text.days import local_day
from market.web.home_time import home_zone


@dataclass(frozen=True)
class ReportingUnit:
    """A reporting leaf of a fair, or a prefecture that gathers its leaves.

    Attributes:
        parent: the prefecture it submits to, None for one straight under the province.
    """

    code: str
    name: str
    name_en: str
    path: str
    is_leaf: bool
    parent: ReportingUnit | None = None


@dataclass(frozen=True)
class UnitStatement:
    """Where a unit stands with one statement; has what permissions ask of a statement."""

    unit: ReportingUnit
    period: Period
    due_at: datetime
    late: bool
    status: StatementStatus = StatementStatus.DRAFT
    statement_id: int | None = None
    first_submitted_at: datetime | None = None
    parent: Any = None

    @property
    def region(self) -> ReportingUnit:
        return self.unit

    @property
    def is_in(self) -> bool:
        """Accepted by the next level."""
        return self.status in (StatementStatus.ACCEPTED, StatementStatus.PUBLISHED)


def units(fair: Fair) -> dict[str, ReportingUnit]:
    """The units of the fair by code, prefectures before their counties.

    Who submits to whom is as it was when the fair opened; `path` is the region's of now, so
    that the officials of now act.
    """
    tree = fair_tree(fair)
    paths = dict(
        db.session.execute(
            select(Region.code, Region.path).where(Region.code.in_(tree.nodes))
        ).all()
    )
    found: dict[str, ReportingUnit] = {}
    for node in sorted(tree.nodes.values(), key=lambda n: n.path):
        gathers = node.level is Level.PREFECTURE and any(tree.leaves(node))
        if node.is_leaf or gathers:
            above = [found[n.code] for n in tree.above(node) if n.code in found]
            place = paths.get(node.code, node.path)
            parent = above[-1] if above else None
            found[node.code] = ReportingUnit(
                node.code, node.name, node.name_en, place, node.is_leaf, parent
            )
    return found


def deadlines() -> rules.Deadlines:
    """When statements are due, by the settings."""
    names = ("DAILY_DUE_HOUR", "FINAL_DUE_DAYS", "REVIEW_HOURS", "REVIEW_DAYS")
    return rules.Deadlines(*(current_app.config[name] for name in names))


def due_at(unit: ReportingUnit, period: Period) -> datetime:
    """When the unit's statement is due, in UTC."""
    return rules.due_at(period, not unit.is_leaf, deadlines(), home_zone())


def periods_of(fair: Fair, now: datetime) -> list[Period]:
    """What can be reported of the fair now, in the order of its days."""
    if not is_reported_daily(fair):
        return []
    today = local_day(now, home_zone())
    over = fair.status in (FairStatus.CLOSED, FairStatus.CERTIFIED) or today > fair.ends_on
    return rules.periods(first_reported_day(fair), fair.ends_on, over, today)


def reported_fairs(paths: Iterable[str]) -> list[Fair]:
    """The fairs still to be reported of that touch the region paths, the latest first."""
    paths = list(paths)
    fairs = db.session.scalars(
        select(Fair)
        .where(Fair.status.in_((FairStatus.OPEN, FairStatus.CLOSED)))
        .order_by(Fair.ends_on.desc(), Fair.id)
    ).all()
    return [
        fair
        for fair in fairs
        if is_reported_daily(fair)
        and any(is_within(p, fair.region.path) or is_within(fair.region.path, p) for p in paths)
    ]


def statements_of(fair: Fair, *where: Any) -> Sequence[Row[*tuple[Any, ...]]]:
    """The columns of the fair's statements that say where they stand."""
    columns = (
        *(Statement.id, Statement.region_code, Statement.parent_code, Statement.kind),
        *(Statement.day, Statement.due_at, Statement.status, Statement.first_submitted_at),
    )
    query = select(*columns).where(Statement.fair_id == fair.id, *where)
    return db.session.execute(query.order_by(Statement.id)).all()


def of_period(period: Period) -> tuple[Any, Any]:
    """SQL: the statement is of the period."""
    return Statement.kind == period.kind, Statement.day == period.day


def unit_statements(
    fair: Fair, period: Period, now: datetime, among: Mapping[str, ReportingUnit] | None = None
) -> dict[str, UnitStatement]:
    """Where every unit of the fair stands for one period, by code.

    A county that has moved since it submitted stays with the prefecture it submitted to.

    Args:
        among: the fair's units, where they are known already.
    """
    known = units(fair) if among is None else among
    rows = {row.region_code: row for row in statements_of(fair, *of_period(period))}
    return {
        code: unit_statement(unit, period, rows.get(code), now, known)
        for code, unit in known.items()
    }


def unit_statement(
    unit: ReportingUnit, period: Period, row: Any, now: datetime, known: Mapping[str, ReportingUnit]
) -> UnitStatement:
    """Where the unit stands; `row` of statements_of, None where it has no statement."""
    if row is None:
        due = due_at(unit, period)
        return UnitStatement(unit, period, due, rules.is_late(due, None, now), parent=unit.parent)
    submitted = row.status is not StatementStatus.DRAFT
    # What the unit has taken back is owed as if it had never come.
    is_withdrawn = row.status is StatementStatus.WITHDRAWN
    first_submitted_at = None if is_withdrawn else row.first_submitted_at
    return UnitStatement(
        unit,
        period,
        row.due_at,
        rules.is_late(row.due_at, first_submitted_at, now),
        row.status,
        row.id,
        first_submitted_at,
        known.get(row.parent_code) if submitted else unit.parent,
    )


def statements_below(lines: Mapping[str, UnitStatement], code: str | None) -> list[UnitStatement]:
    """Those who submit to the prefecture of that code; None: straight to the province."""
    return [line for line in lines.values() if (line.parent.code if line.parent else None) == code]


def submits_for(account: Account, unit: ReportingUnit) -> bool:
    """Whether the account submits the unit's statements (as the permission says)."""
    role = Role.COUNTY_OFFICIAL if unit.is_leaf else Role.PREFECTURE_OFFICIAL
    return account.has_role(role, within=unit.path)
