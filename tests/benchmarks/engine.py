"""The market's own engine, asked as its pages ask it, with the answers of the peers."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from market.database import utcnow
from market.matching.candidates import best
from market.matching.queries import facts_of
from market.offers.finding import Filters, Found
from market.offers.models import Offer, Side
from market.products.queries import product_lexicon
from market.search import engine
from tests.benchmarks.contest import MARKET
from tests.benchmarks.listings import FIRST, Answer, Begins, Newest, Place, Saying, Wanted

SIDES = (Side.SELL, Side.BUY)


class Market:
    """Answers from the index, in the context of `app`."""

    name = MARKET

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.lexicon = product_lexicon()
        self.zone = ZoneInfo(app.config["HOME_TIME_ZONE"])

    def place(self, asked: Place) -> Answer:
        family = f"{asked.family:07d}"
        found = self._found(
            products=(f"{family[:2]}/{family[:4]}/{family}",),
            regions=(_region(asked.county),),
            side=SIDES[asked.side],
            sort="newest",
        )
        return _answer(found, without="region")

    def newest(self, asked: Newest) -> Answer:
        side = None if asked.side is None else SIDES[asked.side]
        return Answer(self._found(side=side, sort="newest", page=asked.page).ids)

    def text(self, asked: Saying) -> Answer:
        regions = () if asked.prefecture is None else (_region(asked.prefecture),)
        side = None if asked.side is None else SIDES[asked.side]
        return _answer(self._found(words=asked.words, side=side, regions=regions))

    def wanted(self, asked: Wanted) -> Answer:
        now = utcnow().astimezone(self.zone)
        with engine.snapshots(self.app).newest() as view:
            return Answer([id for id, _ in best(view, self.facts[asked.id], now, FIRST)])

    def begins(self, asked: Begins) -> Answer:
        return Answer([code for code, _ in self.lexicon.suggest(asked.typed)])

    def _found(self, **filters: Any) -> Found:
        found = engine.find(Filters(**filters))
        if found is None:
            raise RuntimeError("the index does not answer")
        return found


def _region(code: int) -> str:
    """The path of a prefecture or county."""
    text = f"{code:06d}"
    prefecture = f"{text[:2]}/{text[:4]}"
    return prefecture if text.endswith("00") else f"{prefecture}/{text}"


def _answer(found: Found, without: str = "") -> Answer:
    facets = {
        name: {str(int(value)) if value.isdecimal() else value: n for value, n in counts}
        for name, counts in found.facets.items()
    }
    return Answer(found.ids, found.total, facets | ({without: {}} if without else {}))
