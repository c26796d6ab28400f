"""The shortlist's page, and its star on every card."""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.database import transaction
from market.offers import bp
from market.offers.models import Offer
from market.offers.shortlist import (
    MAX_SHORTLIST,
    add_to_shortlist,
    count_shortlisted,
    remove_from_shortlist,
    shortlisted,
    stars,
)
from market.offers.views import load_readable
from market.permissions import requires
from market.web.actions import perform
from market.web.converters import page_number
from market.web.language import lazy_gettext as _l
from market.web.network import page_before
from market.web.pagination import Pagination

PER_PAGE = 24

bp.add_app_template_global(stars)


@bp.get("/shortlist")
@requires("member", purpose=_l("Log in to see your shortlist."))
def shortlist() -> str:
    total = count_shortlisted(actor())
    pagination = Pagination(request.args.get("page", 1, type=page_number), PER_PAGE, total)
    rows = shortlisted(actor(), pagination)
    return render_template(
        "offers/shortlist.html", rows=rows, pagination=pagination, most=MAX_SHORTLIST
    )


@bp.post("/offers/<int:offer_id>/star")
@requires("member", load=load_readable, purpose=_l("Log in to keep this offer on a shortlist."))
def star(offer: Offer) -> Response:
    return perform(
        lambda: add_to_shortlist(actor(), offer), _back(offer.id), _("On your shortlist.")
    )


@bp.post("/offers/<int:offer_id>/unstar")
@requires("member")
def unstar(offer_id: int) -> Response:
    with transaction():
        remove_from_shortlist(actor(), offer_id)
    return redirect(_back(offer_id), 303)


def _back(offer_id: int) -> str:
    """The page the star was on, at the same star."""
    page = page_before() or url_for("offers.show", offer_id=offer_id)
    return f"{page}#star-{offer_id}"
