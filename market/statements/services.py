"""What officials do with statements: submit 上报, accept or return 复核, remind.

Every function is called inside transaction(), takes the reporting's one lock before it
decides, and raises DomainError when a rule says no. Each act is written down as a
StatementEvent.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from flask_babel.speaklater import LazyString
from sqlalchemy import select

from market.accounts.models import Account
from market.calendar.services import stopped_clock
from market.database import AdvisoryLock, advisory_lock, db, lock, utcnow
from market.fairs.models import Fair, FairStatus
from market.permissions import may
from market.regions.models import Region
from market.statements import queries, units, version_queries
from market.statements.explanations import check_explained, store_findings
from market.statements.labels import ACT_LABELS
from market.statements.models import (
    MAX_REMARK_LENGTH,
    STATEMENT_TRANSITIONS,
    Statement,
    StatementAct,
    StatementEvent,
    StatementKind,
    StatementStatus,
    StatementVersion,
)
from market.statements.rules import IN, Period, can_be_reminded
from market.statements.snapshots import freeze_county, last_entry, snapshot_columns
from market.statements.units import ReportingUnit, UnitStatement
from market.statements.validation_queries import check_figures, last_request
from market.tallies.freezing import gather
from market.tallies.frozen_figures import FrozenFigures
from market.web.errors import DomainError, Invalid, InvalidTransition, Refused
from market.web.filters import format_datetime, local_name
from market.web.language import lazy_gettext as _l
from market.web.reasons import check_length, require_reason

# The status an act leads to; the others leave it as it is.
STATUS_AFTER = {
    StatementAct.SUBMITTED: StatementStatus.SUBMITTED,
    StatementAct.WITHDRAWN: StatementStatus.WITHDRAWN,
    StatementAct.ACCEPTED: StatementStatus.ACCEPTED,
    StatementAct.RETURNED: StatementStatus.RETURNED,
    StatementAct.PUBLISHED: StatementStatus.PUBLISHED,
}


def submit(
    actor: Account,
    fair: Fair,
    code: str,
    period: Period,
    remark: str = "",
    missing: Collection[str] = (),
    reason: str = "",
    explanations: Mapping[str, str] = MappingProxyType({}),
) -> Statement:
    """Submit 上报 the unit's statement: its figures are frozen now, those of a day as they were
    at its end.

    A prefecture's gathers what its counties froze and it accepted. Sent twice, it is
    submitted once.

    Args:
        missing: for a prefecture, the codes of counties it does not wait for, and `reason`.
        explanations: of what validation finds, by ValidationFinding.key; stored with the version.

    Raises:
        Refused: the actor is no official of the unit.
        Invalid: the day is not over, the fair is certified, or a county is neither in nor
            named as missing (field `missing`), or no reason is given for that; as
            check_explained().
        InvalidTransition: it was accepted or published already; the message says by whom.
    """
    advisory_lock(AdvisoryLock.STATEMENTS)
    now = utcnow()
    known = units.units(fair)
    unit = known.get(code)
    if unit is None or not may(actor, "statement.submit", unit):
        raise Refused()
    check_open(fair, period)
    check_length(remark, "remark", MAX_REMARK_LENGTH)
    statement = find_or_create(fair, unit, period)
    if statement.status is StatementStatus.SUBMITTED:
        return statement
    if StatementStatus.SUBMITTED not in STATEMENT_TRANSITIONS[statement.status]:
        raise concurrent_decision(statement)
    statement.parent_code = unit.parent.code if unit.parent else None
    advisory_lock(AdvisoryLock.LEDGER)
    region = db.session.get_one(Region, code)
    if unit.is_leaf:
        figures = freeze_county(fair, region, period)
    else:
        lines = units.statements_below(units.unit_statements(fair, period, now, known), code)
        figures = gather_units(fair, region, period, lines, missing, reason)
    findings, request = check_figures(fair, unit, period, figures), last_request(statement)
    check_explained(findings, explanations, request)
    was_returned = queries.was_returned(statement)
    version = StatementVersion(
        statement_id=statement.id,
        number=statement.version + 1,
        remark=remark,
        by_id=actor.id,
        **snapshot_columns(figures),
    )
    db.session.add(version)
    store_findings(version, findings, explanations, request)
    statement.version = version.number
    if not was_returned:
        statement.first_submitted_at = now
    record_act(statement, StatementAct.SUBMITTED, actor, reason if figures.missing else "")
    return statement


def accept(actor: Account, statement: Statement) -> None:
    """The next level accepts 复核 the statement; where the period is published already, the
    latecomer is published with it.

    Raises:
        Refused: the actor does not review it, or submitted it.
        InvalidTransition: somebody else was quicker; the message says who did what.
    """
    _review(actor, statement)
    if statement.status is not StatementStatus.SUBMITTED:
        raise concurrent_decision(statement)
    record_act(statement, StatementAct.ACCEPTED, actor)
    publish_accepted(actor, statement.fair, Period(statement.day, statement.kind))


def accept_all(actor: Account, statements: Iterable[Statement]) -> tuple[int, list[Any]]:
    """Accept each; returns how many, and why the others were not."""
    done, refused = 0, []
    for statement in sorted(statements, key=lambda s: s.id):
        try:
            accept(actor, statement)
        except DomainError as error:
            name = local_name(statement.region)
            refused.append(_l("%(name)s: %(why)s", name=name, why=error.message))
        else:
            done += 1
    return done, refused


def send_back(actor: Account, statement: Statement, reason: str) -> None:
    """The next level returns the statement with a reason; what it froze stays.

    One already accepted can be returned until the statement above it holds its figures.

    Raises like accept; Invalid without a reason.
    """
    _review(actor, statement)
    if StatementStatus.RETURNED not in STATEMENT_TRANSITIONS[statement.status]:
        raise concurrent_decision(statement)
    require_reason(reason, _l("Give a reason."))
    if statement.parent_code and _state_of(statement, statement.parent_code) in IN:
        raise Invalid(
            _l("Its figures are in the prefecture's statement: that one must be returned first.")
        )
    record_act(statement, StatementAct.RETURNED, actor, reason)


def remind(actor: Account, fair: Fair, owed: Collection[tuple[str, Period]]) -> int:
    """Remind units, by code, of statements that they owe; they see it on their page. Returns how
    many reminders there are; who was reminded within the hour is not again. The same few
    statements of SQL for any number of units that owe nothing.

    Raises:
        Refused: one of them is not below the actor, or the clock is not trusted.
        Invalid: one of the periods can't be reported now.
    """
    if stopped_clock() is not None:
        raise Refused(_l("The clock of the server is not trusted just now: nobody is reminded."))
    advisory_lock(AdvisoryLock.STATEMENTS)
    now, known = utcnow(), units.units(fair)
    rows = {(row.region_code, Period(row.day, row.kind)): row for row in units.statements_of(fair)}
    before = version_queries.reminded_at(fair)
    for period in {period for _code, period in owed}:
        check_open(fair, period)
    reminded = 0
    for code, period in sorted(key for key in set(owed) if key[0] in known):
        line = units.unit_statement(known[code], period, rows.get((code, period)), now, known)
        if not may(actor, "statement.remind", line):
            raise Refused()
        if line.status in IN or not can_be_reminded(before.get((code, period)), now):
            continue
        record_act(find_or_create(fair, line.unit, period), StatementAct.REMINDED, actor)
        reminded += 1
    return reminded


def check_open(fair: Fair, period: Period) -> None:
    """Raises Invalid unless the period of the fair can be reported now."""
    if fair.status is FairStatus.CERTIFIED:
        raise Invalid(_l("The fair is certified: its figures are only corrected."))
    if period not in units.periods_of(fair, utcnow()):
        raise Invalid(_l("That can't be reported yet: a day is reported once it is over."))


def find_or_create(fair: Fair, unit: ReportingUnit, period: Period) -> Statement:
    """The unit's statement, made when there is none, held until the transaction ends."""
    statement = db.session.scalar(
        select(Statement).where(
            Statement.fair_id == fair.id,
            Statement.region_code == unit.code,
            *units.of_period(period),
        )
    )
    if statement is not None:
        return lock(statement)
    statement = Statement(
        fair_id=fair.id,
        region_code=unit.code,
        parent_code=unit.parent.code if unit.parent else None,
        kind=period.kind,
        day=period.day,
        due_at=units.due_at(unit, period),
        status=StatementStatus.DRAFT,
        version=0,
    )
    db.session.add(statement)
    db.session.flush()
    return statement


