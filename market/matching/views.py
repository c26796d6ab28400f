"""The matches of an offer, and the best few of them for the offer's own page."""

from __future__ import annotations

from typing import Any

from flask import render_template
from flask_login import current_user

from market.matching import bp
from market.matching.queries import BASKET_FROM, basket_for, matches_for, with_cards
from market.matching.words import PART_NAMES, told
from market.offers.models import Offer
from market.offers.queries import Card, get_offer, offer_title
from market.permissions import may, requires
from market.products.units import UNITS

SHOWN = 20
BEST = 5


@bp.get("/offers/<int:offer_id>/matches")
@requires("offer.read", load=get_offer)
def index(offer: Offer) -> str:
    """Ranked counterparts with the parts of their scores, and a basket for a big purchase."""
    ranked = matches_for(offer, BASKET_FROM)
    basket = basket_for(offer, ranked)
    taken = {lot.id for lot, _ in basket.takes} if basket else set()
    rows = with_cards([r for i, r in enumerate(ranked) if i < SHOWN or r.id in taken])
    return render_template(
        "matching/index.html",
        offer=offer,
        title=offer_title(offer),
        rows=rows[:SHOWN],
        basket=basket,
        cards={row.card.id: row.card for row in rows},
        unit=UNITS[offer.unit],
        manages=may(current_user, "offer.manage", offer),
    )


@bp.app_context_processor
def for_templates() -> dict[str, Any]:
    """`best_matches(offer)` for the offer's page, and the words of a score's parts."""
    return {"best_matches": best_matches, "part_names": PART_NAMES, "told": told}


def best_matches(offer: Offer) -> list[Card]:
    """The cards of the offer's best matches, at most BEST, with their score and reasons."""
    return [row.card for row in with_cards(matches_for(offer, BEST))]
