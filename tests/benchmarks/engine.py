"""The market's own engine, asked as its pages ask it, with the answers of the peers."""

from __future__ import annotations

from typing import Any

from flask import Flask

from market.matching.candidates import basket_sellers, best_counterparts
from market.matching.queries import RankedOffer, basket_of, facts_of
from market.matching.rules import OfferFacts, score
from market.offers.models import Side
from market.offers.search.filters import Filters, Found
from market.products.queries import product_lexicon
from market.search.engine import find, snapshots
from market.web.home_time import home_now
from tests.benchmarks.contest import MARKET
from tests.benchmarks.listings import FIRST, Answer, Begins, Newest, Place, Saying, Wanted

SIDES = (Side.SELL, Side.BUY)


class Market:
    """Answers from the index, in the context of `app`.

    Args:
        buyers: ids of those that baskets are asked for: their own facts are read before, as a
            page has read its offer.
    """

    name = MARKET
    simpler = ()

    def __init__(self, app: Flask, buyers: list[int]) -> None:
        self.snapshots = snapshots(app)
        self.lexicon = product_lexicon()
        self.now = home_now()
        self.facts = facts_of(buyers, self.now)

    def place(self, asked: Place) -> Answer:
        family = f"{asked.family:07d}"
        found = find(
            Filters(
                products=(f"{family[:2]}/{family[:4]}/{family}",),
                regions=(_region(asked.county),),
                side=SIDES[asked.side],
                sort="newest",
            )
        )
        return _answer(found, without="region")

    def newest(self, asked: Newest) -> Answer:
        side = None if asked.side is None else SIDES[asked.side]
        found = find(Filters(side=side, sort="newest", page=asked.page))
        return Answer(found.ids if found else [])

    def text(self, asked: Saying) -> Answer:
        regions = () if asked.prefecture is None else (_region(asked.prefecture),)
        side = None if asked.side is None else SIDES[asked.side]
        return _answer(find(Filters(words=asked.words, side=side, regions=regions)))

    def wanted(self, asked: Wanted) -> Answer:
        found = best_counterparts(self.snapshots.newest(), asked.own, asked.now, FIRST)
        return Answer([id for id, _ in found])

    def begins(self, asked: Begins) -> Answer:
        return Answer([code for code, _ in self.lexicon.suggest(asked.typed)])

    def basket(self, offer_id: int) -> Any:
        """The sellers together that serve a purchase, their facts read from the database."""
        own = self.facts[offer_id]
        ids = basket_sellers(self.snapshots.newest(), own, self.now)
        ranked = [self._ranked(own, facts) for facts in facts_of(ids, self.now).values()]
        return basket_of(own, [one for one in ranked if one])

    def _ranked(self, own: OfferFacts, facts: OfferFacts) -> RankedOffer | None:
        match = score(own, facts, self.now)
        return RankedOffer(facts, match) if match else None


def _region(code: int) -> str:
    """The path of a prefecture or county."""
    text = f"{code:06d}"
    prefecture = f"{text[:2]}/{text[:4]}"
    return prefecture if text.endswith("00") else f"{prefecture}/{text}"


def _answer(found: Found | None, without: str = "") -> Answer:
    assert found is not None, "the index does not answer"
    facets = {
        name: {str(int(value)) if value.isdecimal() else value: n for value, n in counts}
        for name, counts in found.facets.items()
    }
    return Answer(found.ids, found.total, facets | ({without: {}} if without else {}))
