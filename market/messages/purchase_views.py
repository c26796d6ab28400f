"""A purchase request's quotations side by side, what came of it, and its counts at the desk."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from market.accounts.login import actor
from market.accounts.quotas import flash_warning
from market.database import transaction
from market.deals.checks import PROPOSALS
from market.desk.queries import scope
from market.messages import bp
from market.messages.labels import QUOTATION_STATES
from market.messages.purchase_forms import OutcomeForm, TakeForm, take_form
from market.messages.purchase_outcomes import (
    agreed_quantity,
    awaits_outcome,
    count_outcomes,
    open_proposals,
    outcome_of,
    record_outcome,
)
from market.messages.purchase_quotations import (
    QuotationComparison,
    compare_quotations,
    take_parts,
)
from market.offers.labels import OUTCOME_REASONS, OUTCOMES
from market.offers.models import Offer, OutcomeResult, Side
from market.offers.public_questions import reported, takes_questions
from market.offers.queries import get_offer
from market.permissions import may, requires
from market.products.units import UNITS
from market.web.errors import DomainError, Repeated, add_form_error

bp.add_app_template_global(awaits_outcome)


def load_request(offer_id: int) -> Offer:
    """The purchase, or 404."""
    offer = get_offer(offer_id)
    return offer if offer.side is Side.BUY else abort(404)


@bp.route("/offers/<int:offer_id>/quotations", methods=["GET", "POST"])
@requires("offer.manage", load=load_request)
def quotations(offer: Offer) -> ResponseReturnValue:
    """Side by side; and taking several of them for parts."""
    found = compare_quotations(offer)
    form = take_form(offer, found.rows)
    if form.validate_on_submit():
        try:
            with transaction():
                deals = take_parts(actor(), offer, form.takes(), form.key.data)
        except Repeated:
            return redirect(url_for("messages.quotations", offer_id=offer.id), 303)
        except DomainError as error:
            add_form_error(error, form)
        else:
            words = ngettext(
                "Proposed %(num)s deal: the seller confirms it.",
                "Proposed %(num)s deals: each seller confirms their part.",
                len(deals),
            )
            flash(words, "success")
            flash_warning(PROPOSALS, actor())
            return redirect(url_for("messages.quotations", offer_id=offer.id), 303)
    return _comparison_page(offer, found, form)


def _comparison_page(offer: Offer, found: QuotationComparison, form: TakeForm) -> str:
    return render_template(
        "messages/quotations.html",
        offer=offer,
        found=found,
        form=form,
        unit=UNITS[offer.unit],
        price_unit=UNITS[found.unit],
        takes=takes_questions(offer),
        states=QUOTATION_STATES,
    )


@bp.route("/offers/<int:offer_id>/outcome", methods=["GET", "POST"])
@requires("offer.manage", load=load_request)
def outcome(offer: Offer) -> ResponseReturnValue:
    recorded, agreed = outcome_of(offer), agreed_quantity(offer)
    first = OutcomeResult.PARTLY if agreed else OutcomeResult.NOTHING
    data: dict[str, Any] = {"result": recorded.result if recorded else first}
    if recorded:
        data |= {"reason": recorded.reason or "", "note": recorded.note}
    form = OutcomeForm(data=data)
    if form.validate_on_submit():
        given = form.chosen_result, form.chosen_reason, form.note.data or ""
        try:
            with transaction():
                record_outcome(actor(), offer, *given)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Thank you: it is recorded."), "success")
            return redirect(url_for("offers.show", offer_id=offer.id), 303)
    values: dict[str, Any] = {"agreed": agreed, "waiting": open_proposals(offer)}
    return render_template(
        "messages/outcome.html", offer=offer, form=form, unit=UNITS[offer.unit], **values
    )


@bp.get("/desk/purchases")
@requires("official")
def purchases() -> str:
    """What came of the requests of an official's counties, and questions that were reported."""
    paths = scope(actor())
    return render_template(
        "messages/purchases.html",
        counts=count_outcomes(paths),
        questions=reported(paths),
        results=OUTCOMES,
        reasons=OUTCOME_REASONS,
        moderates=lambda question: may(current_user, "public_question.moderate", question),
    )
