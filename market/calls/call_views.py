"""Steps of a pair: seeing the numbers, writing down a call, taking the last one back."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.accounts.quotas import REVEALS, flash_warning
from market.calls import bp, services
from market.calls.forms import MatchCallForm
from market.calls.models import MatchCall, MatchCallOutcome
from market.calls.pairs import Pair, load_pair
from market.calls.views import pair_page
from market.database import db, transaction
from market.permissions import requires
from market.web.actions import perform
from market.web.errors import DomainError, Repeated, add_form_error


def _address(sale_id: int, purchase_id: int) -> str:
    return url_for("calls.show", sale_id=sale_id, purchase_id=purchase_id)


@bp.post("/station/matches/<int:sale_id>/<int:purchase_id>/phones")
@requires("call.record", load=load_pair)
def reveal(pair: Pair) -> Response:
    page = _address(pair.sale.id, pair.purchase.id) + "#numbers"
    done = _("Both numbers are shown; that you saw them is recorded.")
    answer = perform(lambda: services.reveal_numbers(actor(), pair), page, done)
    flash_warning(REVEALS, actor())
    return answer


@bp.get("/station/matches/<int:sale_id>/<int:purchase_id>/calls")
@requires("call.read", load=load_pair)
def opened(pair: Pair) -> Response:
    """The address that a refused form is shown at, opened anew."""
    return redirect(_address(pair.sale.id, pair.purchase.id))


@bp.post("/station/matches/<int:sale_id>/<int:purchase_id>/calls")
@requires("call.record", load=load_pair)
def record(pair: Pair) -> ResponseReturnValue:
    form = MatchCallForm()
    if form.validate_on_submit():
        try:
            with transaction():
                call = services.record_call(actor(), pair, form.result(), form.key.data or "")
        except Repeated as error:
            return _after(pair, error.existing)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Written down."), "success")
            return _after(pair, call)
    return pair_page(pair, form)


def _after(pair: Pair, call: MatchCall) -> Response:
    """To the form of the deal when both agree and the caller speaks for one of them; else to the
    list."""
    side = services.own_side(actor(), pair)
    if call.outcome is MatchCallOutcome.AGREED:
        if side is None:
            return redirect(_address(pair.sale.id, pair.purchase.id) + "#deal", 303)
        own, other = pair.offer(side), pair.offer(side.other)
        return redirect(url_for("deals.propose", offer_id=other.id, my_offer=own.id), 303)
    return redirect(url_for("calls.index"), 303)


@bp.post("/station/calls/<int:call_id>/withdraw")
@requires("call.withdraw", load=lambda call_id: db.get_or_404(MatchCall, call_id))
def withdraw(call: MatchCall) -> Response:
    done = _("Taken back: the pair is as it was before.")
    page = _address(call.sale_id, call.purchase_id)
    return perform(lambda: services.withdraw_call(actor(), call), page, done)
