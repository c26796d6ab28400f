"""The pairs worth a call, and the page of one with both numbers and what came of the calls."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_login import current_user

from market.accounts.login import actor
from market.calls import bp, labels, pairs
from market.calls.forms import MatchCallForm, PairFilter
from market.calls.models import MatchCallOutcome
from market.calls.pair_list import Whose, find_pairs
from market.calls.pairs import Pair, load_pair
from market.calls.services import is_withdrawable, own_side
from market.matching.labels import PART_NAMES
from market.offers.models import Side
from market.permissions import may, requires

PAIRS_PER_PAGE = 20


@bp.context_processor
def _template_labels() -> dict[str, Any]:
    return {"labels": labels, "MatchCallOutcome": MatchCallOutcome, "Whose": Whose}


@bp.get("/station/matches")
@requires("call.list")
def index() -> str:
    caller, form = actor(), PairFilter(request.args)
    asked = form.chosen()
    default = Whose.FARMERS if caller.is_assistant else Whose.REGION
    whose, quiet = Whose(asked.get("whose", default)), form.quiet_days()
    form.quiet.data = str(quiet)
    rows, pagination = find_pairs(caller, whose, quiet, asked.get("page", 1), PAIRS_PER_PAGE)
    return render_template(
        "calls/index.html",
        form=form,
        whose=whose,
        rows=rows,
        pagination=pagination,
        here={"whose": whose.value, "quiet": quiet},
    )


@bp.get("/station/matches/<int:sale_id>/<int:purchase_id>")
@requires("call.read", load=load_pair)
def show(pair: Pair) -> str:
    return pair_page(pair)


def pair_page(pair: Pair, form: MatchCallForm | None = None) -> str:
    """The page of a pair, with a form that was refused."""
    caller, history = actor(), pairs.calls_of_pair(pair)
    live = [call for call in history if call.withdrawal is None]
    side = own_side(caller, pair)
    rings = may(current_user, "call.record", pair)
    return render_template(
        "calls/show.html",
        pair=pair,
        comparison=pairs.compare(pair),
        numbers=pairs.numbers_of_pair(caller, pair) if rings else [],
        rings=rings,
        own=pair.offer(side) if side else None,
        other=pair.offer(side.other) if side else None,
        form=form or MatchCallForm(),
        history=history,
        last=live[0] if live else None,
        withdrawable=live[0] if live and is_withdrawable(caller, live[0]) else None,
        PART_NAMES=PART_NAMES,
        Side=Side,
    )
