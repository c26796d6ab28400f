"""What of statements waits for an official: to submit, to review, to ask for, to confirm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from market.accounts.models import Account, Role
from market.database import db, utcnow
from market.fairs.models import Fair
from market.monitoring.queries import official_paths
from market.permissions import may
from market.regions.models import Region, within
from market.statements import queries, units
from market.statements.models import (
    Correction,
    CorrectionDecision,
    Statement,
    StatementKind,
    StatementStatus,
    StatementVersion,
)
from market.statements.rules import IN, Period
from market.statements.units import ReportingUnit, UnitStatement
from market.web.desk_registry import DeskTask, add_tasks
from market.web.filters import local_name, short_day
from market.web.language import lazy_gettext as _l

# Days named one by one; of more the rest is counted.
DAYS_NAMED = 7
_Parent = aliased(Region)


@dataclass(frozen=True)
class OwnStatements:
    """What an official submits of a fair: every statement there is or should be by now, by unit.

    Attributes:
        known: the fair's units; lines: in the order of their periods.
    """

    fair: Fair
    known: Mapping[str, ReportingUnit]
    periods: Sequence[Period]
    lines: Mapping[str, Sequence[UnitStatement]]


def own_statements(account: Account) -> list[OwnStatements]:
    """Of the fairs still to be reported that touch the account's regions; read once a request."""
    known: dict[int, list[OwnStatements]] = g.setdefault("own_statements", {})
    if account.id not in known:
        now, fairs = utcnow(), units.reported_fairs(official_paths(account))
        known[account.id] = [_read_own(account, fair, now) for fair in fairs]
    return known[account.id]


def _read_own(account: Account, fair: Fair, now: datetime) -> OwnStatements:
    known, periods = units.units(fair), units.periods_of(fair, now)
    mine = [unit for unit in known.values() if units.submits_for(account, unit)]
    of_mine = Statement.region_code.in_([unit.code for unit in mine])
    rows = {
        (row.region_code, Period(row.day, row.kind)): row
        for row in (units.statements_of(fair, of_mine) if mine else ())
    }
    lines = {
        unit.code: [
            units.unit_statement(unit, period, rows.get((unit.code, period)), now, known)
            for period in periods
        ]
        for unit in mine
    }
    return OwnStatements(fair, known, periods, lines)


def statement_tasks(account: Account) -> list[DeskTask]:
    """What of statements waits on the account's desk: a task for each fair."""
    found = []
    if account.has_role(Role.COUNTY_OFFICIAL) or account.has_role(Role.PREFECTURE_OFFICIAL):
        found += _to_submit(account) or [_none("submit", _l("Statements to submit"))]
    if account.has_role(Role.PREFECTURE_OFFICIAL) or account.has_role(Role.PROVINCE_OFFICIAL):
        found += _to_review(account) or [_none("review", _l("Statements to review"))]
        found += _to_ask_for(account) or [_none("missing", _l("Statements missing below"))]
        found += _to_confirm(account)
    return found


def _none(name: str, label: Any) -> DeskTask:
    url = url_for("statements.index")
    return DeskTask(f"statements-{name}", label, str(label), 0, url, _l("Have a look"))


def _statement_words(period: Period) -> str:
    if period.kind is StatementKind.FINAL:
        return _("final statement")
    return _("daily statement of %(day)s", day=short_day(period.day))


def _counted_words(period: Period, count: int) -> str:
    return _("%(what)s: %(count)s", what=_statement_words(period), count=count)


def _to_submit(account: Account) -> list[DeskTask]:
    found, every = [], own_statements(account)
    units_named = sum(len(own.lines) for own in every) > len(every)
    for own in every:
        for lines in own.lines.values():
            owed = [line for line in lines if line.status not in IN]
            if not owed:
                continue
            first = owed[0]
            details = _about_owed(own, owed)
            if units_named:
                details.insert(0, local_name(first.unit))
            if len(every) > 1:
                details.append(local_name(own.fair))
            url = url_for(
                "statements.draft",
                slug=own.fair.slug,
                period=first.period.key,
                code=first.unit.code,
            )
            found.append(
                DeskTask(
                    *("statements-submit", _l("Statements to submit"), _report_title(owed)),
                    *(len(owed), url, _l("Report now")),
                    late=sum(line.late for line in owed),
                    due_at=min(line.due_at for line in owed),
                    details=details,
                )
            )
    return found


