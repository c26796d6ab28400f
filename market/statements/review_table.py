"""The table a reviewer decides from: each unit's figures beside those of the day before."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from market.accounts.models import Account, Role
from market.fairs.models import Fair
from market.permissions import may
from market.statements import queries, units, version_queries
from market.statements.drift import cut_offs
from market.statements.models import Publication, Statement, StatementStatus
from market.statements.reversals import ReversedDeals
from market.statements.rules import IN, Period
from market.statements.units import ReportingUnit, UnitStatement
from market.statements.validation_queries import ExplainedFinding, warnings_of
from market.statements.version_queries import EarlierStatement, LastVersion, VersionChanges
from market.tallies.frozen_figures import FrozenFigures
from market.tallies.queries import Totals
from market.web.filters import local_name


@dataclass(frozen=True)
class ReviewRow:
    """A unit in the table.

    Attributes:
        totals: what its statement froze; None where there is none that counts.
        earlier: the last statement of a day before that is in; None without any.
        last: the version that is looked at: by whom, when, and its remark.
        findings: what validation found in it and in those it gathers, with the explanations.
        changes: against the version that was returned last; None where none was.
        reminders: how often it was reminded of this statement.
        inside: of a prefecture, (counties in, counties).
        reversed: how many deals in the statement were reversed since.
        decides: whether the official accepts or returns it now.
    """

    line: UnitStatement
    totals: Totals | None = None
    earlier: EarlierStatement | None = None
    last: LastVersion | None = None
    findings: Sequence[ExplainedFinding] = ()
    changes: VersionChanges | None = None
    reminders: int = 0
    inside: tuple[int, int] | None = None
    reversed: int = 0
    decides: bool = False

    @property
    def increment(self) -> tuple[int, int] | None:
        """(fen, deals) more than in the earlier statement; None where either is not there."""
        if self.totals is None or self.earlier is None:
            return None
        now, then = self.totals, self.earlier.totals
        return (now.amount_fen or 0) - (then.amount_fen or 0), (now.deals or 0) - (then.deals or 0)

    @property
    def is_clear(self) -> bool:
        """It waits for the official, and nothing about it has to be looked at first."""
        return self.decides and not (self.findings or self.changes or self.reversed)

    @property
    def is_overdue(self) -> bool:
        return self.line.late and self.line.status not in IN


def _fen(totals: Totals | None) -> int:
    return -1 if totals is None else totals.amount_fen or 0


# The orders of the table by name; the largest figure first.
SORTS: Mapping[str, Callable[[ReviewRow], Any]] = {
    "unit": lambda row: row.line.unit.path,
    "state": lambda row: (list(StatementStatus).index(row.line.status), row.line.unit.path),
    "earlier": lambda row: -_fen(row.earlier.totals if row.earlier else None),
    "total": lambda row: -_fen(row.totals),
    "increment": lambda row: -row.increment[0] if row.increment else float("inf"),
}


@dataclass
class Board:
    """The statements of one fair and period that come to the official.

    Attributes:
        rows: those shown, in the order asked for; every unit is one of `all`.
        parent: whose counties are shown; None: those who submit to the province.
        reviews: whether the official decides these, and not only reads them.
        sort: the name of the order, of SORTS.
    """

    fair: Fair
    period: Period
    parent: str | None
    all: Mapping[str, UnitStatement]
    rows: Sequence[ReviewRow] = ()
    reviews: bool = False
    publication: Publication | None = None
    sort: str = "unit"
    given: dict[str, str] = field(default_factory=dict)

    @property
    def to_accept(self) -> list[ReviewRow]:
        return [row for row in self.rows if row.decides]

    @property
    def clear(self) -> list[ReviewRow]:
        """Those of them that nothing has to be looked at in."""
        return [row for row in self.rows if row.is_clear]

    @property
    def overdue(self) -> list[ReviewRow]:
        """Those whose time is past and that are not here."""
        return [row for row in self.rows if row.is_overdue]

    @property
    def parent_name(self) -> str:
        """The name of the prefecture whose counties are shown; empty for the province's table."""
        return local_name(self.all[self.parent].unit) if self.parent else ""

    def is_gap(self, row: ReviewRow) -> bool:
        """Whether the statement before the row's is of an earlier day than the day before."""
        return row.earlier is not None and (self.period.day - row.earlier.day).days > 1

    @property
    def submitted(self) -> int:
        """How many of the rows are here."""
        return sum(row.line.status in IN for row in self.rows)

    def here(self, **others: str) -> dict[str, str]:
        """The query string of this table, with `others` instead."""
        chosen = {"fair": self.fair.slug, "period": self.period.key, "parent": self.parent or ""}
        return {n: v for n, v in {**chosen, **self.given, **others}.items() if v}


