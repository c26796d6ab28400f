"""The page that a fair's poster is printed from, and the poster."""

from __future__ import annotations

from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from market.fairs.models import Fair
from market.fairs.queries import load_fair
from market.papers.fonts import is_there_a_font
from market.permissions import requires
from market.regions.lexicon import Place
from market.regions.models import is_within
from market.regions.queries import region_lexicon
from market.sheets import bp
from market.sheets.labels import PAPERS
from market.sheets.models import PaperSize
from market.sheets.poster import poster_data
from market.sheets.printing import pdf_once
from market.sheets.views import pdf_response
from market.web.page_meta import site_address


def load_coming_fair(slug: str) -> Fair:
    """A fair that has days, or 404."""
    fair = load_fair(slug)
    return abort(404) if fair.totals_only else fair


def counties_of(fair: Fair) -> list[Place]:
    """The counties whose stations its poster may name, in the order of the tree."""
    places = [
        place
        for place in region_lexicon().places.values()
        if place.is_leaf and is_within(place.path, fair.region.path)
    ]
    return sorted(places, key=lambda place: place.path)


def _asked_county(fair: Fair) -> Place | None:
    """The county that was asked for; that of who is logged in where none was."""
    code = request.args.get("county")
    if code is None and current_user.is_authenticated:
        code = current_user.region_code
    return next((place for place in counties_of(fair) if place.code == code), None)


@bp.get("/fairs/<slug>/poster")
@requires("fair.read", load=load_coming_fair)
def poster(fair: Fair) -> ResponseReturnValue:
    return render_template(
        "sheets/poster.html",
        fair=fair,
        counties=counties_of(fair),
        county=_asked_county(fair),
        data=poster_data(
            fair, _asked_county(fair), PaperSize.A4, site_address("fairs.show", slug=fair.slug)
        ),
        papers=PAPERS if is_there_a_font() else {},
    )


@bp.get("/fairs/<slug>/poster.pdf")
@requires("fair.read", load=load_coming_fair)
def poster_pdf(fair: Fair) -> Response:
    paper = request.args.get("paper", PaperSize.A3)
    if paper not in PAPERS:
        abort(404)
    address = site_address("fairs.show", slug=fair.slug)
    made = pdf_once("poster", poster_data(fair, _asked_county(fair), PaperSize(paper), address))
    return pdf_response(made, f"poster-{fair.slug}-{paper}.pdf")