def _report_title(owed: Sequence[UnitStatement]) -> str:
    what = _statement_words(owed[0].period)
    if len(owed) == 1:
        return _("Report the %(what)s", what=what)
    return _("Report %(count)s statements, first the %(what)s", count=len(owed), what=what)


def _about_owed(own: OwnStatements, owed: Sequence[UnitStatement]) -> list[str]:
    """Which days, what was returned and why, and whether the counties of the first are in."""
    details = []
    if len(owed) > 1:
        named = [
            short_day(line.period.day)
            if line.period.kind is StatementKind.DAILY
            else _("final statement")
            for line in owed[:DAYS_NAMED]
        ]
        more = len(owed) - len(named)
        rest = ngettext("and %(num)s more", "and %(num)s more", more) if more else ""
        details.append(_(", ").join(named) + rest)
    first = owed[0]
    returned = [line for line in owed if line.status is StatementStatus.RETURNED]
    if returned:
        reasons = queries.return_reasons(own.fair, first.unit.code)
        reason = reasons.get(returned[0].period, "")
        what = _statement_words(returned[0].period)
        details.append(_("returned, %(what)s: %(reason)s", what=what, reason=reason))
    if not first.unit.is_leaf:
        below = [
            unit.code
            for unit in own.known.values()
            if unit.parent and unit.parent.code == first.unit.code
        ]
        accepted = Statement.status.in_(IN[1:]), Statement.region_code.in_(below)
        inside = units.statements_of(own.fair, *units.of_period(first.period), *accepted)
        details.append(
            _("%(inside)s of %(below)s counties are in", inside=len(inside), below=len(below))
        )
    return details


def _is_reviewed_by(account: Account) -> ColumnElement[bool]:
    """SQL: the account decides the statement, joined to Region and, where there is one, _Parent;
    as the permission statement.review."""
    paths = {
        role: [grant.region.path for grant in account.grants if grant.role is role]
        for role in (Role.PREFECTURE_OFFICIAL, Role.PROVINCE_OFFICIAL)
    }
    prefectures, provinces = paths[Role.PREFECTURE_OFFICIAL], paths[Role.PROVINCE_OFFICIAL]
    prefecture = or_(false(), *(within(_Parent.path, path) for path in prefectures))
    province = or_(false(), *(within(Region.path, path) for path in provinces))
    return or_(prefecture, and_(Statement.parent_code.is_(None), province))


def _of_reviewer(query: Any, account: Account) -> Any:
    """The query of what the account decides, also where it acted itself."""
    return (
        query.join(Fair, Fair.id == Statement.fair_id)
        .join(Region, Region.code == Statement.region_code)
        .outerjoin(_Parent, _Parent.code == Statement.parent_code)
        .where(_is_reviewed_by(account))
    )


def _to_review(account: Account) -> list[DeskTask]:
    """One statement for all fairs."""
    version = StatementVersion
    query = select(
        *(Fair.slug, Fair.name, Fair.name_en, Statement.day, Statement.kind),
        func.count().label("count"),
        func.min(version.at).label("oldest"),
    ).select_from(Statement)
    query = query.join(
        version, and_(version.statement_id == Statement.id, version.number == Statement.version)
    )
    query = _of_reviewer(query, account).where(
        Statement.status == StatementStatus.SUBMITTED, version.by_id != account.id
    )
    query = query.group_by(Fair.slug, Fair.name, Fair.name_en, Statement.day, Statement.kind)
    fairs: dict[str, list[Any]] = {}
    for row in db.session.execute(query.order_by(Statement.day, Statement.kind)):
        fairs.setdefault(row.slug, []).append(row)
    return [_review_task(slug, rows, len(fairs) > 1) for slug, rows in fairs.items()]


