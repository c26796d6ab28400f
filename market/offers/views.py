"""The list, an offer's page, posting and editing, and every step an offer can take."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import (
    abort,
    flash,
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
from markupsafe import Markup
from werkzeug.wrappers import Response

from market.accounts.contact import numbers_of, reveal_phone
from market.accounts.login import actor
from market.accounts.models import Account
from market.accounts.queries import show_accounts
from market.accounts.quotas import REVEALS, flash_warning
from market.database import db, transaction, utcnow
from market.offers import bp, rules, services
from market.offers.facts import offer_facts
from market.offers.forms import MAX_SEARCH_LENGTH, DecisionReasonForm, OfferForm, form_data
from market.offers.guards import POSTS, EqualOffer
from market.offers.labels import SIDES, STATUSES, VERIFICATIONS
from market.offers.models import Offer, OfferStatus, Side, Verification
from market.offers.photos import PENDING, form_thumb_url, photo_url, send_photo
from market.offers.queries import (
    Card,
    cards_of_owner,
    counts_of_owner,
    get_offer,
    last_region,
    offer_title,
    place_in_full,
    place_name,
)
from market.offers.search.results_page import results_page
from market.offers.search.suggestions import suggest_texts
from market.offers.values import values_of
from market.permissions import may, requires
from market.products.models import Product, TextSource
from market.products.queries import indication_of
from market.products.units import UNITS
from market.products.unmatched import record_unmatched
from market.regions.models import Region
from market.web.actions import perform
from market.web.converters import page_number, row_id
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.home_time import home_zone
from market.web.language import lazy_gettext as _l
from market.web.page_cache import reuse_while_unchanged
from market.web.pagination import Pagination

MINE_PER_PAGE = 20


Coded = TypeVar("Coded", Product, Region)


@bp.app_context_processor
def words() -> dict[str, Any]:
    return {
        "offer_facts": offer_facts,
        "offer_title": offer_title,
        "place_name": place_name,
        "photo_url": photo_url,
        "form_thumb_url": form_thumb_url,
        "place_in_full": place_in_full,
    }


def load_readable(offer_id: int) -> Offer:
    """The offer; a page that says it is over, or 404, to those who may not read it."""
    offer = get_offer(offer_id)
    if may(current_user, "offer.read", offer):
        return offer
    if offer.status in (OfferStatus.DRAFT, OfferStatus.REJECTED):
        abort(404)
    return abort(make_response(render_template("offers/gone.html", offer=offer), 410))


def load_owner() -> Account | None:
    """The account the new offer is for: `for` in the query string, or the actor."""
    number = request.args.get("for", type=row_id)
    if number is None:
        return actor() if current_user.is_authenticated else None
    return db.session.get(Account, number) or abort(404)


@bp.get("/offers")
@requires("anyone")
@reuse_while_unchanged
def index() -> str:
    home = side = None
    if current_user.is_authenticated:
        home, side = current_user.region, rules.usual_side(current_user.trader_type)
    return render_template("offers/index.html", listing=results_page(request.args, home, side))


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
    return show_page(offer)


def show_page(offer: Offer, reason_form: DecisionReasonForm | None = None) -> str:
    show_accounts(offer.owner_id, offer.posted_by_id)
    contact = offer.owner if offer.owner.phone else offer.posted_by
    verifies = may(current_user, "offer.verify", offer)
    return render_template(
        "offers/show.html",
        offer=offer,
        contact=contact,
        phone=_phone_seen(offer),
        indication=indication_of(offer.region_code, offer.product.path),
        manages=may(current_user, "offer.manage", offer),
        verifies=verifies,
        # A form has a token, and with it a visitor a session: only for who may use it.
        reason_form=reason_form or (DecisionReasonForm(formdata=None) if verifies else None),
        soon=rules.expires_soon(offer.valid_until, utcnow()),
        fresh=_fresh(offer),
        sold_out=services.SOLD_OUT,
        units=UNITS,
        statuses=STATUSES,
        verifications=VERIFICATIONS,
    )


def _phone_seen(offer: Offer) -> str | None:
    """The owner's number, for an account that has revealed it before."""
    if not current_user.is_authenticated or not offer.is_public:
        return None
    numbers = numbers_of(actor(), [offer.owner])
    return numbers[0].phone if numbers else None


@bp.route("/offers/new", methods=["GET", "POST"])
@requires("party.represent", load=load_owner, purpose=_l("Log in to post an offer."))
def new(owner: Account) -> ResponseReturnValue:
    side = Side.BUY if request.args.get("side") == Side.BUY else Side.SELL
    form = OfferForm(side, owner.region, _prefilled(owner))
    if "switch" not in request.form and form.validate_on_submit():
        save = services.draft_offer if _was_pressed("draft") else services.post_offer
        try:
            with transaction():
                offer = save(actor(), owner, form.values(), form.key.data)
        except Repeated as error:
            return _redirect_to_offer(error.existing)
        except DomainError as error:
            add_form_error(_linked(error), form)
        else:
            flash(_("Saved as a draft.") if _was_pressed("draft") else _("Published."), "success")
            flash_warning(POSTS, actor())
            return _redirect_to_offer(offer)
    return _form_page(form, None, owner)


