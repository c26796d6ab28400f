"""What waits at the desk about traders: lines of their pages that are disputed."""

from __future__ import annotations

from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from market.accounts.login import actor
from market.desk.cases import cases_page, decide_case
from market.desk.queries import scope
from market.permissions import requires
from market.traders import bp, disputes, line_queries
from market.traders.forms import DecideDisputeForm
from market.traders.line_queries import get_dispute
from market.traders.models import DisputeDecision, TraderDispute


@bp.get("/desk/disputes")
@requires("official")
def disputed() -> str:
    return _disputes()


def _disputes(refused: tuple[TraderDispute, DecideDisputeForm] | None = None) -> str:
    paths = scope(actor())
    return cases_page(
        "traders/desk_disputes.html",
        "trader_case.decide",
        line_queries.count_disputes(paths),
        lambda pagination: line_queries.disputes_page(paths, pagination),
        DecideDisputeForm,
        refused,
    )


@bp.post("/desk/disputes/<int:dispute_id>")
@requires("trader_case.decide", load=get_dispute)
def decide_dispute(row: TraderDispute) -> ResponseReturnValue:
    form = DecideDisputeForm()
    return decide_case(
        form,
        lambda: disputes.decide_dispute(
            actor(), row, DisputeDecision(form.decision.data), form.reason.data or ""
        ),
        lambda: _disputes((row, form)),
        _("Decided: both read why."),
        "traders.disputed",
    )