def parents_of(
    account: Account, fair: Fair, known: Mapping[str, ReportingUnit]
) -> list[str | None]:
    """Whose counties the account may look through: for the province first those who submit
    to it (None), then each prefecture's; for a prefecture its own."""
    prefectures = [unit for unit in known.values() if not unit.is_leaf]
    if account.has_role(Role.PROVINCE_OFFICIAL, within=fair.region.path):
        return [None, *(unit.code for unit in prefectures)]
    role = Role.PREFECTURE_OFFICIAL
    return [unit.code for unit in prefectures if account.has_role(role, within=unit.path)]


def waiting_periods(
    account: Account, fair: Fair, known: Mapping[str, ReportingUnit]
) -> list[Period]:
    """The periods with a statement the account has to review, the oldest first."""
    found = set()
    for row in units.statements_of(fair, Statement.status == StatementStatus.SUBMITTED):
        if row.region_code in known:
            period = Period(row.day, row.kind)
            line = units.unit_statement(known[row.region_code], period, row, row.due_at, known)
            if may(account, "statement.review", line):
                found.add(period)
    return sorted(found)


def board(
    account: Account,
    fair: Fair,
    known: Mapping[str, ReportingUnit],
    period: Period,
    parent: str | None,
    now: datetime,
    state: StatementStatus | None = None,
    sort: str = "unit",
) -> Board:
    """What comes to the account of the fair and period, under one parent. A fixed number of
    statements of SQL, however many units report."""
    every = units.unit_statements(fair, period, now, known)
    lines = units.statements_below(every, parent)
    shown = [line for line in lines if state is None or line.status is state]
    found = _rows(account, fair, period, every, shown)
    reviews = any(may(account, "statement.review", line) for line in lines)
    published = queries.publication_of(fair, period)
    order = SORTS.get(sort)
    rows = sorted(found, key=order or SORTS["unit"])
    given = {"state": state.value if state else "", "sort": sort if order else ""}
    return Board(
        fair, period, parent, every, rows, reviews, published, sort if order else "unit", given
    )


def _rows(
    account: Account,
    fair: Fair,
    period: Period,
    every: Mapping[str, UnitStatement],
    shown: Sequence[UnitStatement],
) -> list[ReviewRow]:
    ids = [
        line.statement_id
        for line in shown
        if line.statement_id and line.status is not StatementStatus.WITHDRAWN
    ]
    figures = queries.current_figures(ids)
    marks = _reversed(fair, figures)
    earlier = version_queries.earlier_statements(fair, period, [line.unit.code for line in shown])
    last = version_queries.last_versions(ids)
    findings = warnings_of(ids)
    changes = version_queries.changes_since_return(ids, figures)
    reminders = version_queries.reminder_counts(fair, period)
    rows = []
    for line in shown:
        id_, code = line.statement_id or 0, line.unit.code
        submitted_by = last[id_].by_id if id_ in last else None
        rows.append(
            ReviewRow(
                line,
                figures[id_].totals if id_ in figures else None,
                earlier.get(code),
                last.get(id_),
                findings.get(id_, ()),
                changes.get(id_),
                reminders.get(code, 0),
                _inside(line, every),
                marks.get(id_, 0),
                line.status is StatementStatus.SUBMITTED
                and submitted_by != account.id
                and may(account, "statement.review", line),
            )
        )
    return rows


def _inside(line: UnitStatement, every: Mapping[str, UnitStatement]) -> tuple[int, int] | None:
    if line.unit.is_leaf:
        return None
    below = units.statements_below(every, line.unit.code)
    return sum(child.is_in for child in below), len(below)


def _reversed(fair: Fair, figures: Mapping[int, FrozenFigures]) -> dict[int, int]:
    ends = {id_: cut_offs(frozen) for id_, frozen in figures.items()}
    known = ReversedDeals(fair, {code for own in ends.values() for code in own})
    return {id_: len(found) for id_, own in ends.items() if (found := known.since(own))}
