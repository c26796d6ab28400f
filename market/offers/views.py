"""The list, an offer's page, posting and editing, and every step an offer can take."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

from flask import (
    abort,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from market.accounts.contact import numbers_of, reveal_phone
from market.accounts.login import actor
from market.accounts.queries import show_accounts
from market.accounts.quotas import REVEALS, flash_warning
from market.database import transaction, utcnow
from market.offers import bp, rules, services
from market.offers.decoding import heic_advice
from market.offers.english import is_translated, language_attribute, localize_phrase
from market.offers.facts import offer_facts
from market.offers.forms import DecisionReasonForm
from market.offers.interest import record_view
from market.offers.labels import BASES, CLOSING_REASONS, OWN_REASONS, STATUSES, VERIFICATIONS
from market.offers.models import ClosingReason, Offer, OfferStatus
from market.offers.own_views import is_fresh, take_step
from market.offers.page_meta import offer_meta
from market.offers.photo_field import was_sent_here
from market.offers.photos import PENDING, form_thumb_url, keep_waiting, photo_url, send_photo
from market.offers.queries import (
    get_offer,
    offer_title,
    place_in_full,
    place_name,
)
from market.offers.reveals import reveal_page
from market.offers.search.filter_form import MAX_SEARCH_LENGTH
from market.offers.search.results_page import results_page
from market.offers.search.suggestions import suggest_texts
from market.offers.search.table_view import TableView
from market.offers.shortlist import stars
from market.permissions import may, requires
from market.products.models import Product
from market.products.queries import indication_of
from market.products.units import UNITS
from market.regions.models import Region
from market.web.errors import Refused
from market.web.form_recovery import flash_refusal
from market.web.fragments import PageBody, page_body
from market.web.language import lazy_gettext as _l
from market.web.page_cache import reuse_while_unchanged
from market.web.page_meta import PageMeta

Coded = TypeVar("Coded", Product, Region)


@bp.app_context_processor
def words() -> dict[str, Any]:
    return {
        "offer_facts": offer_facts,
        "offer_title": offer_title,
        "place_name": place_name,
        "photo_url": photo_url,
        "form_thumb_url": form_thumb_url,
        "heic_advice": heic_advice,
        "place_in_full": place_in_full,
        "is_translated": is_translated,
        "lang_of": language_attribute,
        "localize_phrase": localize_phrase,
    }


def load_readable(offer_id: int) -> Offer:
    """The offer; a page that says it is over, or 404, to those who may not read it."""
    offer = get_offer(offer_id)
    if may(current_user, "offer.read", offer):
        return offer
    if offer.status in (OfferStatus.DRAFT, OfferStatus.REJECTED):
        abort(404)
    return abort(make_response(render_template("offers/gone.html", offer=offer), 410))


@bp.get("/offers")
@requires("anyone")
@reuse_while_unchanged
def index() -> str:
    home = side = None
    if current_user.is_authenticated:
        home, side = current_user.region, rules.usual_side(current_user.trader_type)
    asked = tuple(request.args.items(multi=True))
    body = page_body(asked, home.code if home else None, side, stars())
    found = cache(lambda: results_page(request.args, home, side))
    return render_template(
        "offers/index.html",
        title=body.get_or_make("title", lambda: found().heading),
        meta=body.get_or_make("meta", lambda: PageMeta(f"{found().heading} · {found().title}")),
        main=body.render(
            "offers/_found.html", lambda: {"listing": found(), "table": TableView(found())}
        ),
    )


@bp.get("/offers/suggest.json")
@requires("anyone")
def suggest() -> Response:
    """Up to 8 ways on for the text `q`: value to fill in, label to read."""
    found = suggest_texts(request.args.get("q", "")[:MAX_SEARCH_LENGTH])
    return jsonify([{"value": value, "label": label} for value, label in found])


@bp.get("/offers/<int:offer_id>")
@requires("offer.read", load=load_readable)
@reuse_while_unchanged
def show(offer: Offer) -> str:
    record_view(offer)
    return show_page(offer)


def show_page(offer: Offer, reason_form: DecisionReasonForm | None = None) -> str:
    show_accounts(offer.owner_id, offer.posted_by_id)
    manages = may(current_user, "offer.manage", offer)
    verifies = may(current_user, "offer.verify", offer)
    body = PageBody() if manages or verifies else _body_of(offer)
    title = body.get_or_make("title", lambda: offer_title(offer))
    return render_template(
        "offers/show.html",
        offer=offer,
        body=body,
        title=title,
        meta=body.get_or_make("meta", lambda: offer_meta(offer, title)),
        number=_number(offer),
        phone=_phone_seen(offer),
        indication=indication_of(offer.region_code, offer.product.path),
        manages=manages,
        verifies=verifies,
        # A form has a token, and with it a visitor a session: only for who may use it.
        reason_form=reason_form or (DecisionReasonForm(formdata=None) if verifies else None),
        soon=rules.expires_soon(offer.valid_until, utcnow()),
        fresh=is_fresh(offer),
        sold_out=ClosingReason.SOLD_OUT,
        reasons=CLOSING_REASONS[offer.side],
        own_reasons=OWN_REASONS,
        units=UNITS,
        bases=BASES,
        statuses=STATUSES,
        verifications=VERIFICATIONS,
    )


def _number(offer: Offer) -> str | None:
    """The number to ring about the offer, in E.164."""
    contact = offer.owner if offer.owner.phone else offer.posted_by
    return offer.contact_phone or contact.phone


def _body_of(offer: Offer) -> PageBody:
    """What the page shows to all who neither manage nor verify the offer."""
    photos = tuple(photo.sha256 for photo in offer.photos)
    people = offer.owner.name, offer.owner.region_code, offer.posted_by.name, _number(offer)
    # Visitors read telephone numbers masked; whose list has offers sees which.
    return page_body(offer.id, offer.updated_at, offer.is_public, photos, people, stars())


def _phone_seen(offer: Offer) -> str | None:
    """The owner's number, for an account that has asked for it on this offer before."""
    if not current_user.is_authenticated or not offer.is_public:
        return None
    page = reveal_page(offer.id)
    numbers = numbers_of(actor(), [offer.owner], offer.contact_phone, page)
    return numbers[0].phone if numbers else None


