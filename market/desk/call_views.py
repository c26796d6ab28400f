"""What the county does about the sides of a deal: rings them, and erases one without an account."""

from __future__ import annotations

from flask import flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from market.database import transaction
from market.deals import call_backs, unregistered
from market.deals.models import Deal
from market.deals.step_forms import CallForm
from market.deals.unregistered_models import CallOutcome
from market.deals.views import load_deal
from market.desk import bp
from market.desk.forms import DecideForm
from market.desk.queue_types import QUEUES
from market.desk.views import deal_page, filter_of, review_url
from market.offers.models import Side
from market.permissions import requires
from market.web.actions import perform
from market.web.errors import DomainError, add_form_error
from market.web.form_recovery import flash_refusal


def _page(deal: Deal) -> str:
    return review_url("deals", deal.id, filter_of(QUEUES["deals"]).arguments())


@bp.post("/desk/deals/<int:deal_id>/number")
@requires("deal.verify", load=load_deal)
def show_unregistered_number(deal: Deal) -> Response:
    page = _page(deal) + "#call"
    done = _("The number is shown below. It is recorded that you looked.")
    return perform(lambda: call_backs.show_number(current_user, deal), page, done)


@bp.post("/desk/deals/<int:deal_id>/call")
@requires("deal.verify", load=load_deal)
def record_call(deal: Deal) -> ResponseReturnValue:
    form = CallForm(deal)
    if not form.validate_on_submit():
        return deal_page(deal, DecideForm("deals"), call_form=form)
    side, outcome = Side(form.side.data), CallOutcome(form.outcome.data)
    answer = form.answer.data or ""
    try:
        with transaction():
            call_backs.record_call(current_user, deal, side, outcome, answer)
    except DomainError as error:
        if error.field != "answer":
            flash_refusal(error)
            return redirect(_page(deal), 303)
        add_form_error(error, form)
        return deal_page(deal, DecideForm("deals"), call_form=form)
    flash(_("The call is kept with the deal."), "success")
    return redirect(_page(deal) + "#call", 303)


@bp.post("/desk/deals/<int:deal_id>/erase-party")
@requires("deal.verify", load=load_deal)
def erase_unregistered(deal: Deal) -> Response:
    page = url_for("desk.review_deal", deal_id=deal.id)
    done = _("Erased: the deal keeps a side without name and number.")
    return perform(lambda: unregistered.erase_unregistered(current_user, deal), page, done)
