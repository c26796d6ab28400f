"""Withdrawing 撤回 a statement: its unit takes it back before anybody has reviewed it."""

from __future__ import annotations

from market.accounts.models import Account
from market.database import AdvisoryLock, advisory_lock, lock, utcnow
from market.fairs.models import FairStatus
from market.permissions import may
from market.statements import units
from market.statements.models import Statement, StatementAct, StatementStatus
from market.statements.rules import Period
from market.statements.services import concurrent_decision, record_act
from market.web.errors import Refused


def can_be_withdrawn(statement: Statement) -> bool:
    """Whether the unit may take the statement back now: nobody has reviewed it, and it can still
    be submitted again."""
    return (
        statement.status is StatementStatus.SUBMITTED
        and statement.fair.status is not FairStatus.CERTIFIED
        and Period(statement.day, statement.kind) in units.periods_of(statement.fair, utcnow())
    )


def withdraw(actor: Account, statement: Statement, reason: str = "") -> None:
    """The unit takes back what it submitted; the version stays, the next one follows it.

    It is owed again from now on. Whether it is in time is decided by the next submission, unless
    one was returned before.

    Raises:
        Refused: the actor is no official of the unit, or it can't be submitted again.
        Invalid: the reason is too long.
        InvalidTransition: the next level was quicker; the message says who did what.
    """
    advisory_lock(AdvisoryLock.STATEMENTS)
    lock(statement)
    if not may(actor, "statement.withdraw", statement):
        raise Refused()
    if statement.status is not StatementStatus.SUBMITTED:
        raise concurrent_decision(statement)
    if not can_be_withdrawn(statement):
        raise Refused()
    record_act(statement, StatementAct.WITHDRAWN, actor, reason)
