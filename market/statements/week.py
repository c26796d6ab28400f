"""The last seven days of the statements an official submits, at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from market.accounts.models import Account
from market.statements.models import StatementKind, StatementStatus
from market.statements.rules import IN, DayState
from market.statements.tasks import OwnStatements, own_statements
from market.statements.units import UnitStatement
from market.web.home_time import home_today

DAYS = 7


@dataclass(frozen=True)
class ReportedDay:
    """A day of the last seven; line: its statement, None of a day not yet over."""

    day: date
    state: DayState
    line: UnitStatement | None = None


def last_week(account: Account) -> tuple[OwnStatements, list[ReportedDay]] | None:
    """The last seven days of the first unit the account submits for; None where it submits for
    none."""
    own = next((each for each in own_statements(account) if each.lines), None)
    if own is None:
        return None
    today = home_today()
    lines = next(iter(own.lines.values()))
    daily = {line.period.day: line for line in lines if line.period.kind is StatementKind.DAILY}
    days = (today - timedelta(days=back) for back in range(DAYS - 1, -1, -1))
    return own, [ReportedDay(day, _day_state(daily.get(day)), daily.get(day)) for day in days]


def _day_state(line: UnitStatement | None) -> DayState:
    if line is None:
        return DayState.OPEN
    if line.status is StatementStatus.RETURNED:
        return DayState.RETURNED
    if line.status in IN:
        return DayState.LATE if line.late else DayState.IN_TIME
    return DayState.MISSING if line.late else DayState.OPEN
