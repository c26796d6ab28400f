"""The matrix of who has reported 上报情况: units by day, with what can be reminded of."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from market.accounts.models import Account
from market.fairs.models import Fair, FairStatus
from market.permissions import may
from market.statements import units, version_queries
from market.statements.models import Statement, StatementStatus
from market.statements.rules import IN, Period, can_be_reminded
from market.statements.units import ReportingUnit, UnitStatement
from market.web.pagination import Pagination

PERIODS_PER_PAGE = 14


class CellState(enum.StrEnum):
    """Where a unit stands with a statement, as one cell says it."""

    ACCEPTED = "accepted"
    SUBMITTED = "submitted"
    LATE = "late"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    MISSING = "missing"
    REMINDED = "reminded"
    OPEN = "open"


@dataclass(frozen=True)
class MatrixCell:
    """A unit's statement of one period.

    Attributes:
        reminded_at: when the unit was last reminded of it.
        can_remind: whether the reader may remind of it now.
    """

    line: UnitStatement
    state: CellState
    reminded_at: datetime | None
    can_remind: bool

    @property
    def key(self) -> str:
        """As the form of reminders names it."""
        return f"{self.line.unit.code}.{self.line.period.key}"

    @property
    def is_in(self) -> bool:
        return self.line.status in IN


@dataclass(frozen=True)
class MatrixRow:
    unit: ReportingUnit
    cells: Sequence[MatrixCell]

    @property
    def remindable(self) -> list[MatrixCell]:
        return [cell for cell in self.cells if cell.can_remind]


@dataclass(frozen=True)
class MatrixGroup:
    """A prefecture's own statements and those of its counties; `parent` is None for counties
    that submit straight to the province."""

    parent: ReportingUnit | None
    own: MatrixRow | None
    counties: Sequence[MatrixRow]

    @property
    def rows(self) -> list[MatrixRow]:
        return [*self.counties, *([self.own] if self.own else [])]

    @property
    def counted(self) -> list[tuple[int, int]]:
        """Of each period, how many counties have reported, and how many there are."""
        columns = zip(*(row.cells for row in self.counties), strict=True)
        return [(sum(cell.is_in for cell in column), len(column)) for column in columns]

    @property
    def remindable(self) -> list[MatrixCell]:
        return [cell for row in self.rows for cell in row.remindable]

    @property
    def owed(self) -> int:
        """How many statements are overdue, or were returned."""
        states = (CellState.MISSING, CellState.RETURNED, CellState.REMINDED)
        return sum(cell.state in states for row in self.rows for cell in row.cells)

    def holds(self, code: str) -> bool:
        """Whether the unit of that code is one of the group's."""
        return any(row.unit.code == code for row in self.rows)


@dataclass(frozen=True)
class Matrix:
    """One page of a fair's matrix; the latest period first."""

    fair: Fair
    periods: Sequence[Period]
    groups: Sequence[MatrixGroup]
    pagination: Pagination

    @property
    def remindable(self) -> list[MatrixCell]:
        return [cell for group in self.groups for cell in group.remindable]


def matrix(account: Account, fair: Fair, page: int, now: datetime) -> Matrix:
    """The units the account acts over, by the periods of one page. A fixed number of statements
    of SQL, however many units report."""
    known = units.units(fair)
    due = units.periods_of(fair, now)[::-1]
    pagination = Pagination(page, PERIODS_PER_PAGE, len(due))
    periods = list(pagination.rows_of(due))
    cell = _cells(account, fair, known, periods, now)
    seen = [unit for unit in known.values() if account.is_official_over(unit.path)]
    rows = {unit.code: MatrixRow(unit, [cell(unit, period) for period in periods]) for unit in seen}
    return Matrix(fair, periods, _groups(rows.values()), pagination)


def _cells(
    account: Account,
    fair: Fair,
    known: Mapping[str, ReportingUnit],
    periods: Sequence[Period],
    now: datetime,
) -> Callable[[ReportingUnit, Period], MatrixCell]:
    """What makes the cell of a unit and period, from what is read once for all of them."""
    days = {period.day for period in periods}
    statements: dict[tuple[str, Period], Any] = {
        (row.region_code, Period(row.day, row.kind)): row
        for row in units.statements_of(fair, Statement.day.in_(days))
    }
    reminded = version_queries.reminded_at(fair)
    is_open = fair.status is not FairStatus.CERTIFIED

    def cell(unit: ReportingUnit, period: Period) -> MatrixCell:
        key = unit.code, period
        line = units.unit_statement(unit, period, statements.get(key), now, known)
        at = reminded.get(key)
        state = _state(line, at, now)
        owed = is_open and state in (CellState.MISSING, CellState.RETURNED)
        return MatrixCell(line, state, at, owed and may(account, "statement.remind", line))

    return cell


def _state(line: UnitStatement, reminded_at: datetime | None, now: datetime) -> CellState:
    if line.status in IN:
        if line.late:
            return CellState.LATE
        return CellState.ACCEPTED if line.is_in else CellState.SUBMITTED
    is_returned = line.status is StatementStatus.RETURNED
    if (line.late or is_returned) and not can_be_reminded(reminded_at, now):
        return CellState.REMINDED
    if is_returned:
        return CellState.RETURNED
    if line.late:
        return CellState.MISSING
    return CellState.WITHDRAWN if line.status is StatementStatus.WITHDRAWN else CellState.OPEN


def _groups(rows: Iterable[MatrixRow]) -> list[MatrixGroup]:
    """The rows by prefecture, those straight under the province last."""
    parents: dict[str | None, ReportingUnit | None] = {}
    own: dict[str | None, MatrixRow] = {}
    counties: dict[str | None, list[MatrixRow]] = {}
    for row in rows:
        group = row.unit.parent if row.unit.is_leaf else row.unit
        code = group.code if group else None
        parents[code] = group
        if row.unit.is_leaf:
            counties.setdefault(code, []).append(row)
        else:
            own[code] = row
    ordered = sorted(parents.items(), key=lambda item: item[1].path if item[1] else "~")
    return [MatrixGroup(parent, own.get(code), counties.get(code, [])) for code, parent in ordered]