def gather_units(
    fair: Fair,
    region: Region,
    period: Period,
    lines: Sequence[UnitStatement],
    missing: Collection[str],
    reason: str,
) -> FrozenFigures:
    """The figures of a prefecture, or of the whole fair, from what its units froze.

    Args:
        lines: where each of the units stands.
        missing: the codes of those not waited for, and `reason`.

    Raises:
        Invalid: one is neither in nor named as missing, or no reason is given for the missing.
    """
    out = queries.not_in(lines)
    unnamed = [line for line in out if line.unit.code not in missing]
    if unnamed:
        names = _l(", ").join(local_name(line.unit) for line in unnamed)
        raise Invalid(
            _l("Not in yet: %(names)s. Wait for them, or name them as missing.", names=names),
            "missing",
        )
    if out and not reason:
        raise Invalid(_l("Say why you don't wait for them."), "reason")
    check_length(reason)
    ids = [line.statement_id for line in lines if line.is_in and line.statement_id]
    figures = queries.current_figures(ids)
    return gather(
        fair,
        region,
        last_entry(period),
        [figures[id_] for id_ in ids],
        [missing_unit(line.unit, reason, line.parent) for line in out],
        utcnow(),
        period.day if period.kind is StatementKind.DAILY else None,
    )


def missing_unit(unit: ReportingUnit, reason: str, parent: Any) -> dict[str, Any]:
    """The JSON of a unit that frozen figures are without; `parent`: whom it submits to."""
    names = {"code": unit.code, "name": unit.name, "name_en": unit.name_en}
    return {**names, "parent": parent.code if parent else None, "reason": reason}


