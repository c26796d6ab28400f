"""Reviewing statements: withdrawn before they are reviewed."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from market.deals.step_forms import ReasonForm
from market.permissions import requires
from market.statements import bp, queries, withdrawal
from market.statements.models import Statement
from market.statements.views import act


@bp.post("/desk/statements/<int:statement_id>/withdraw")
@requires("statement.withdraw", load=queries.get_statement)
def withdraw(statement: Statement) -> Response:
    reason = ReasonForm().reason.data or ""

    def step() -> str:
        withdrawal.withdraw(current_user, statement, reason)
        return _("Withdrawn: mend what is wrong, then submit it again.")

    return act(step, statement)
