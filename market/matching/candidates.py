"""Asking the index for an offer's best counterparts: exact, over everything that is live."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from market.matching import ranking
from market.matching.basket import promising
from market.matching.ranking import Array
from market.matching.rules import NARROWER, PRODUCT_DIGITS, Facts
from market.offers.models import Side
from market.search.schema import microseconds, product_key
from market.search.view import View

# So many of the likeliest are scored first; what can't reach the last of the best of them
# isn't scored at all.
FIRST = 2048
# Two totals nearer than this are a tie: where an addition was rounded decides nothing.
PLACES = 12


@dataclass(frozen=True)
class Family:
    """The live counterparts of an offer among the products that neighbour its own.

    Attributes:
        documents: their numbers in the view.
        product, region: what each is worth by them.
        km: how far each is; nan unknown.
    """

    own: Facts
    documents: Array
    product: Array
    region: Array
    km: Array


def best(view: View, own: Facts, now: datetime, limit: int) -> list[tuple[int, float]]:
    """(id, score) of the `limit` best counterparts, the best first; of equals the newest.

    Nothing live is left out: what isn't scored could not have come up.

    Args:
        now: as in rules: aware, in the home time zone.
    """
    family = family_of(view, own, now)
    if limit < 1 or not len(family.documents):
        return []
    first, rest = np.arange(len(family.documents)), None
    if len(first) > max(FIRST, limit):
        ceiling = ranking.ceilings(own, family.product, family.region, now)
        order = np.argpartition(-ceiling, max(FIRST, limit))
        first, rest = order[: max(FIRST, limit)], order[max(FIRST, limit) :]
    documents, totals = scored(view, family, first, now)
    if rest is not None:
        rest = rest[ceiling[rest] >= _reached(totals, limit) - 10.0**-PLACES]
        more, their = scored(view, family, rest, now)
        documents, totals = np.concatenate([documents, more]), np.concatenate([totals, their])
    able = totals >= _reached(totals, limit)
    ids, totals = view.column("id")[documents[able]], totals[able]
    order = np.lexsort((-ids, -totals))[:limit]
    return list(zip(ids[order].tolist(), totals[order].tolist(), strict=True))


def _reached(totals: Array, limit: int) -> float:
    """The total of the last that is among the best `limit`; 0 while there are fewer."""
    return float(np.partition(totals, -limit)[-limit]) if len(totals) >= limit else 0.0


def sellers(view: View, own: Facts, now: datetime) -> list[int]:
    """Ids of the sellers to plan a basket for a purchase from, one offer of each.

    None when one of them covers it all, and for a sale.
    """
    if own.side != Side.BUY:
        return []
    family = family_of(view, own, now)
    documents, km = family.documents, family.km
    useful = (family.product >= NARROWER) & _serving(view, family, now)
    documents, km = documents[useful], km[useful]
    quantity, least = view.column("quantity")[documents], view.column("min_lot")[documents]
    if not len(documents) or quantity.max() >= float(own.quantity):
        return []
    # Of each owner the largest.
    order = np.lexsort((-quantity, view.column("owner")[documents]))
    owners = view.column("owner")[documents[order]]
    order = order[np.r_[True, owners[1:] != owners[:-1]]]
    least = np.where(np.isnan(least), 0.0, np.minimum(least, quantity))
    chosen = promising(float(own.quantity), quantity[order], least[order], km[order])
    return view.column("id")[documents[order[chosen]]].tolist()


def _serving(view: View, family: Family, now: datetime) -> Array:
    """Where the buyer gets a measured quantity, at a price and time within reach."""

    def of(name: str) -> Array:
        return view.column(name)[family.documents]

    own = family.own
    _, measured = ranking.quantity_parts(own, of, now)
    fits = measured & (of("quantity") > 0) & (of("owner") != own.owner_id)
    fits &= ~(of("min_lot") > float(own.quantity))
    for parts in (ranking.price_parts, ranking.time_parts):
        found = parts(own, of, now)
        if found is not None:
            worth, told = found
            fits &= ~told | (worth > 0)
    return fits


def family_of(view: View, own: Facts, now: datetime) -> Family:
    """Who could be a counterpart by product, side, time and owner."""
    steps = [step for step in own.product_path.split("/") if len(step) == PRODUCT_DIGITS]
    other = Side(own.side).other
    documents = view.postings("key", product_key(other, steps[0]))
    live, _ = view.live(microseconds(now))
    documents = documents[live[documents]]
    worth = ranking.product_worth(view.products, own)[view.column("product")[documents]]
    near = worth > 0
    if not near.all():
        documents, worth = documents[near], worth[near]
    regions = view.column("region")[documents]
    km = ranking.kilometres(view.regions, own, regions)
    place = ranking.region_worth(view.regions, own, km)[regions]
    return Family(own, documents, worth, place, km[regions])


def scored(view: View, family: Family, some: Array, now: datetime) -> tuple[Array, Array]:
    """(documents, totals) of those of the family that match and have something left."""
    documents = family.documents[some]

    def of(name: str) -> Array:
        return view.column(name)[documents]

    totals = ranking.totals(family.own, of, family.product[some], family.region[some], now)
    match = ~np.isnan(totals) & (of("quantity") > 0)
    return documents[match], np.round(totals[match], PLACES)
