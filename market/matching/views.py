"""The matches of an offer, and the best few of them for the offer's own page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import g, get_template_attribute, redirect, render_template, url_for
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from market.accounts.login import actor
from market.database import transaction
from market.matching import bp
from market.matching.basket import ABOVE, UNPRICED
from market.matching.labels import PART_NAMES
from market.matching.notice_queries import new_matches, recent_notices
from market.matching.queries import MatchRow, is_over, matches_of, with_cards
from market.matching.services import mark_matches_seen
from market.matching.similar import similar_offers
from market.offers.cards import Card
from market.offers.models import Offer
from market.offers.queries import get_offer, offer_title
from market.permissions import may, requires
from market.products.units import UNITS, comparable
from market.web.page_cache import reuse_while_unchanged

MAX_SHOWN = 20
# A row of the offer's page; the rest is a click away.
MAX_BEST = 3


@bp.get("/offers/<int:offer_id>/matches")
@requires("offer.read", load=get_offer)
@reuse_while_unchanged
def index(offer: Offer) -> str:
    """Ranked counterparts with the parts of their scores, and a basket for a big purchase."""
    manages = may(current_user, "offer.manage", offer)
    new = recent_notices(offer.id) if manages else {}
    found = matches_of(offer, MAX_SHOWN, include=new, with_basket=True)
    rows = with_cards([*found.ranked, *found.partners])
    best = {one.id for one in found.ranked}
    return render_template(
        "matching/index.html",
        offer=offer,
        title=offer_title(offer),
        rows=[row for row in rows if row.card.id in best],
        new=new,
        unseen=sum(new.get(row.card.id, False) for row in rows),
        basket=found.basket,
        cards={row.card.id: row.card for row in rows},
        unit=UNITS[offer.unit],
        manages=manages,
        price_unit=UNITS[
            offer.price_unit if comparable(offer.price_unit, offer.unit) else offer.unit
        ],
        ABOVE=ABOVE,
        UNPRICED=UNPRICED,
        part_list=_part_lists(),
    )


def _part_lists() -> Callable[[MatchRow], Markup]:
    """The list of the parts of a score, each part that is the same rendered once: most come
    many times on a page."""
    macro = get_template_attribute("matching/_part.html", "match_part")
    names = {name: str(word) for name, word in PART_NAMES.items()}
    items: dict[tuple[str, int, str], str] = {}

    def part_list(row: MatchRow) -> Markup:
        found = []
        for name, part in row.match.parts.items():
            key = name, round(part.value * 100), row.words[name]
            if key not in items:
                items[key] = str(macro(names[name], *key[1:]))
            found.append(items[key])
        return Markup("".join(found))

    return part_list


@bp.post("/offers/<int:offer_id>/matches/seen")
@requires("offer.manage", load=get_offer)
def see(offer: Offer) -> Response:
    """The new ones are seen; the page still tells for a while which they were."""
    with transaction():
        mark_matches_seen(actor(), offer)
    return redirect(url_for("matching.index", offer_id=offer.id), 303)


@bp.app_context_processor
def for_templates() -> dict[str, Any]:
    return {
        "best_matches": best_matches,
        "takes_no_more": is_over,
        "new_matches": _my_new_matches,
        "similar_offers": similar_offers,
    }


def _my_new_matches() -> dict[int, int]:
    """How many new matches each offer of the logged-in account has; read once a request."""
    if "new_matches" not in g:
        g.new_matches = new_matches(current_user.id)
    found: dict[int, int] = g.new_matches
    return found


def best_matches(offer: Offer) -> list[Card]:
    """The cards of the offer's best matches, at most BEST, with their score and reasons."""
    return [row.card for row in with_cards(matches_of(offer, MAX_BEST).ranked)]