def publish_accepted(actor: Account, fair: Fair, period: Period) -> None:
    """Publish what is accepted and belongs to what is published of the period.

    A prefecture's statement once there is a publication; a county's once the one that
    gathers it is published.
    """
    if queries.publication_of(fair, period) is None:
        return
    statements = db.session.scalars(
        select(Statement).where(Statement.fair_id == fair.id, *units.of_period(period))
    ).all()
    states = {statement.region_code: statement.status for statement in statements}
    # Those that gather others first.
    for statement in sorted(statements, key=lambda s: (s.parent_code is not None, s.id)):
        above = states.get(statement.parent_code) if statement.parent_code else None
        locked = statement.parent_code is None or above is StatementStatus.PUBLISHED
        if locked and statement.status is StatementStatus.ACCEPTED:
            record_act(statement, StatementAct.PUBLISHED, actor)
            states[statement.region_code] = statement.status


def _state_of(statement: Statement, code: str) -> StatementStatus:
    """The status of another unit's statement for the same period."""
    db.session.flush()
    found = db.session.scalar(
        select(Statement.status).where(
            Statement.fair_id == statement.fair_id,
            Statement.region_code == code,
            Statement.kind == statement.kind,
            Statement.day == statement.day,
        )
    )
    return found or StatementStatus.DRAFT


def _review(actor: Account, statement: Statement) -> None:
    advisory_lock(AdvisoryLock.STATEMENTS)
    lock(statement)
    if not may(actor, "statement.review", statement):
        raise Refused()
    if statement.version and statement.current.by_id == actor.id:
        raise Refused(_l("Whoever submitted it can't review it."))


def record_act(statement: Statement, act: StatementAct, actor: Account, reason: str = "") -> None:
    """Write down what was done to the statement, and give it the status the act leads to.

    Raises:
        Invalid: the reason is too long.
    """
    check_length(reason)
    statement.status = STATUS_AFTER.get(act, statement.status)
    event = StatementEvent(
        statement_id=statement.id,
        act=act,
        version=statement.version,
        reason=reason,
        by_id=actor.id,
    )
    db.session.add(event)
    db.session.flush()


def concurrent_decision(statement: Statement) -> InvalidTransition:
    """The error of the second of two officials: who did what before, and when."""
    last = db.session.scalars(
        select(StatementEvent)
        .where(
            StatementEvent.statement_id == statement.id, StatementEvent.act != StatementAct.REMINDED
        )
        .order_by(StatementEvent.id.desc())
        .limit(1)
    ).first()
    if last is None:
        return InvalidTransition()
    return InvalidTransition(
        _l(
            "%(who)s was quicker: %(act)s at %(time)s.",
            who=last.by.name,
            act=ACT_LABELS[last.act],
            time=LazyString(format_datetime, last.at),
        )
    )