@bp.post("/offers/<int:offer_id>/verify")
@requires("offer.verify", load=get_offer)
def verify(offer: Offer) -> Response:
    return take_step(offer, services.verify_offer, _("Verified."))


@bp.route("/offers/<int:offer_id>/return", methods=["POST"], endpoint="return")
@requires("offer.verify", load=get_offer)
def return_(offer: Offer) -> ResponseReturnValue:
    return _with_reason(offer, services.return_offer, _("Returned to its owner."))


@bp.post("/offers/<int:offer_id>/reject")
@requires("offer.verify", load=get_offer)
def reject(offer: Offer) -> ResponseReturnValue:
    return _with_reason(offer, services.reject_offer, _("Rejected: nobody else sees it now."))


@bp.post("/offers/<int:offer_id>/phone")
@requires("member", load=load_readable, purpose=_l("Log in to see the number."))
def reveal(offer: Offer) -> Response:
    try:
        with transaction():
            reveal_phone(actor(), offer.owner, reveal_page(offer.id), offer.contact_phone)
    except Refused as error:
        flash_refusal(error)
    flash_warning(REVEALS, actor())
    return redirect(url_for("offers.show", offer_id=offer.id) + "#phone", 303)


@bp.get("/media/<string(length=64):sha256>.webp")
@requires("anyone")
def photo(sha256: str) -> Response:
    return send_photo("offers", sha256)


@bp.get("/media/<string(length=64):sha256>-thumb.webp")
@requires("anyone")
def thumb(sha256: str) -> Response:
    return send_photo("offers", sha256, thumb=True)


@bp.get("/media/pending/<string(length=64):sha256>-thumb.webp")
@requires("anyone")
def pending_thumb(sha256: str) -> Response:
    """Of a photo that waits with a form: for members, and the visitor who sent it."""
    if not current_user.is_authenticated and not was_sent_here(sha256):
        abort(404)
    keep_waiting(sha256)
    return send_photo(PENDING, sha256, thumb=True)


def _with_reason(offer: Offer, act: Callable[..., Any], done: str) -> ResponseReturnValue:
    form = DecisionReasonForm()
    if form.validate_on_submit():
        return take_step(offer, lambda actor, it: act(actor, it, form.reason.data), done)
    return show_page(offer, reason_form=form)
