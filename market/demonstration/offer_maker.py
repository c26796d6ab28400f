"""The offers of the demonstration while they are being made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import select

from market.accounts.models import TraderType
from market.database import db
from market.demonstration import monitoring_cases, pictures
from market.demonstration.bulk import insert_rows, settle_sequences
from market.demonstration.offer_rows import Posting, load_phrases, offer_row
from market.demonstration.participants import Participants
from market.demonstration.places import CountyProfile, allot
from market.demonstration.random_deals import Calendar
from market.demonstration.traded_products import TradedProduct, products_wanted
from market.matching.services import request_matching
from market.offers.labels import OWN_REASONS
from market.offers.models import (
    Offer,
    OfferPhoto,
    OfferPublication,
    OfferStatus,
    Side,
    Verification,
)
from market.regions.models import Region

# Whose matches were found so lately that nobody has seen them.
RECENT = timedelta(days=3)
# What became of an offer that was published, in thousandths.
STATUS_WEIGHTS = (
    (OfferStatus.PUBLISHED, 936),
    (OfferStatus.EXPIRED, 22),
    (OfferStatus.CLOSED, 24),
    (OfferStatus.REJECTED, 8),
    (OfferStatus.DRAFT, 10),
)
# How much more than a farmer they deal in.
SIZES = {TraderType.COOPERATIVE: 5.0, TraderType.COMPANY: 8.0, TraderType.BUYER: 5.0}
REJECTED = "标题与产品不符，请改后再发。"
RETURNED = "请补充产地证明照片。"


class OfferMaker:
    """Makes them one after another, and writes them."""

    def __init__(
        self,
        rng: Random,
        calendar: Calendar,
        goods: dict[str, TradedProduct],
        where: Sequence[CountyProfile],
        participants: Participants,
        first_id: int,
    ) -> None:
        self.rng, self.calendar, self.goods, self.where, self.participants = (
            rng,
            calendar,
            goods,
            where,
            participants,
        )
        self.first_id = first_id
        self.wanted = products_wanted(goods)
        self.phrases = load_phrases()
        self.offers: list[dict[str, Any]] = []
        self.on_sale: list[str] = []
        self.inactive = monitoring_cases.inactive_county(where, participants)

    def post(self, number: int, of_each: int) -> None:
        """Make `number` offers in all places, sales first: purchases ask for what is there."""
        parts = allot(
            max(number, of_each * len(self.where)), [p.weight for p in self.where], of_each
        )
        sales = [max(1, round(part * 0.7)) for part in parts]
        for place, count in zip(self.where, sales, strict=True):
            for _ in range(count):
                self._sell(place)
        for place, part, count in zip(self.where, parts, sales, strict=True):
            for _ in range(part - count):
                owner = self._one_of(self.participants.traders[place.code], buys=True)
                self._buy(owner, place.code, place.name)
        names = dict(db.session.execute(select(Region.code, Region.short_name)).all())
        for owner in self.participants.outsiders:
            for _ in range(2):
                self._buy(owner, owner["region_code"], names[owner["region_code"]])

    def add_monitoring_cases(self) -> None:
        """Add offers that show up in the monitoring; no deal is made of them."""
        first, state = (
            self.first_id + len(self.offers),
            (self.participants, self.calendar, self.offers),
        )
        stage = monitoring_cases.MonitoringCases(self.rng, self.goods, self.where, *state, first)
        rows = [
            offer_row(self.rng, self.phrases, posting, self.calendar.zone)
            for posting in stage.postings()
        ]
        self.offers += rows

    def write(self) -> None:
        insert_rows(Offer, self.offers)
        insert_rows(
            OfferPublication,
            (
                {"offer_id": offer["id"], "at": offer["published_at"]}
                for offer in self.offers
                if offer["published_at"]
            ),
        )
        insert_rows(OfferPhoto, pictures.photo_rows(self.rng, self.offers))
        settle_sequences(Offer)

    def request_recent_matching(self) -> None:
        """Queue the recent postings for matching, once there is an index."""
        since = self.calendar.now - RECENT
        lately = (o for o in self.offers if o["status"] is OfferStatus.PUBLISHED)
        request_matching((o["id"] for o in lately if o["published_at"] > since), self.calendar.now)

    def _sell(self, place: CountyProfile) -> None:
        good = place.selling.draw(self.rng)
        self.on_sale.append(good.code)
        owner = self._one_of(self.participants.traders[place.code], buys=False)
        self._add(Side.SELL, good, owner, place.code, place.name)
        if self.participants.farmers and place.code == self.participants.farmers[0]["region_code"]:
            farmer = self.rng.choice(self.participants.farmers)
            if self.rng.random() < 0.4:
                self.offers[-1] |= {
                    "owner_id": farmer["id"],
                    "posted_by_id": self.participants.assistant_id,
                    "consent_id": farmer["consent_id"],
                }

    def _buy(self, owner: dict[str, Any], code: str, name: str) -> None:
        good = (
            self.goods[self.rng.choice(self.on_sale)]
            if self.rng.random() < 0.75
            else self.wanted.draw(self.rng)
        )
        self._add(Side.BUY, good, owner, code, name)

    def _one_of(self, traders: Sequence[dict[str, Any]], buys: bool) -> dict[str, Any]:
        """Who posts it: the first of a place mostly sells, the second mostly buys."""
        if self.rng.random() < 0.8:
            return traders[1 if buys else 0]
        return self.rng.choice(traders)

    def _add(
        self, side: Side, good: TradedProduct, owner: dict[str, Any], code: str, name: str
    ) -> None:
        rng, now = self.rng, self.calendar.now
        status = rng.choices([s for s, _ in STATUS_WEIGHTS], [n for _, n in STATUS_WEIGHTS])[0]
        at = self.calendar.moment(rng, expired=status is OfferStatus.EXPIRED)
        if code == self.inactive:
            at -= timedelta(days=monitoring_cases.INACTIVE_DAYS)
        age = (now - at).days
        days = rng.choice([d for d in (15, 30, 30, 60, 90) if d > age + 1] or [90])
        if status is OfferStatus.PUBLISHED and rng.random() < 0.04:
            days = age + rng.choice((1, 2))
        if status is OfferStatus.EXPIRED:
            days = max(1, age - rng.choice((2, 4, 6)))
        verified = rng.random() < 0.37 and status not in (OfferStatus.DRAFT, OfferStatus.REJECTED)
        official = (
            self.participants.officials.get(code)
            if verified and at < now - timedelta(days=2)
            else None
        )
        post = Posting(
            self.first_id + len(self.offers), side, good, owner["id"], code, name, at, days, status
        )
        post = replace(post, verified_by_id=official, size=SIZES.get(owner["trader_type"], 1.0))
        row = offer_row(rng, self.phrases, post, self.calendar.zone)
        if status is OfferStatus.REJECTED:
            row["status_reason"] = REJECTED
        elif status is OfferStatus.CLOSED:
            row["status_reason"] = rng.choice(OWN_REASONS)
        elif not official and status is OfferStatus.PUBLISHED and rng.random() < 0.015:
            row |= {"verification": Verification.RETURNED, "verification_reason": RETURNED}
        self.offers.append(row)