@bp.route("/offers/<int:offer_id>/edit", methods=["GET", "POST"])
@requires("offer.manage", load=get_offer)
def edit(offer: Offer) -> ResponseReturnValue:
    form = OfferForm(offer.side, offer.region, form_data(values_of(offer)))
    was_verified = offer.verification is Verification.VERIFIED
    if "switch" not in request.form and form.validate_on_submit():
        try:
            with transaction():
                services.edit_offer(
                    actor(), offer, form.values(), request.form.get("action") == "publish"
                )
        except DomainError as error:
            add_form_error(_linked(error), form)
        else:
            again = was_verified and offer.verification is Verification.UNVERIFIED
            words = _("Saved. The county looks at it again before it is verified.")
            flash(words if again else _("Saved."), "success")
            return _redirect_to_offer(offer)
    return _form_page(form, offer, offer.owner)


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
        status=status,
        counts=counts,
        statuses=STATUSES,
        pagination=pagination,
        expires_soon=lambda card: rules.expires_soon(card.valid_until, utcnow()),
        fresh=_fresh,
    )


@bp.post("/offers/<int:offer_id>/publish")
@requires("offer.manage", load=get_offer)
def publish(offer: Offer) -> Response:
    return _step(offer, services.publish_offer, _("Published."))


@bp.post("/offers/<int:offer_id>/withdraw")
@requires("offer.manage", load=get_offer)
def withdraw(offer: Offer) -> Response:
    return _step(offer, services.withdraw_offer, _("Withdrawn: nobody else sees it now."))


@bp.post("/offers/<int:offer_id>/close")
@requires("offer.manage", load=get_offer)
def close(offer: Offer) -> Response:
    return _step(offer, services.close_offer, _("Closed."))


@bp.post("/offers/<int:offer_id>/renew")
@requires("offer.manage", load=get_offer)
def renew(offer: Offer) -> Response:
    return _step(offer, services.renew_offer, _("Up for another 30 days."))


@bp.post("/offers/<int:offer_id>/verify")
@requires("offer.verify", load=get_offer)
def verify(offer: Offer) -> Response:
    return _step(offer, services.verify_offer, _("Verified."))


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
    with transaction():
        reveal_phone(actor(), offer.owner, f"offers/{offer.id}")
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
@requires("member")
def pending_thumb(sha256: str) -> Response:
    return send_photo(PENDING, sha256, thumb=True)


def _fresh(offer: Offer | Card) -> bool:
    """Whether it was put up today, so that it can't be renewed yet."""
    zone = home_zone()
    return rules.published_today(offer.published_at, utcnow(), zone)


def _was_pressed(action: str) -> bool:
    """Which of a form's buttons was pressed."""
    return request.form.get("action") == action


def _form_page(form: OfferForm, offer: Offer | None, owner: Account) -> str:
    """The form as it stands, for the side that the button that sent it asks for."""
    if form.product.unmatched:
        record_unmatched(TextSource.POST, form.product.unmatched)
    if "switch" in request.form:
        form.photos.validate(form)  # what was chosen goes along
    return render_template("offers/form.html", form=form, offer=offer, owner=owner, sides=SIDES)


def _redirect_to_offer(offer: Offer) -> Response:
    return redirect(url_for("offers.show", offer_id=offer.id), 303)


def _prefilled(owner: Account) -> dict[str, Any]:
    """The values of the offer to copy (`copy`), else the place used last.

    A `product` and a `region` in the query string, by code, fill in what was looked for.
    """
    number = request.args.get("copy", type=row_id)
    earlier = db.session.get(Offer, number) if number else None
    if earlier and may(current_user, "offer.manage", earlier):
        return form_data(services.copy_offer(actor(), earlier))
    wanted = _by_code(Region, "region")
    place = wanted if wanted and wanted.is_open else last_region(owner.id) or owner.region
    return {"product": _by_code(Product, "product"), "region": place}


def _by_code(model: type[Coded], name: str) -> Coded | None:
    """What the query string names by its code, or None."""
    code = request.args.get(name, "")
    return db.session.get(model, code) if code.isdigit() else None


def _step(offer: Offer, act: Callable[..., Any], done: str) -> Response:
    """Take one step that needs no form; a refusal is shown on the offer's page."""

    def step() -> None:
        try:
            act(actor(), offer)
        except EqualOffer as error:
            raise _linked(error) from None

    is_from_list = request.form.get("back") == "mine"
    back = url_for("offers.mine") if is_from_list else url_for("offers.show", offer_id=offer.id)
    return perform(step, back, done)


def _linked(error: DomainError) -> DomainError:
    """The error; where it speaks of another offer, as a link to that."""
    if isinstance(error, EqualOffer):
        there = url_for("offers.show", offer_id=error.existing_id)
        error.message = Markup('<a href="{}">{}</a>').format(there, error.message)
    return error


def _with_reason(offer: Offer, act: Callable[..., Any], done: str) -> ResponseReturnValue:
    form = DecisionReasonForm()
    if form.validate_on_submit():
        return _step(offer, lambda actor, it: act(actor, it, form.reason.data), done)
    return show_page(offer, reason_form=form)
