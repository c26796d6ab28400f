"""Posting an offer, from one sentence or line by line, and editing it."""

from __future__ import annotations

from typing import Any, TypeVar

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.accounts.models import Account
from market.accounts.quotas import flash_warning
from market.database import db, transaction
from market.offers import bp, services
from market.offers.fields import OfferValues
from market.offers.filling import fill_form
from market.offers.forms import OfferForm, form_data
from market.offers.guards import POSTS, EqualOffer, OfferChanged, posting_obstacle
from market.offers.labels import SIDES
from market.offers.models import Offer, Side, Verification
from market.offers.posts.phones import take_phone
from market.offers.queries import get_offer, last_contact, last_region
from market.offers.sentence import USUAL_BASIS, read_sentence
from market.offers.values import fingerprint, values_of
from market.permissions import may, require, requires
from market.products.models import Product, TextSource
from market.products.unmatched import record_unmatched
from market.regions.models import Region
from market.regions.queries import home_region
from market.web.converters import asked_row, row_id
from market.web.errors import DomainError, Repeated, add_form_error
from market.web.filters import readable_phone
from market.web.form_recovery import log_in_first, refill
from market.web.language import lazy_gettext as _l

Coded = TypeVar("Coded", Product, Region)


def load_owner() -> Account | None:
    """The account the new offer is for: `for` in the query string, or the actor; None for a
    visitor."""
    number = asked_row("for")
    if number is None:
        return actor() if current_user.is_authenticated else None
    return db.session.get(Account, number) or abort(404)


@bp.route("/offers/new", methods=["GET", "POST"])
@requires("offer.compose", load=load_owner, purpose=_l("Log in to post an offer."))
def new(owner: Account | None) -> ResponseReturnValue:
    if (to_do := _to_do_first(owner)) is not None:
        return to_do
    side = Side.BUY if request.args.get("side") == Side.BUY else Side.SELL
    form = OfferForm(side, _near(owner), _prefilled(owner, side), **_switched_to(side))
    if sentence := _sentence_to_read(form):
        return _form_page(_filled(form, owner, *sentence), None, owner)
    if "fill" in request.form:
        form.sentence.errors = [_("Write a sentence first, or fill in the lines below.")]
    elif not _is_shown_again(form) and form.validate_on_submit():
        if owner is None:
            return log_in_first("offers.new")
        require("party.represent", owner)
        try:
            with transaction():
                offer = _save(form, owner)
        except Repeated as error:
            return _redirect_after(form, error.existing)
        except DomainError as error:
            add_form_error(_asked_again(error, form), form)
        else:
            flash(_done(owner, side), "success")
            flash_warning(POSTS, actor())
            return _redirect_after(form, offer)
    return _form_page(form, None, owner)


def _to_do_first(owner: Account | None) -> Response | None:
    """To what is put right before somebody else posts for the owner, and then back."""
    if request.method != "GET" or owner is None or owner.id == actor().id:
        return None
    obstacle = posting_obstacle(owner, request.full_path)
    if obstacle is None:
        return None
    flash(obstacle.text, "warning")
    return redirect(obstacle.url)


@bp.route("/offers/<int:offer_id>/edit", methods=["GET", "POST"])
@requires("offer.manage", load=get_offer)
def edit(offer: Offer) -> ResponseReturnValue:
    data = {**_form_data(values_of(offer), offer.owner), "seen": fingerprint(offer)}
    form = OfferForm(offer.side, offer.region, data)
    was_verified = offer.verification is Verification.VERIFIED
    if not _is_shown_again(form) and form.validate_on_submit():
        try:
            with transaction():
                publish, seen = _was_pressed("publish"), form.seen.data or ""
                services.edit_offer(actor(), offer, form.values(), publish, form.meant_again, seen)
        except OfferChanged as error:
            add_form_error(error, form)
            form.show_present(OfferForm(offer.side, offer.region, data, None))
        except DomainError as error:
            add_form_error(_asked_again(error, form), form)
        else:
            again = was_verified and offer.verification is Verification.UNVERIFIED
            words = _("Saved. The county looks at it again before it is verified.")
            flash(words if again else _("Saved."), "success")
            return redirect(url_for("offers.show", offer_id=offer.id), 303)
    return _form_page(form, offer, offer.owner)


def linked(error: DomainError) -> DomainError:
    """The error; where it speaks of another offer, as a link to that."""
    if isinstance(error, EqualOffer):
        there = url_for("offers.show", offer_id=error.existing_id)
        error.message = Markup('<a href="{}">{}</a>').format(there, error.message)
    return error


def _save(form: OfferForm, owner: Account) -> Offer:
    values, key = form.values(), form.key.data
    if _was_pressed("draft"):
        return services.draft_offer(actor(), owner, values, key)
    return services.post_offer(actor(), owner, values, key, form.meant_again)


def _done(owner: Account, side: Side) -> str:
    """What was done; an assistant goes on with another offer of the same farmer."""
    done = _("Saved as a draft.") if _was_pressed("draft") else _("Published.")
    if owner.id == actor().id:
        return done
    whom: dict[str, Any] = {"for": owner.id}
    there = url_for("offers.new", side=side.value, **whom)
    more = _("Next offer for %(name)s", name=owner.name)
    return Markup('{} <a href="{}">{}</a>').format(done, there, more)


