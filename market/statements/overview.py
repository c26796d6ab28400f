"""What the desk shows of statements: what an official owes, and what they review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from market.accounts.models import Account
from market.fairs.models import Fair
from market.monitoring.activity import ActivityColumn, add_column
from market.monitoring.queries import official_paths
from market.statements import queries, units
from market.statements.models import StatementStatus
from market.statements.rules import IN, Period, Rates, ranks, sum_rates
from market.statements.units import ReportingUnit, UnitStatement, submits_for
from market.web.desk_registry import DeskTab, tabs
from market.web.language import lazy_gettext as _l


@dataclass(frozen=True)
class DueStatement:
    """A statement the official has still to submit.

    Attributes:
        reminder: the last one: `at` and the `name` of who sent it; None without any.
        inside, below: for a prefecture, how many of its counties are in, and how many it has.
        reason: why it was returned.
    """

    fair: Fair
    line: UnitStatement
    reminder: Any = None
    inside: int = 0
    below: int = 0
    reason: str = ""

    @property
    def ready(self) -> bool:
        """It takes one tap: nothing is missing, and nothing was returned to be looked at."""
        return self.inside == self.below and self.line.status is StatementStatus.DRAFT


def due_statements(account: Account, now: datetime) -> list[DueStatement]:
    """What the account has still to submit, the first due first."""
    found = []
    for fair in units.reported_fairs(official_paths(account)):
        known = units.units(fair)
        mine = [unit for unit in known.values() if submits_for(account, unit)]
        if mine:
            found += _dues_of(fair, known, mine, now)
    return sorted(found, key=lambda d: (d.line.due_at, d.fair.id, d.line.unit.path))


def _dues_of(
    fair: Fair, known: Mapping[str, ReportingUnit], mine: list[ReportingUnit], now: datetime
) -> list[DueStatement]:
    every = {(r.region_code, Period(r.day, r.kind)): r for r in units.statements_of(fair)}
    counties = {
        unit.code: [u for u in known.values() if u.parent and u.parent.code == unit.code]
        for unit in mine
    }
    found = []
    for unit in mine:
        reminded = queries.last_reminders(fair, unit.code)
        returned = queries.return_reasons(fair, unit.code)
        for period in units.periods_of(fair, now):
            line = units.unit_statement(unit, period, every.get((unit.code, period)), now, known)
            if line.status in IN:
                continue
            below = [every.get((county.code, period)) for county in counties[unit.code]]
            inside = sum(row is not None and row.status in (IN[1], IN[2]) for row in below)
            about = (reminded.get(period), inside, len(below), returned.get(period, ""))
            found.append(DueStatement(fair, line, *about))
    return found


tabs.append(
    DeskTab(
        30,
        _l("Statements"),
        "statements.index",
        also=["statements.punctuality", "statements.completeness", "statements.own"],
    )
)
add_column(ActivityColumn("reported", _l("Last report"), queries.last_reports))


@dataclass(frozen=True)
class RatedUnit:
    """A unit's rates; `counties`: of a prefecture, those of its counties together."""

    unit: ReportingUnit
    rates: Rates
    rank: int | None
    counties: Rates | None = None


@dataclass(frozen=True)
class Punctuality:
    """The rates of a fair's units, the best first; only those the official acts over."""

    whole: Rates
    prefectures: Sequence[RatedUnit]
    counties: Sequence[RatedUnit]
    among: int


def punctuality(account: Account, fair: Fair, now: datetime) -> Punctuality:
    """上报率 and 及时率 of the units the account acts over; ranked among all of the fair."""
    known = units.units(fair)
    found = queries.rates_of(fair, now, known.values())
    leaves = {code: found[code] for code, unit in known.items() if unit.is_leaf}
    others = {code: found[code] for code, unit in known.items() if not unit.is_leaf}
    below = {
        code: sum_rates(found[u.code] for u in known.values() if u.parent and u.parent.code == code)
        for code in others
    }
    places = ranks(leaves) | ranks(below)
    seen = [unit for unit in known.values() if account.is_official_over(unit.path)]
    scored = [RatedUnit(u, found[u.code], places.get(u.code), below.get(u.code)) for u in seen]
    scored.sort(key=lambda row: (row.rank or len(known) + 1, row.unit.path))
    return Punctuality(
        sum_rates(found[unit.code] for unit in seen if unit.is_leaf),
        [row for row in scored if not row.unit.is_leaf],
        [row for row in scored if row.unit.is_leaf],
        len(leaves),
    )
