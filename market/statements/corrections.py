"""Corrections 更正: after its figures were accepted, a county's change with its reason."""

from __future__ import annotations

from market.accounts.models import Account
from market.database import AdvisoryLock, advisory_lock, lock
from market.permissions import may
from market.statements import queries
from market.statements.models import (
    Correction,
    CorrectionDecision,
    Statement,
    StatementAct,
    StatementKind,
    StatementStatus,
)
from market.statements.rules import Period
from market.statements.services import (
    concurrent_decision,
    record_act,
)
from market.statements.snapshots import freeze_county, snapshot_columns
from market.tallies.frozen_figures import canonical, read_figures
from market.web.errors import Invalid, InvalidTransition, Refused
from market.web.language import lazy_gettext as _l
from market.web.reasons import require_reason


def can_be_corrected(statement: Statement) -> bool:
    """Whether the county may file a correction now.

    A county's final statement, accepted or published. A daily one needs none: its figures
    run on, so the next day's statement has what moved. A prefecture's follows its counties'.
    """
    return (
        statement.region.is_leaf
        and statement.kind is StatementKind.FINAL
        and statement.status in (StatementStatus.ACCEPTED, StatementStatus.PUBLISHED)
        and queries.pending_correction(statement) is None
    )


def file_correction(actor: Account, statement: Statement, reason: str) -> Correction:
    """The county says that its figures have become others, and why; the ledger says to what.

    It counts once the next level confirms it.

    Raises:
        Refused: the actor is no official of the county.
        Invalid: no reason, nothing has moved, or it is not a statement that is corrected.
    """
    advisory_lock(AdvisoryLock.STATEMENTS)
    lock(statement)
    if not may(actor, "statement.correct", statement):
        raise Refused()
    if not can_be_corrected(statement):
        raise Invalid(_l("This statement can't be corrected now."))
    require_reason(reason, _l("Give a reason."))
    advisory_lock(AdvisoryLock.LEDGER)
    before = queries.current_figures([statement.id])[statement.id]
    period = Period(statement.day, statement.kind)
    after = freeze_county(statement.fair, statement.region, period)
    if not queries.changes(before.totals, after.totals):
        raise Invalid(_l("The figures are still the same: there is nothing to correct."))
    correction = Correction(
        number=len(statement.corrections) + 1,
        before=canonical(before.data),
        reason=reason,
        by_id=actor.id,
        **snapshot_columns(after),
    )
    statement.corrections.append(correction)
    record_act(statement, StatementAct.CORRECTED, actor, reason)
    return correction


def decide(
    actor: Account, statement: Statement, number: int, confirmed: bool, reason: str = ""
) -> None:
    """The next level confirms the correction of that number, or refuses it with a reason.

    Raises:
        Refused: the actor does not review the statement, or filed the correction.
        Invalid: it is refused without a reason.
        InvalidTransition: it is decided already; the message says by whom.
    """
    advisory_lock(AdvisoryLock.STATEMENTS)
    lock(statement)
    if not may(actor, "statement.review", statement):
        raise Refused()
    waiting = queries.pending_correction(statement)
    if waiting is None or waiting.number != number:
        raise concurrent_decision(statement) if statement.corrections else InvalidTransition()
    if waiting.by_id == actor.id:
        raise Refused(_l("Whoever submitted it can't review it."))
    if not confirmed:
        require_reason(reason, _l("Give a reason."))
    waiting.decision = CorrectionDecision(confirmed=confirmed, reason=reason, by_id=actor.id)
    record_act(
        statement, StatementAct.CONFIRMED if confirmed else StatementAct.REFUSED, actor, reason
    )


def pending_changes(statement: Statement) -> list[tuple[str, int, int]]:
    """(figure, was, would be) of the correction that waits for the next level's word."""
    waiting = queries.pending_correction(statement)
    if waiting is None:
        return []
    before, after = read_figures(waiting.before), read_figures(waiting.snapshot)
    return queries.changes(before.totals, after.totals)
