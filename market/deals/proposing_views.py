"""Pages that propose a deal: at an offer, with other terms, once more, or with somebody who has no
account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from market.accounts.blocks import write_obstacle
from market.accounts.contact import numbers_of
from market.accounts.models import Account
from market.accounts.quotas import flash_warning
from market.database import db, transaction
from market.deals import bp, queries, services, unregistered
from market.deals.checks import PROPOSALS, DealSides
from market.deals.forms import ProposalForm, ProposeForm, RecordForm, RepeatForm
from market.deals.models import Deal, DealStatus
from market.deals.parties import asked_party, represented_parties
from market.deals.views import load_deal
from market.offers.models import Offer, Side
from market.permissions import may, requires
from market.web.converters import asked_row, row_id
from market.web.errors import DomainError, InvalidTransition, Repeated, add_form_error
from market.web.form_recovery import flash_refusal
from market.web.language import lazy_gettext as _l


def load_offer(offer_id: int) -> Offer:
    return db.get_or_404(Offer, offer_id)


@bp.route("/offers/<int:offer_id>/propose", methods=["GET", "POST"])
@requires("deal.propose", load=load_offer, purpose=_l("Log in to propose a deal."))
def propose(offer: Offer) -> ResponseReturnValue:
    if request.method == "GET" and (why := write_obstacle(current_user, offer.owner)):
        flash(why, "error")
        return redirect(url_for("offers.show", offer_id=offer.id))
    form = _propose_form(offer)
    sent = _send(form, lambda: _propose(offer, form)) if form.validate_on_submit() else None
    return sent or render_template("deals/propose.html", offer=offer, form=form)


def _propose_form(offer: Offer) -> ProposeForm:
    people = represented_parties(current_user)
    own = queries.answering_offers([id_ for id_, _ in people], offer)
    mine = next((o for o in own if o.id == request.args.get("my_offer", type=row_id)), None)
    asked = asked_party(people)
    answering = mine or (next(iter(own), None) if asked is None else None)
    party = answering.owner_id if answering else asked
    return ProposeForm(offer, people, own, party, mine)


def _propose(offer: Offer, form: ProposeForm) -> Deal:
    own = db.session.get(Offer, form.own_offer.data) if form.own_offer.data else None
    party = db.session.get_one(Account, form.party.data)
    proof = next(iter(form.proof.data), None)
    return services.propose_deal(
        current_user, offer, party, form.terms(), form.key.data, own, proof
    )


def _send(form: ProposalForm, propose_it: Callable[[], Deal]) -> Response | None:
    """Propose in a transaction and go to the deal; None: refused, as the form says."""
    try:
        with transaction():
            deal = propose_it()
    except Repeated as error:
        return redirect(url_for("deals.show", deal_id=error.existing.id), 303)
    except DomainError as error:
        add_form_error(error, form)
        return None
    flash(_proposal_message(deal), "success")
    flash_warning(PROPOSALS, current_user)
    return redirect(url_for("deals.show", deal_id=deal.id), 303)


def _proposal_message(deal: Deal) -> str:
    if deal.unregistered_id is None:
        return _("Sent. The other side now agrees or declines.")
    if deal.status is DealStatus.AGREED:
        return _("Written down with the signed paper. The county now rings the other side.")
    if unregistered.has_live_code(deal):
        return _("Written down, and a code is on its way to the other side.")
    return _("Written down. It stands once the other side has confirmed it.")


@bp.route("/deals/<int:deal_id>/change", methods=["GET", "POST"])
@requires("deal.act", load=load_deal)
def change(deal: Deal) -> ResponseReturnValue:
    if deal.status is not DealStatus.PROPOSED:
        return _back(deal, _("Only a proposal that waits is answered with other terms."))
    return _repeat(deal)


@bp.route("/deals/<int:deal_id>/again", methods=["GET", "POST"])
@requires("deal.act", load=load_deal)
def again(deal: Deal) -> ResponseReturnValue:
    if deal.status not in services.REPEATABLE:
        return _back(deal, _("Only what was declined or cancelled is proposed again."))
    return _repeat(deal)


def _back(deal: Deal, why: str) -> Response:
    flash_refusal(InvalidTransition(why))
    return redirect(url_for("deals.show", deal_id=deal.id), 303)


def _repeat(deal: Deal) -> ResponseReturnValue:
    form = RepeatForm(deal)
    sent = _send(form, lambda: _propose_again(deal, form)) if form.validate_on_submit() else None
    return sent or render_template("deals/repeat.html", deal=deal, form=form)


def _propose_again(deal: Deal, form: RepeatForm) -> Deal:
    picture = next(iter(form.proof.data), None)
    arguments = (current_user, services.sides_of(deal), form.terms(), form.key.data)
    if deal.unregistered is not None:
        return unregistered.record_deal(*arguments, paper=picture, follows=deal)
    return services.propose_between(*arguments, proof=picture, follows=deal)


@bp.route("/deals/new", methods=["GET", "POST"])
@requires("member", purpose=_l("Log in to write down a deal."))
def record() -> ResponseReturnValue:
    offer = _own_offer()
    people = represented_parties(current_user)
    form = RecordForm(offer, people, asked_party(people))
    if form.name.raw_data is None:
        for name, value in _answered_party().items():
            form[name].data = value
    sent = _send(form, lambda: _record(offer, form)) if form.validate_on_submit() else None
    return sent or render_template("deals/record.html", offer=offer, form=form)


def _own_offer() -> Offer | None:
    """The own offer that the query string names."""
    number = asked_row("offer")
    if number is None:
        return None
    offer = db.get_or_404(Offer, number)
    return offer if may(current_user, "offer.manage", offer) else abort(403)


def _answered_party() -> dict[str, Any]:
    """Who the other side is, as the public offer says that the query string names: it is known
    from a call, though nobody of that side logs in. Their number only where it was asked for."""
    number: Any = request.args.get("answers", type=row_id)
    offer = db.session.get(Offer, number) if number else None
    if offer is None or not offer.is_public or may(current_user, "offer.manage", offer):
        return {}
    phones = numbers_of(current_user, [offer.owner], offer.contact_phone)
    phone = next((each.phone for each in phones if each.reached.id == offer.owner_id), None)
    return {"name": offer.owner.name, "phone": phone, "region": offer.region}


def _record(offer: Offer | None, form: RecordForm) -> Deal:
    other, paper = form.other(), next(iter(form.proof.data), None)
    if offer is None:
        own = db.session.get_one(Account, form.party.data)
        side = Side(form.side.data)
        product = form.product.data
    else:
        own, side, product = offer.owner, offer.side, offer.product
    sells = side is Side.SELL
    sides = DealSides(
        seller=own if sells else other,
        buyer=other if sells else own,
        sale=offer if sells else None,
        purchase=None if sells else offer,
        product=product,
    )
    return unregistered.record_deal(current_user, sides, form.terms(), form.key.data, paper)
