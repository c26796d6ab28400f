"""Overrides 放行: the next level lets a statement pass in spite of what stops it, or does not."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from flask import abort
from flask_babel.speaklater import LazyString
from sqlalchemy import or_, select
from sqlalchemy.orm import aliased, joinedload

from market.accounts.models import Account
from market.database import AdvisoryLock, advisory_lock, db, lock
from market.fairs.models import Fair
from market.permissions import may
from market.regions.models import Region, within
from market.statements import services, units
from market.statements.models import STATEMENT_TRANSITIONS, Statement, StatementStatus
from market.statements.rules import Period
from market.statements.snapshots import preview_county
from market.statements.validation_models import (
    OverrideDecision,
    OverrideRequest,
    format_findings,
)
from market.statements.validation_queries import check_figures, last_request, stops_of
from market.web.errors import ConcurrentDecision, InvalidTransition, Refused
from market.web.filters import format_datetime
from market.web.language import lazy_gettext as _l
from market.web.reasons import require_reason

_CAN_BE_SUBMITTED = [
    status for status, nexts in STATEMENT_TRANSITIONS.items() if StatementStatus.SUBMITTED in nexts
]


def get_request(request_id: int) -> OverrideRequest:
    """The request of that id, or 404."""
    return db.session.get(OverrideRequest, request_id) or abort(404)


def request_override(
    actor: Account, fair: Fair, code: str, period: Period, explanation: str
) -> OverrideRequest:
    """The county asks the next level to let what stops its statement pass.

    The same words sent twice ask once: the request that waits is returned as it is.

    Raises:
        Refused: the actor is no official of the unit.
        Invalid: without an explanation, or the period can't be reported.
        InvalidTransition: nothing stops the statement, or it is in.
        ConcurrentDecision: it was asked for in other words, and waits for its decision.
    """
    advisory_lock(AdvisoryLock.STATEMENTS)
    unit = units.units(fair).get(code)
    if unit is None or not unit.is_leaf or not may(actor, "statement.submit", unit):
        raise Refused()
    services.check_open(fair, period)
    require_reason(explanation, _l("Explain why the figures are right."))
    statement = services.find_or_create(fair, unit, period)
    if statement.status not in _CAN_BE_SUBMITTED:
        raise services.concurrent_decision(statement)
    before = last_request(statement)
    if before is not None and before.decision is None:
        if (before.by_id, before.explanation) == (actor.id, explanation):
            return before
        raise ConcurrentDecision(
            _l(
                "%(who)s asked already, %(time)s: the next level has not decided yet.",
                who=before.by.name,
                time=LazyString(format_datetime, before.at),
            ),
            before.by_id,
        )
    figures = preview_county(fair, db.session.get_one(Region, code), period)
    stops = stops_of(check_figures(fair, unit, period, figures), before)
    if not stops:
        raise InvalidTransition()
    request = OverrideRequest(
        statement_id=statement.id,
        number=before.number + 1 if before else 1,
        findings=format_findings(stops),
        explanation=explanation,
        by_id=actor.id,
    )
    db.session.add(request)
    db.session.flush()
    return request


def decide_override(
    actor: Account, request: OverrideRequest, allowed: bool, reason: str
) -> OverrideDecision:
    """The next level lets the statement pass or not, with its reason; once.

    Raises:
        Refused: the actor does not review the statement, or asked for it.
        Invalid: without a reason.
        ConcurrentDecision: somebody else was quicker.
    """
    advisory_lock(AdvisoryLock.STATEMENTS)
    lock(request.statement)
    if not may(actor, "statement.review", request.statement):
        raise Refused()
    if request.by_id == actor.id:
        raise Refused(_l("Whoever asks for it can't decide it."))
    decision = db.session.get(OverrideDecision, request.id)
    if decision is not None:
        raise ConcurrentDecision(
            _l(
                "%(who)s was quicker: %(act)s at %(time)s.",
                who=decision.by.name,
                act=_l("Let pass") if decision.allowed else _l("Not let pass"),
                time=LazyString(format_datetime, decision.at),
            ),
            decision.by_id,
        )
    require_reason(reason, _l("Give a reason."))
    decision = OverrideDecision(
        request_id=request.id, allowed=allowed, reason=reason, by_id=actor.id
    )
    db.session.add(decision)
    db.session.flush()
    return decision


def requests_to_decide(account: Account, paths: Collection[str]) -> Sequence[OverrideRequest]:
    """The requests that wait for the account's decision, the longest waiting first; not its own,
    and none of a statement that went up since, because what stopped it is gone.

    Args:
        paths: the region paths in which the account is an official.
    """
    region = aliased(Region)
    rows = db.session.scalars(
        select(OverrideRequest)
        .join(Statement, Statement.id == OverrideRequest.statement_id)
        .join(region, region.code == Statement.region_code)
        .outerjoin(OverrideDecision, OverrideDecision.request_id == OverrideRequest.id)
        .options(
            joinedload(OverrideRequest.by),
            joinedload(OverrideRequest.statement).options(
                joinedload(Statement.region),
                joinedload(Statement.parent),
                joinedload(Statement.fair),
            ),
        )
        .where(
            OverrideDecision.request_id.is_(None),
            OverrideRequest.by_id != account.id,
            Statement.status.in_(_CAN_BE_SUBMITTED),
            or_(*(within(region.path, path) for path in paths)),
        )
        .order_by(OverrideRequest.at, OverrideRequest.id)
    ).all()
    return [row for row in rows if may(account, "statement.review", row.statement)]
