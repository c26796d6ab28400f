"""Finding deals again, and taking a verification back."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from market.database import transaction
from market.deals import verification
from market.deals.models import Deal
from market.deals.step_forms import ReasonForm
from market.deals.views import load_deal
from market.desk import bp, queries, verified
from market.desk.deal_search import DealSearchForm, find_deals
from market.desk.forms import DecideForm
from market.desk.queue_types import QUEUES
from market.desk.views import deal_page, filter_of, load_offer, offer_page, review_url
from market.offers.models import Offer
from market.permissions import requires
from market.web.converters import page_number
from market.web.errors import DomainError


@bp.get("/desk/deals/search")
@requires("official")
def search_deals() -> str:
    form = DealSearchForm(request.args)
    text = form.chosen().get("q", "")
    counties = {county.code: county for county in queries.counties(queries.scope(current_user))}
    page = request.args.get("page", 1, type=page_number)
    rows, pagination = find_deals(text, counties, page) if text else ([], None)
    return render_template(
        "desk/search_deals.html",
        form=form,
        text=text,
        rows=rows,
        pagination=pagination,
        names=counties,
    )


@bp.post("/desk/deals/<int:deal_id>/undo")
@requires("deal.verify", load=load_deal)
def undo_deal(deal: Deal) -> ResponseReturnValue:
    reason = ReasonForm().reason.data or ""
    try:
        with transaction():
            verification.return_deal(current_user, deal, reason)
    except DomainError as error:
        flash(str(error.message), "error")
        return deal_page(deal, DecideForm("deals"), reason)
    flash(_("Taken back: it no longer counts."), "success")
    return redirect(_back("deals", deal), 303)


@bp.post("/desk/offers/<int:offer_id>/undo")
@requires("offer.verify", load=load_offer)
def undo_offer(offer: Offer) -> ResponseReturnValue:
    reason = ReasonForm().reason.data or ""
    try:
        with transaction():
            verified.undo_offer(current_user, offer, reason)
    except DomainError as error:
        flash(str(error.message), "error")
        return offer_page(offer, DecideForm("offers"), reason)
    flash(_("Taken back: it no longer counts as verified."), "success")
    return redirect(_back("offers", offer), 303)


def _back(kind: str, thing: Any) -> str:
    """The list of what was verified, where it was undone from there; else the thing's page."""
    form = filter_of(QUEUES[kind])
    if form.is_verified:
        return url_for("desk.queue", kind=kind, **form.arguments())
    return review_url(kind, thing.id, {})
