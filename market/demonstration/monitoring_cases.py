"""Offers that monitoring reacts to: a glut, a shortage, two price changes, an inactive county.

A few postings beside the random ones, the same for the same instant.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from random import Random
from typing import Any

from market.demonstration.offer_rows import Posting, round_price
from market.demonstration.participants import Participants
from market.demonstration.places import CountyProfile
from market.demonstration.random_deals import Calendar
from market.demonstration.traded_products import TradedProduct
from market.offers.models import Side
from market.products.units import UNITS, Dimension, convert
from market.text.days import local_day, local_midnight

# Postings of the inactive county are so much older than elsewhere; some of them were verified
# up to thirty hours later.
INACTIVE_DAYS = 17
# Old enough to count as unsold, recent enough to be posted in the fair.
GLUT_DAYS, VALID_DAYS = (15, 16, 16, 17, 18, 19), 60
TONNES, ANSWERED = 70, 30
PRICE_CHANGES = (Decimal("1.32"), Decimal("0.72"))
# Days ago of the prices before and of this week's.
BEFORE, LATELY = (8, 9, 11, 13, 15, 17, 18, 20, 22, 24, 26, 29), (0, 1, 1, 2, 3, 3, 4, 5, 5)
# Vegetables and fruit, the most traded of them: what lorries are filled with.
CATEGORIES, COMMON = ("02", "03"), 60


def inactive_county(where: Sequence[CountyProfile], participants: Participants) -> str:
    """The code of the inactive county: the smallest of the prefecture of the first official who
    can log in, among the counties whose officials can't."""
    around = _prefecture(where, participants)
    return min(
        (p for p in around if p.code not in participants.journey), key=lambda p: p.weight
    ).code


def _prefecture(where: Sequence[CountyProfile], participants: Participants) -> list[CountyProfile]:
    above = next(p.path for p in where if p.code == participants.journey[0]).rpartition("/")[0]
    return [place for place in where if place.path.rpartition("/")[0] == above]


@dataclass(frozen=True)
class MonitoringCases:
    """The postings of all cases.

    Attributes:
        offers: those there are already; products are chosen that have few of them.
        first_id: of the offers to be made.
    """

    rng: Random
    goods: Mapping[str, TradedProduct]
    where: Sequence[CountyProfile]
    participants: Participants
    calendar: Calendar
    offers: Sequence[Mapping[str, Any]]
    first_id: int

    def postings(self) -> Iterator[Posting]:
        """The offers of all cases."""
        sleeper = inactive_county(self.where, self.participants)
        around = [p for p in _prefecture(self.where, self.participants) if p.code != sleeper]
        here = {place.code: place for place in self.where}
        first, second = (here[code] for code in self.participants.journey[:2])
        ids, common = count(self.first_id), self._common()
        glut = self._least(common, Side.BUY)
        rest = [good for good in common if good is not glut]
        shortage = self._least(rest, Side.SELL)
        rest = [good for good in rest if good is not shortage]
        rise, fall = sorted(rest, key=self._sales)[:2]
        yield from self._surplus(ids, glut, Side.SELL, first, around)
        yield from self._surplus(ids, shortage, Side.BUY, second, around)
        for good, factor in zip((rise, fall), PRICE_CHANGES, strict=True):
            yield from self._price_change(ids, good, factor, around)

    def _common(self) -> list[TradedProduct]:
        """What is sold by weight here and much traded."""
        by_weight = [
            good
            for good in self.goods.values()
            if good.local
            and good.code.startswith(CATEGORIES)
            and UNITS[good.unit].dimension is Dimension.MASS
            and UNITS[good.price_unit].dimension is Dimension.MASS
        ]
        return sorted(by_weight, key=lambda good: (-good.share, good.code))[:COMMON]

    def _least(self, goods: Sequence[TradedProduct], side: Side) -> TradedProduct:
        """The product with least on that side, but some: so there is a county to look to."""
        weights = {good.code: self._weight(good, side) for good in goods}
        some = [good for good in goods if weights[good.code]]
        return min(some or goods, key=lambda good: (weights[good.code], good.code))

    def _weight(self, good: TradedProduct, side: Side) -> Decimal:
        """Kilograms offered or wanted."""
        return sum(
            (
                convert(offer["quantity"], offer["unit"], "kg")
                for offer in self.offers
                if offer["product_code"] == good.code and offer["side"] is side
            ),
            Decimal(0),
        )

    def _sales(self, good: TradedProduct) -> tuple[int, str]:
        sales = (o for o in self.offers if o["product_code"] == good.code)
        return sum(offer["side"] is Side.SELL for offer in sales), good.code

    def _surplus(
        self,
        ids: Iterator[int],
        good: TradedProduct,
        side: Side,
        place: CountyProfile,
        around: Sequence[CountyProfile],
    ) -> Iterator[Posting]:
        """Much of a good on one side, of people of the whole prefecture, and hardly anything on
        the other."""
        for n, days in enumerate(GLUT_DAYS):
            owner = self.participants.traders[around[n % len(around)].code][side is Side.BUY]
            yield self._posting(ids, side, good, owner, place, days, TONNES)
        other = self.participants.traders[place.code][side is Side.SELL]
        yield self._posting(ids, side.other, good, other, place, GLUT_DAYS[0], ANSWERED)

    def _price_change(
        self,
        ids: Iterator[int],
        good: TradedProduct,
        factor: Decimal,
        around: Sequence[CountyProfile],
    ) -> Iterator[Posting]:
        """Sales of a good at its usual price, and in the last days at another."""
        for n, days in enumerate((*BEFORE, *LATELY)):
            place = around[n % len(around)]
            noise = Decimal(self.rng.randint(97, 103)) / 100
            price = good.price * noise * (factor if days in LATELY else 1)
            owner = self.participants.traders[place.code][0]
            yield self._posting(ids, Side.SELL, good, owner, place, days, 3, round_price(price))

    def _posting(
        self,
        ids: Iterator[int],
        side: Side,
        good: TradedProduct,
        owner: Mapping[str, Any],
        place: CountyProfile,
        days: int,
        tonnes: int,
        price: Decimal | None = None,
    ) -> Posting:
        kilograms = Decimal(tonnes) * UNITS["ton"].factor
        return Posting(
            *(next(ids), side, good, owner["id"], place.code, place.name),
            self._moment(days),
            VALID_DAYS,
            quantity=convert(kilograms, "kg", good.unit),
            price=price,
        )

    def _moment(self, days: int) -> datetime:
        """By day, so many days ago; of today, what has passed of it."""
        zone = self.calendar.zone
        midnight = local_midnight(local_day(self.calendar.now, zone) - timedelta(days=days), zone)
        whole = min(timedelta(hours=20), self.calendar.now - midnight)
        return midnight + whole * self.rng.uniform(0.4, 0.95)
