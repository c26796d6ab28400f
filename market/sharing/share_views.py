"""Passing an offer on: its page of sharing, its poster, and the pictures beside links in a chat."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from market.fairs.models import Fair
from market.fairs.queries import load_fair
from market.offers.models import Offer
from market.offers.queries import offer_title
from market.offers.views import load_readable
from market.papers.fonts import is_there_a_font
from market.papers.pictures import qr_picture
from market.permissions import may, requires
from market.sharing import bp
from market.sharing.cards import fair_card, offer_card, place_card
from market.sharing.pictures import Shown, picture_of, poster_of
from market.tallies.region_views import FairPlace, load_place
from market.web.page_meta import site_address

PICTURE_SECONDS = 600
WECHAT = "MicroMessenger"


def is_wechat() -> bool:
    """Whether the page is read inside WeChat, which shows no PDF."""
    return WECHAT in request.headers.get("User-Agent", "")


@bp.get("/offers/<int:offer_id>/share")
@requires("offer.read", load=load_readable)
def share(offer: Offer) -> str:
    address = site_address("offers.show", offer_id=offer.id)
    return render_template(
        "sharing/share.html",
        offer=offer,
        title=offer_title(offer),
        address=address,
        poster=is_there_a_font(),
        in_wechat=is_wechat(),
        manages=may(current_user, "offer.manage", offer),
    )


@bp.get("/offers/<int:offer_id>/qr.svg")
@requires("offer.read", load=load_readable)
def qr(offer: Offer) -> Response:
    address = site_address("offers.show", offer_id=offer.id)
    return Response(qr_picture(address), mimetype="image/svg+xml")


@bp.get("/offers/<int:offer_id>/poster.pdf")
@requires("offer.read", load=load_readable)
def poster(offer: Offer) -> ResponseReturnValue:
    if is_wechat():
        return redirect(url_for("sharing.share", offer_id=offer.id), 303)
    address = site_address("offers.show", offer_id=offer.id)
    made = poster_of(offer_card(offer, address))
    response = Response(made, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="offer-{offer.id}.pdf"'
    return response


@bp.get("/offers/<int:offer_id>/picture.jpg")
@requires("offer.read", load=load_readable)
def offer_picture(offer: Offer) -> Response:
    return _picture(offer_card(offer), offer.is_public)


@bp.get("/fairs/<slug>/picture.jpg")
@requires("fair.read", load=load_fair)
def fair_picture(fair: Fair) -> Response:
    return _picture(fair_card(fair))


@bp.get("/fairs/<slug>/regions/<code>/picture.jpg")
@requires("fair.read", load=load_place)
def place_picture(place: FairPlace) -> Response:
    return _picture(place_card(place))


def _picture(shown: Shown, is_public: bool = True) -> Response:
    response = Response(picture_of(shown), mimetype="image/jpeg")
    if is_public:
        response.headers["Cache-Control"] = f"public, max-age={PICTURE_SECONDS}"
    return response