def _review_task(slug: str, rows: Sequence[Any], is_named: bool) -> DeskTask:
    count, first = sum(row.count for row in rows), Period(rows[0].day, rows[0].kind)
    # Those straight below have until then for the next level to have what it gathers.
    due = units.rules.due_at(first, True, units.deadlines(), units.home_zone())
    details = [_counted_words(Period(row.day, row.kind), row.count) for row in rows[:DAYS_NAMED]]
    return DeskTask(
        "statements-review",
        _l("Statements to review"),
        ngettext("Review %(num)s statement", "Review %(num)s statements", count),
        count,
        url_for("statements.index", fair=slug, period=first.key, _anchor="review"),
        _l("Review now"),
        late=count if due < utcnow() else 0,
        oldest=min(row.oldest for row in rows),
        details=[*details, local_name(rows[0])] if is_named else details,
    )


def _to_ask_for(account: Account) -> list[DeskTask]:
    """Whose time is past, of those who submit to the account: a statement for each fair."""
    found, now = [], utcnow()
    for own in own_statements(account):
        below = [
            unit
            for unit in own.known.values()
            if own.periods and may(account, "statement.review", _as_line(unit, own.periods[0]))
        ]
        missing = _missing(own, below, now)
        if not missing:
            continue
        count, first = sum(missing.values()), next(iter(missing))
        details = [_counted_words(p, n) for p, n in list(missing.items())[:DAYS_NAMED]]
        found.append(
            DeskTask(
                "statements-missing",
                _l("Statements missing below"),
                ngettext(
                    "Ask for %(num)s statement that is missing",
                    "Ask for %(num)s statements that are missing",
                    count,
                ),
                count,
                url_for("statements.index", fair=own.fair.slug, period=first.key, _anchor="review"),
                _l("Remind them"),
                late=count,
                oldest=min(units.due_at(unit, first) for unit in below),
                details=details,
            )
        )
    return found


def _as_line(unit: ReportingUnit, period: Period) -> UnitStatement:
    return UnitStatement(unit, period, units.due_at(unit, period), False, parent=unit.parent)


def _missing(
    own: OwnStatements, below: Sequence[ReportingUnit], now: datetime
) -> dict[Period, int]:
    """How many of the units owe each period whose time is past, the oldest first."""
    if not below:
        return {}
    rows = db.session.execute(
        select(Statement.region_code, Statement.day, Statement.kind).where(
            Statement.fair_id == own.fair.id,
            Statement.region_code.in_([unit.code for unit in below]),
            Statement.status.not_in((StatementStatus.DRAFT, StatementStatus.WITHDRAWN)),
        )
    )
    submitted = {(code, Period(day, kind)) for code, day, kind in rows}
    found = {}
    for period in own.periods:
        owed = [u for u in below if (u.code, period) not in submitted]
        if count := sum(units.due_at(unit, period) < now for unit in owed):
            found[period] = count
    return found


def _to_confirm(account: Account) -> list[DeskTask]:
    query = select(Statement.id, Correction.at).select_from(Correction)
    query = query.join(Statement, Statement.id == Correction.statement_id)
    query = query.outerjoin(
        CorrectionDecision, CorrectionDecision.correction_id == Correction.id
    ).where(CorrectionDecision.correction_id.is_(None), Correction.by_id != account.id)
    rows = db.session.execute(_of_reviewer(query, account).order_by(Correction.at)).all()
    url = url_for("statements.index", _anchor="confirm")
    if rows:
        url = url_for("statements.show", statement_id=rows[0].id)
    return [
        DeskTask(
            "statements-confirm",
            _l("Corrections to confirm"),
            ngettext("Confirm %(num)s correction", "Confirm %(num)s corrections", len(rows)),
            len(rows),
            url,
            _l("Confirm now"),
            oldest=rows[0].at if rows else None,
        )
    ]


add_tasks(30, statement_tasks)