def _was_pressed(action: str) -> bool:
    """Which of a form's buttons was pressed."""
    return request.form.get("action") == action


def _asked_again(error: DomainError, form: OfferForm) -> DomainError:
    """The error; one offer twice is asked about, and published when it is sent again."""
    if isinstance(error, EqualOffer):
        form.ask_once(f"equal:{error.existing_id}")
        linked(error)
        again = _("If you mean another one that is just the same, send it again.")
        error.message = Markup("{} {}").format(error.message, again)
    return error


def _is_shown_again(form: OfferForm) -> bool:
    """Whether the form was sent for another side, or another order of its photos."""
    return "switch" in request.form or form.photos.is_moved


def _form_page(form: OfferForm, offer: Offer | None, owner: Account | None) -> str:
    """The form as it stands, for the side that the button that sent it asks for."""
    if owner is None:
        form.contact_phone.description = _("Left empty, it is the number that you log in with.")
    if form.product.unmatched:
        record_unmatched(TextSource.POST, form.product.unmatched)
    if _is_shown_again(form):
        form.photos.validate(form)  # what was chosen goes along
    return render_template("offers/form.html", form=form, offer=offer, owner=owner, sides=SIDES)


def _redirect_after(form: OfferForm, offer: Offer) -> Response:
    """To the next good of the sentence, else to the offer."""
    number = form.good_number + 1
    if number >= len(form.posts):
        return redirect(url_for("offers.show", offer_id=offer.id), 303)
    rest, phone = take_phone(form.filled_from.data or "")
    while phone:  # it is the owner's last number by now, and does not belong into addresses
        rest, phone = take_phone(rest)
    flash(_("Next from your sentence: %(product)s.", product=form.goods[number]), "info")
    whom: dict[str, Any] = {"for": request.args.get("for")}
    there = url_for("offers.new", side=form.side.value, sentence=rest, good=number, **whom)
    return redirect(there, 303)


def _sentence_to_read(form: OfferForm) -> tuple[str, str] | None:
    """(the sentence that the form is to be filled in from, which of its goods), if any."""
    if request.method == "POST":
        reads = not _is_shown_again(form) and form.has_unread_sentence
        asks = "fill" in request.form or reads
        if not asks or not (form.sentence.data or "").strip():
            return None
        return form.sentence.data or "", request.form.get("fill", "0")
    text = request.args.get("sentence", "")
    return (text, request.args.get("good", "0")) if text.strip() and refill() is None else None


def _filled(form: OfferForm, owner: Account | None, text: str, good: str) -> OfferForm:
    """The form filled in from a good of the sentence, for the side that it is on."""
    chosen = form.side if "side" in request.args else None
    side = read_sentence(text, chosen)[0].side or form.side
    typed = request.form if request.method == "POST" else None
    filled = fill_form(form, side, _near(owner), _prefilled(owner, side), typed, text, good)
    filled.changes_side = side is not (chosen or side)
    filled.ask()
    return filled


def _switched_to(side: Side) -> dict[str, Any]:
    """What was typed for the other side, with the basis of the price that is usual for this."""
    if "switch" not in request.form or request.form.get("price_basis") != USUAL_BASIS[side.other]:
        return {}
    typed = MultiDict(request.form)
    typed["price_basis"] = USUAL_BASIS[side].value
    return {"formdata": CombinedMultiDict([typed, request.files])}


def _near(owner: Account | None) -> Region:
    """Where whoever writes lives; of a visitor nothing is known but that they look here."""
    return owner.region if owner else home_region()


def _prefilled(owner: Account | None, side: Side) -> dict[str, Any]:
    """The values of the offer to copy (`copy`), else the place used last.

    A `product` and a `region` in the query string, by code, fill in what was looked for.
    """
    number = request.args.get("copy", type=row_id)
    earlier = db.session.get(Offer, number) if number else None
    if owner and earlier and may(current_user, "offer.manage", earlier):
        return _form_data(services.copy_offer(actor(), earlier), owner)
    wanted = _by_code(Region, "region")
    place = wanted if wanted and wanted.is_open else None
    known = {"product": _by_code(Product, "product"), "price_basis": USUAL_BASIS[side].value}
    if owner is None:
        return {**known, "region": place}
    phone = readable_phone(last_contact(owner.id) or owner.phone)
    place = place or last_region(owner.id) or owner.region
    lives_there = place.code == owner.region_code
    below = {"township": owner.township, "village": owner.village} if lives_there else {}
    return {**known, "region": place, **below, "contact_phone": phone}


def _form_data(values: OfferValues, owner: Account) -> dict[str, Any]:
    """`values` for the form, with the number that is rung, also where it is the owner's own."""
    number = readable_phone(values.contact_phone or owner.phone)
    return {**form_data(values), "contact_phone": number}


def _by_code(model: type[Coded], name: str) -> Coded | None:
    """What the query string names by its code, or None."""
    code = request.args.get(name, "")
    return db.session.get(model, code) if code.isdigit() else None
