"""The best counterparts of an offer by the index: exact, over all live offers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from market.matching import ranking
from market.matching.basket import ABOVE, UNPRICED, WITHIN, select_lots
from market.matching.landed_price import MAX_PRICE_GAP
from market.matching.ranking import Array
from market.matching.rules import NARROWER, TOUCHING, OfferFacts, first_product
from market.offers.models import Side
from market.search.schema import MEASURES, microseconds, product_key
from market.search.view import View

# So many of the likeliest are scored first; what can't reach the last of the best of them
# isn't scored at all.
SCORED_FIRST = 512
# Two totals nearer than this are a tie: where an addition was rounded decides nothing.
SCORE_PLACES = 12


@dataclass(frozen=True)
class Candidates:
    """The live counterparts of an offer among the products that neighbour its own.

    Attributes:
        documents: their numbers in the view.
        related: what products and places make of them.
    """

    own: OfferFacts
    documents: Array
    related: ranking.Related


def best_counterparts(
    view: View, own: OfferFacts, now: datetime, limit: int
) -> list[tuple[int, float]]:
    """(id, score) of the `limit` best counterparts, the best first; of equals the newest.

    Nothing live is left out: what isn't scored could not have come up.

    Args:
        now: as in rules: aware, in the home time zone.
    """
    candidates = find_related(view, own, now)
    if limit < 1 or not len(candidates.documents):
        return []
    first, rest = np.arange(len(candidates.documents)), None
    if len(first) > max(SCORED_FIRST, limit):
        ceiling = ranking.ceilings(own, candidates.related, now)
        order = np.argpartition(-ceiling, max(SCORED_FIRST, limit))
        first, rest = order[: max(SCORED_FIRST, limit)], order[max(SCORED_FIRST, limit) :]
    ids, totals = score_candidates(view, candidates, first, now)
    if rest is not None:
        rest = rest[ceiling[rest] >= _reached(totals, limit) - 10.0**-SCORE_PLACES]
        more, their = score_candidates(view, candidates, rest, now)
        ids, totals = np.concatenate([ids, more]), np.concatenate([totals, their])
    able = totals >= _reached(totals, limit)
    ids, totals = ids[able], totals[able]
    order = np.lexsort((-ids, -totals))[:limit]
    return list(zip(ids[order].tolist(), totals[order].tolist(), strict=True))


def _reached(totals: Array, limit: int) -> float:
    """The total of the last that is among the best `limit`; 0 while there are fewer."""
    return float(np.partition(totals, -limit)[-limit]) if len(totals) >= limit else 0.0


def basket_sellers(view: View, own: OfferFacts, now: datetime) -> list[int]:
    """Ids of the sellers to plan a basket for a purchase from, one offer of each.

    None when one of them covers it all within the bid, and for a sale.
    """
    if own.side != Side.BUY:
        return []
    candidates = find_related(view, own, now)
    facts, related = view.facts(candidates.documents), candidates.related
    useful = (related.product >= NARROWER) & _serving(own, facts, related, now)
    facts, related = facts[useful], related.take(useful)
    standing, price = _standing(own, facts, related)
    quantity, owner = facts["quantity"], facts["owner"]
    if not len(facts) or (quantity[standing != ABOVE] >= float(own.quantity)).any():
        return []
    # Of each owner the largest, within the bid if there is one.
    order = np.lexsort((-quantity, standing == ABOVE, owner))
    order = order[np.r_[True, owner[order][1:] != owner[order][:-1]]]
    facts, standing, price = facts[order], standing[order], price[order]
    quantity, least = facts["quantity"], facts["min_lot"]
    least = np.where(np.isnan(least), 0.0, np.minimum(least, quantity))
    lots = select_lots(float(own.quantity), quantity, least, standing, price)
    return facts["id"][lots].tolist()


def _standing(own: OfferFacts, facts: Array, related: ranking.Related) -> tuple[Array, Array]:
    """(how each seller stands to the bid, price at the door) as in `basket.Lot`."""
    of = facts.__getitem__
    priced = of("price_measure") == MEASURES[own.measure]
    freight = np.where(of("delivered") == 0, np.nan_to_num(related.freight), 0.0)
    price = np.where(priced, of("price_low") + freight, np.nan)
    gaps = ranking.price_gaps(own, of, related.freight)
    above = np.zeros(len(facts), bool) if gaps is None else gaps[1] & (gaps[0] > 0)
    return np.where(np.isnan(price), UNPRICED, np.where(above, ABOVE, WITHIN)), price


def _serving(own: OfferFacts, facts: Array, related: ranking.Related, now: datetime) -> Array:
    """Where the buyer gets a measured quantity, at a price and time within reach."""
    of = facts.__getitem__
    _, measured = ranking.quantity_parts(own, of)
    fits = measured & (of("quantity") > 0) & (of("owner") != own.owner_id)
    fits &= ~(of("min_lot") > float(own.quantity))
    gaps, periods = ranking.price_gaps(own, of, related.freight), ranking.time_parts(own, of, now)
    if gaps is not None:
        gap, is_known = gaps
        fits &= ~is_known | (gap <= MAX_PRICE_GAP)
    if periods is not None:
        worth, is_known = periods
        least = np.where(related.perishable, TOUCHING, 0.0)
        fits &= ~is_known | (worth > least)
    return fits


def find_related(view: View, own: OfferFacts, now: datetime) -> Candidates:
    """Who could be a counterpart by product, side, time and owner."""
    first = first_product(own.product_path)
    other = Side(own.side).other

    def neighbours() -> tuple[Array, Array]:
        documents = view.postings("key", product_key(other, first))
        worth = ranking.product_worth(view.products, own)[view.column("product")[documents]]
        return documents[worth > 0], worth[worth > 0]

    def places() -> tuple[Array, Array]:
        return ranking.kilometres(view.regions, own), ranking.borders(view.regions, own)

    carriage = view.once("carriage", lambda: ranking.Carriage(view.products))
    documents, worth = view.once((own.side, own.product_path), neighbours)
    km, border = view.once((own.side, own.region_path), places)
    live, _ = view.live(microseconds(now))
    is_live = live[documents]
    documents, worth = documents[is_live], worth[is_live]
    number, where = view.column("product")[documents], view.column("region")[documents]
    related = ranking.related(own, carriage, worth, number, border[where], km[where])
    return Candidates(own, documents, related)


def score_candidates(
    view: View, candidates: Candidates, some: Array, now: datetime
) -> tuple[Array, Array]:
    """(ids, totals) of those of the family that match and have something left."""
    facts = view.facts(candidates.documents[some])
    related = candidates.related.take(some)
    totals = ranking.totals(candidates.own, facts.__getitem__, related, now)
    match = ~np.isnan(totals) & (facts["quantity"] > 0)
    return facts["id"][match], np.round(totals[match], SCORE_PLACES)
