"""What happened to a statement, step by step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from market.database import db
from market.statements.labels import ACT_LABELS
from market.statements.models import Statement, StatementAct
from market.statements.validation_models import OverrideDecision, OverrideRequest
from market.web.language import lazy_gettext as _l


@dataclass(frozen=True)
class HistoryStep:
    """A step: what was done, why, when and by whom; `is_bad`: it was a refusal."""

    label: Any
    reason: str
    at: datetime
    by: str
    is_bad: bool = False


def history(statement: Statement) -> list[HistoryStep]:
    """The statement's events, and the requests to let it pass with their decisions, in order."""
    bad = (StatementAct.RETURNED, StatementAct.REFUSED)
    steps = [
        HistoryStep(ACT_LABELS[event.act], event.reason, event.at, event.by.name, event.act in bad)
        for event in statement.events
    ]
    requests = db.session.scalars(
        select(OverrideRequest)
        .where(OverrideRequest.statement_id == statement.id)
        .options(
            joinedload(OverrideRequest.by),
            joinedload(OverrideRequest.decision).joinedload(OverrideDecision.by),
        )
        .order_by(OverrideRequest.number)
    )
    for asked in requests:
        label = _l("Asked to let it pass")
        steps.append(HistoryStep(label, asked.explanation, asked.at, asked.by.name))
        if (decision := asked.decision) is not None:
            label = _l("Let pass") if decision.allowed else _l("Not let pass")
            by, refused = decision.by.name, not decision.allowed
            steps.append(HistoryStep(label, decision.reason, decision.at, by, refused))
    return sorted(steps, key=lambda step: step.at)
