"""An account's own offers: the list, and the steps that their owner takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, get_template_attribute, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.accounts.models import Account
from market.database import transaction, utcnow
from market.offers import bp, rules, services
from market.offers.cards import Card
from market.offers.forms import NewPriceForm
from market.offers.guards import EqualOffer
from market.offers.interest import interest_of
from market.offers.labels import CLOSING_REASONS, OWN_REASONS, STATUSES
from market.offers.models import ClosingReason, Offer, OfferStatus
from market.offers.posting_views import linked
from market.offers.queries import cards_of_owner, closing_reasons, counts_of_owner, get_offer
from market.permissions import requires
from market.products.units import UNITS
from market.web.actions import perform
from market.web.converters import page_number, row_id
from market.web.errors import DomainError, add_form_error
from market.web.home_time import home_zone
from market.web.pagination import Pagination
from market.web.slots import link

MINE_PER_PAGE = 20


@bp.get("/offers/mine")
@requires("member")
def mine() -> str:
    shown = request.args.get("status", OfferStatus.PUBLISHED.value)
    status = OfferStatus(shown) if shown in set(OfferStatus) else OfferStatus.PUBLISHED
    page = request.args.get("page", 1, type=page_number)
    counts = counts_of_owner([current_user.id])
    pagination = Pagination(page, MINE_PER_PAGE, counts.get(status, 0))
    rows = cards_of_owner([current_user.id], [status], pagination)
    return render_template(
        "offers/mine.html",
        cards=rows,
        interest=interest_of([card.id for card in rows]),
        status=status,
        counts=counts,
        statuses=STATUSES,
        reasons=CLOSING_REASONS,
        closed=closing_reasons([card.id for card in rows]) if status is OfferStatus.CLOSED else {},
        own_reasons=OWN_REASONS,
        pagination=pagination,
        expires_soon=lambda card: rules.expires_soon(card.valid_until, utcnow()),
        fresh=is_fresh,
    )


@bp.post("/offers/<int:offer_id>/publish")
@requires("offer.manage", load=get_offer)
def publish(offer: Offer) -> Response:
    return _show(offer, services.publish_offer, _("Published."))


@bp.post("/offers/<int:offer_id>/close")
@requires("offer.manage", load=get_offer)
def close(offer: Offer) -> Response:
    given = request.form.get("reason")
    reason = ClosingReason(given) if given in OWN_REASONS else ClosingReason.STOPPED
    return take_step(offer, lambda who, it: services.close_offer(who, it, reason), _("Closed."))


@bp.post("/offers/<int:offer_id>/renew")
@requires("offer.manage", load=get_offer)
def renew(offer: Offer) -> Response:
    return _show(offer, services.renew_offer, _("Up for another 30 days."))


@bp.route("/offers/<int:offer_id>/price", methods=["GET", "POST"])
@requires("offer.manage", load=get_offer)
def change_price(offer: Offer) -> ResponseReturnValue:
    form = NewPriceForm(offer)
    if form.validate_on_submit():
        try:
            with transaction():
                services.change_price(actor(), offer, form.new_price)
        except DomainError as error:
            add_form_error(error, form)
        else:
            flash(_("Saved."), "success")
            return redirect(_back_from(offer), 303)
    return render_template("offers/price.html", form=form, offer=offer, units=UNITS)


def take_step(offer: Offer, act: Callable[..., Any], done: str) -> Response:
    """Take one step that needs no form; a refusal is shown on the page it goes back to."""
    return perform(lambda: act(actor(), offer), _back_from(offer), done)


def _show(offer: Offer, act: Callable[..., Any], done: str) -> Response:
    """Show an offer to everyone; one that says all the same as another is asked about once."""
    meant = request.form.get("meant", type=row_id)

    def step(actor: Account, offer: Offer) -> None:
        try:
            act(actor, offer, meant=[meant] if meant else [])
        except EqualOffer as error:
            ask = get_template_attribute("components/button.html", "post_button")
            fields = {"meant": error.existing_id, "back": request.form.get("back", "")}
            button = ask(_("Yes, another one just the same"), request.path, fields=fields)
            linked(error)
            error.message = Markup("{} {}").format(error.message, button)
            raise

    return take_step(offer, step, done)


def is_fresh(offer: Offer | Card) -> bool:
    """Whether it was put up today, so that it can't be renewed yet."""
    return rules.published_today(offer.published_at, utcnow(), home_zone())


def _back_from(offer: Offer) -> str:
    """The own list or the station's desk, where the step was taken there; else the offer."""
    if request.form.get("back") == "mine":
        return url_for("offers.mine")
    if request.form.get("back") == "station":
        return link("station")
    return url_for("offers.show", offer_id=offer.id)
