"""Offers and deals of this season and of the last, so that prices have a line and places differ.

What sells most, week by week: posted by the same people as the rest, sold or expired since. A few
of today's stand close together, so that counties and prefectures have a price of their own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from market.deals import rules as deal_rules
from market.deals.models import DealStatus
from market.demonstration import pictures
from market.demonstration.bulk import insert_rows
from market.demonstration.deal_rows import DealDraft, DealStep, reserve
from market.demonstration.offer_rows import (
    VERIFIED_WITHIN,
    Phrases,
    Posting,
    offer_row,
    round_price,
    round_quantity,
    with_noise,
)
from market.demonstration.participants import Participants
from market.demonstration.places import CountyProfile
from market.demonstration.random_deals import Calendar
from market.demonstration.traded_products import TradedProduct
from market.offers.models import Offer, OfferPhoto, OfferPublication, OfferStatus, PriceBasis, Side
from market.text.days import local_day

SEED = 20_261_130
# So many of what sells most, and of them those with deals; each of another subcategory.
PRODUCTS, WITH_DEALS = 8, 4
# Back from today, in weeks: this season's, and the last year's with what lay ahead then.
WEEKS = (*range(4, 18), *range(46, 71))
SALES_A_WEEK, DAYS_UP = 3, 30
# So many more have this season alone, thinner.
OTHERS, OTHER_WEEKS, OTHERS_A_WEEK = 30, range(4, 18), 2
DEAL_WEEKS, DEALS_A_WEEK = 6, 5
DEALS = WITH_DEALS * DEAL_WEEKS * DEALS_A_WEEK
# Today's, in each of so many prefectures.
PREFECTURES, NOW = 4, 8
LAST_YEAR = (0.88, 1.06)
# How far the cheapest and the dearest of the prefectures are from the rest.
PLACES = (0.90, 0.97, 1.06, 1.14)
# Of a county's trade that one deal is.
DEAL_SHARE = 0.1
# How far a price swings, in how many days, from where, and the last year's level.
_Swings = tuple[float, float, float, float]


@dataclass
class PastPrices:
    """Makes the rows; `deals` are to be written with all others, in the order of time."""

    participants: Participants
    where: Sequence[CountyProfile]
    calendar: Calendar
    fair_id: int
    first_offer: int
    first_deal: int
    phrases: Phrases
    rng: Random = field(default_factory=lambda: Random(SEED))
    offers: list[dict[str, Any]] = field(default_factory=list)
    deals: list[DealDraft] = field(default_factory=list)

    def make(self, goods: Mapping[str, TradedProduct], sold: Sequence[Mapping[str, Any]]) -> None:
        """Make offers and deals of what there is most of among the offers `sold`."""
        ranked = self._ranked(goods, sold)
        chosen = self._chosen(ranked)
        for number, good in enumerate(chosen):
            swings = self._swings()
            for week in WEEKS:
                for _ in range(SALES_A_WEEK):
                    self._past(good, Side.SELL, week * 7 - self.rng.randrange(7), swings)
                self._past(good, Side.BUY, week * 7 - self.rng.randrange(7), swings)
            self._today(good)
            if not number:
                self._of_farmers(good)
            if number < WITH_DEALS:
                self._agree(good, swings)
        for good in [good for good in ranked if good not in chosen][:OTHERS]:
            swings = self._swings()
            for week in OTHER_WEEKS:
                for _ in range(OTHERS_A_WEEK):
                    self._past(good, Side.SELL, week * 7 - self.rng.randrange(7), swings)

    def write(self) -> None:
        """Write the offers."""
        insert_rows(Offer, self.offers)
        published = ({"offer_id": o["id"], "at": o["published_at"]} for o in self.offers)
        insert_rows(OfferPublication, published)
        insert_rows(OfferPhoto, pictures.photo_rows(self.rng, self.offers))

    @staticmethod
    def _ranked(
        goods: Mapping[str, TradedProduct], sold: Sequence[Mapping[str, Any]]
    ) -> list[TradedProduct]:
        """What comes from here, what there is most of first."""
        numbers: dict[str, int] = {}
        for offer in sold:
            if offer["side"] is Side.SELL:
                numbers[offer["product_code"]] = numbers.get(offer["product_code"], 0) + 1
        codes = sorted(numbers, key=lambda code: (-numbers[code], code))
        return [goods[code] for code in codes if goods[code].local]

    @staticmethod
    def _chosen(ranked: Sequence[TradedProduct]) -> list[TradedProduct]:
        chosen: dict[str, TradedProduct] = {}
        for good in ranked:
            chosen.setdefault(good.code[:4], good)
        return list(chosen.values())[:PRODUCTS]

    def _swings(self) -> _Swings:
        """How a price swings: how far, in how many days, from where, and the last year's level."""
        rng = self.rng
        return (
            rng.uniform(0.05, 0.16),
            rng.uniform(80, 150),
            rng.uniform(0, 6.28),
            rng.uniform(*LAST_YEAR),
        )

    def _past(self, good: TradedProduct, side: Side, days: int, swings: _Swings) -> dict[str, Any]:
        """An offer of so many days ago, expired since."""
        place = self.rng.choice(self.where)
        owner = self.rng.choice(self.participants.traders[place.code])
        price = with_noise(self.rng, good.price * _level(days, swings), 0.06)
        row = self._offer(good, side, owner, place, days, price)
        row["status"] = OfferStatus.EXPIRED
        return row

    def _today(self, good: TradedProduct) -> None:
        """Sales that stand now, many in a few prefectures, one from each trader there."""
        around: dict[str, list[CountyProfile]] = {}
        for place in self.where:
            around.setdefault(place.path.rpartition("/")[0], []).append(place)
        journey = self.participants.journey[0]
        first = next(path for path, of in around.items() if journey in {p.code for p in of})
        others = sorted(around, key=lambda path: (-len(around[path]), path))
        paths = [first, *(path for path in others if path != first)][:PREFECTURES]
        for path, level in zip(paths, self.rng.sample(PLACES, PREFECTURES), strict=True):
            sellers = [
                (p, owner) for p in around[path] for owner in self.participants.traders[p.code]
            ]
            for place, owner in self.rng.sample(sellers, min(NOW, len(sellers))):
                days = self.rng.randrange(1, 15)
                price = with_noise(self.rng, good.price * Decimal(str(level)), 0.05)
                self._offer(good, Side.SELL, owner, place, days, price)

    def _of_farmers(self, good: TradedProduct) -> None:
        """Sales that the assistant posted for farmers of one county, which so has a price."""
        for farmer in self.participants.farmers:
            place = next(p for p in self.where if p.code == farmer["region_code"])
            price = with_noise(self.rng, good.price, 0.05)
            row = self._offer(good, Side.SELL, farmer, place, 1, price)
            row["posted_by_id"] = self.participants.assistant_id
            row["consent_id"] = farmer["consent_id"]

    def _agree(self, good: TradedProduct, swings: _Swings) -> None:
        """Deals of the last weeks that the county has verified."""
        for week in range(DEAL_WEEKS):
            for n in range(DEALS_A_WEEK):
                days = week * 7 + n + 1
                sale = self._past(good, Side.SELL, days + 40, swings)
                purchase = self._past(good, Side.BUY, days + 38, swings)
                if sale["posted_by_id"] == purchase["posted_by_id"]:
                    purchase["owner_id"] = purchase["posted_by_id"] = self._somebody_else(sale)
                self.deals.append(self._deal(good, sale, purchase, days, swings))
                reserve(self.deals[-1])

    def _somebody_else(self, sale: Mapping[str, Any]) -> int:
        owners = (t["id"] for of in self.participants.traders.values() for t in of)
        return next(id for id in owners if id != sale["owner_id"])

    def _deal(
        self,
        good: TradedProduct,
        sale: dict[str, Any],
        purchase: dict[str, Any],
        days: int,
        swings: _Swings,
    ) -> DealDraft:
        price = round_price(with_noise(self.rng, good.price * _level(days, swings), 0.04))
        quantity = round_quantity(good.quantity * DEAL_SHARE)
        quantity = min(quantity, sale["remaining"], purchase["remaining"])
        at, home = self._noon(days), next(p for p in self.where if p.code == sale["region_code"])
        hours = timedelta(hours=1)
        is_fair = local_day(at, self.calendar.zone) >= self.calendar.opened
        steps = (
            DealStep(DealStatus.PROPOSED, sale["posted_by_id"], at - 2 * hours),
            DealStep(DealStatus.AGREED, purchase["posted_by_id"], at),
            DealStep(DealStatus.VERIFIED, self.participants.officials[home.code], at + 3 * hours),
        )
        return DealDraft(
            id=self.first_deal + len(self.deals),
            sale=sale,
            purchase=purchase,
            quantity=quantity,
            unit_price=price,
            amount_fen=deal_rules.amount_fen(quantity, price),
            home=(home.code, home.path),
            fair_id=self.fair_id if is_fair else None,
            proposed_side=Side.SELL,
            steps=steps,
            key=f"{self.rng.getrandbits(128):032x}",
        )

    def _offer(
        self,
        good: TradedProduct,
        side: Side,
        owner: Mapping[str, Any],
        place: CountyProfile,
        days: int,
        price: Decimal,
    ) -> dict[str, Any]:
        """One posted so many days ago; from three weeks back on it has ended by now."""
        official = self.participants.officials.get(place.code) if self.rng.random() < 0.5 else None
        at = self._noon(days)
        posting = Posting(
            self.first_offer + len(self.offers),
            side,
            good,
            owner["id"],
            place.code,
            place.name,
            at,
            min(DAYS_UP, days - 1) if days > 20 else DAYS_UP,
            price=round_price(price),
            verified_by_id=official if at + VERIFIED_WITHIN < self.calendar.now else None,
        )
        row = offer_row(self.rng, self.phrases, posting, self.calendar.zone)
        row["price_basis"] = PriceBasis.EX_FARM if side is Side.SELL else PriceBasis.DELIVERED
        self.offers.append(row)
        return row

    def _noon(self, days: int) -> datetime:
        """About noon of that day, so many days ago."""
        day: date = local_day(self.calendar.now, self.calendar.zone) - timedelta(days=days)
        at = datetime.combine(day, time(11), self.calendar.zone)
        return at + timedelta(seconds=self.rng.randrange(7200))


def make_past_prices(
    market: Any, sold: Sequence[Mapping[str, Any]], deals: Sequence[DealDraft], fair_id: int
) -> PastPrices:
    """What was offered and agreed in this season and the last, made but not written.

    Args:
        market: the maker of all other offers (market.demonstration.seed).
        sold: offers of which the products are chosen; deals: those there are already.
    """
    past = PastPrices(
        participants=market.participants,
        where=[place for place in market.where if place.code != market.inactive],
        calendar=market.calendar,
        fair_id=fair_id,
        first_offer=market.first_id + len(market.offers),
        first_deal=deals[0].id + len(deals),
        phrases=market.phrases,
    )
    past.make(market.goods, sold)
    return past


def _level(days: int, swings: _Swings) -> Decimal:
    """The price so many days ago as a multiple of today's."""
    height, length, start, last_year = swings

    def wave(n: int) -> float:
        return 1 + height * math.sin(start + n / length * 2 * math.pi)

    year = last_year if days > 200 else 1.0
    return Decimal(str(round(wave(days) / wave(0) * year, 4)))
