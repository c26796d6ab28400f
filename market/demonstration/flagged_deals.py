"""Deals and offers with flags: in the first county of the journey, one of each kind.

Before them some ordinary offers and deals of the same product that the county verified, so
that there is something usual to be far from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar

from market.accounts.models import Account
from market.deals.flag_rules import LARGE_FOR_NEW_FEN, MIN_SAME_DAY_DEALS, VERY_LARGE_FEN
from market.deals.models import DealStatus
from market.deals.rules import amount_fen
from market.demonstration.bulk import insert_rows, next_id, settle_sequences
from market.demonstration.deal_rows import DealDraft, DealStep, reserve
from market.demonstration.offer_rows import (
    Posting,
    load_phrases,
    offer_row,
    round_price,
    round_quantity,
)
from market.demonstration.participants import FIRST_TRADER_PHONE, OUTSIDERS, TRADERS, Participants
from market.demonstration.people import account_row, phone
from market.demonstration.pictures import stored_slip
from market.demonstration.places import CountyProfile
from market.demonstration.random_deals import Calendar
from market.demonstration.traded_products import TradedProduct
from market.offers.models import Side
from market.products.units import comparable

SEED = 20_261_121
# Of the usual quantity and price, each of the ordinary ones.
ORDINARY = ((0.7, 0.96), (0.8, 0.98), (0.9, 1.0), (1.0, 1.0), (1.2, 1.02), (1.4, 1.05))
# Deals that this adds, all in one county.
DEALS = len(ORDINARY) + 12 + MIN_SAME_DAY_DEALS
CHECK_NOTE = "合同和过磅单都看过，电话问过买卖双方（示范）"
RETURN_REASON = "磅单是另一车的，请换上本车的（示范）"
LATE_ENTRY_REASON = "会场人多，回来才补录（示范）"
REVISION_REASON = "数量和过磅单对不上，请改好再报（示范）"
# One and a half million yuan: two officials.
LARGE_FEN = 150_000_000
AMOUNT_REASON = "含包装和送到冷库的运费（示范）"
# So many times the usual.
FAR = 12
DEAR = 4


@dataclass
class Flagged:
    """Makes the deals, and adds their offers to `offers`, the first of which is `first_offer`."""

    participants: Participants
    calendar: Calendar
    place: CountyProfile
    fair_id: int
    first_offer: int
    first_deal: int
    rng: Random
    offers: list[dict[str, Any]]

    def __post_init__(self) -> None:
        self.phrases = load_phrases()
        self.good = _main_good(self.place)
        self.quantity = max(round_quantity(self.good.quantity), Decimal(100))
        self.price = round_price(self.good.price)
        self.sellers = self.participants.traders[self.place.code]
        self.deals: list[DealDraft] = []

    def make(self) -> list[DealDraft]:
        """The deals, whose offers have been added to `offers`."""
        for n, (much, dear) in enumerate(ORDINARY):
            quantity, price = round_quantity(float(self.quantity) * much), self._priced(dear)
            sale = self._sale(n, quantity * 2, price, verified=True)
            self._deal(sale, quantity, price, verified=True)
        self._unusual_deals()
        self._unusual_offers()
        return self.deals

    def _unusual_deals(self) -> None:
        usual = self._sale(0, self.quantity * 10, self.price)
        twice = self._purchase(self.quantity * 10, self.price)
        for quantity in (self.quantity, self.quantity + self.quantity // 200):
            self._deal(usual, quantity, self.price, purchase=twice)
        self._deal(usual, self.quantity, self._priced(DEAR))
        self._deal(usual, self.quantity, self.price, fen=Decimal("1.2"), reason=AMOUNT_REASON)
        much = self._sale(1, self.quantity * FAR * 3, self.price)
        self._deal(much, self.quantity * FAR, self.price)
        huge = Decimal(VERY_LARGE_FEN * 12 // 10) / 100 // self.price
        self._deal(self._sale(1, huge * 2, self.price), huge, self.price)
        self._two_officials()
        self._returned_or_revised()
        twin = self._same_name_as(self.sellers[0])
        own = self._offer(Side.BUY, twin, self.quantity * 2, self.price)
        self._deal(usual, self.quantity * 7 // 10, self.price, purchase=own)
        self._large_for_new(twin)
        self._many_of_two()

    def _large_for_new(self, twin: dict[str, Any]) -> None:
        """A large one of the account that was made this week."""
        large = Decimal(LARGE_FOR_NEW_FEN * 12 // 10) / 100 // self.price
        wanted = self._offer(Side.BUY, twin, large * 2, self.price)
        self._deal(self._sale(1, large * 2, self.price), large, self.price, purchase=wanted)

    def _many_of_two(self) -> None:
        """As many of the same two on one day as are looked at together."""
        sale = self._sale(1, self.quantity * 9, self.price)
        wanted = self._purchase(self.quantity * 9, self.price)
        for n in range(MIN_SAME_DAY_DEALS):
            part = self.quantity * (6 + n) // 10
            self._deal(sale, part, self.price, purchase=wanted, days=2)

    def _two_officials(self) -> None:
        """A large one with its proof, which the county has verified and the prefecture not."""
        large = Decimal(LARGE_FEN) / 100 // self.price
        self._deal(self._sale(0, large * 2, self.price), large, self.price)
        self._continue((DealStatus.AGREED, CHECK_NOTE), proof=stored_slip())

    def _returned_or_revised(self) -> None:
        """One returned for revision, one verified, returned and sent again, one backdated."""
        sale = self._sale(0, self.quantity * 9, self.price)
        for part in (3, 4, 5):
            self._deal(sale, self.quantity * part // 10, self.price)
            if part == 3:
                self._continue((DealStatus.RETURNED, REVISION_REASON))
            elif part == 4:
                back = (DealStatus.VERIFIED, ""), (DealStatus.RETURNED, RETURN_REASON)
                self._continue(*back, (DealStatus.AGREED, ""))
            else:
                self._continue(days_back=2, day_reason=LATE_ENTRY_REASON)

    def _continue(self, *steps: tuple[DealStatus, str], **values: Any) -> None:
        """The last deal with more steps, all but sending it again by the county."""
        deal, county = self.deals.pop(), self.participants.officials[self.place.code]
        at = deal.steps[-1].at
        for number, (status, reason) in enumerate(steps, 1):
            by = deal.steps[1].by_id if len(steps) > 1 and status is DealStatus.AGREED else county
            later = DealStep(status, by, at + timedelta(hours=6 * number), reason)
            deal = replace(deal, steps=(*deal.steps, later))
        self.deals.append(replace(deal, **values))

    def _unusual_offers(self) -> None:
        once = self._sale(0, self.quantity + 30, self.price)
        for _ in range(2):
            again = self._sale(0, self.quantity + 30, self.price)
            again |= {"title": once["title"], "description": once["description"]}
        self._sale(1, self.quantity, self._priced(DEAR))

    def _priced(self, times: float) -> Decimal:
        return round_price(self.price * Decimal(str(times)))

    def _sale(
        self, n: int, quantity: Decimal, price: Decimal, verified: bool = False
    ) -> dict[str, Any]:
        return self._offer(
            Side.SELL, self.sellers[n % len(self.sellers)], quantity, price, verified
        )

    def _purchase(self, quantity: Decimal, price: Decimal) -> dict[str, Any]:
        return self._offer(Side.BUY, self.rng.choice(self.participants.outsiders), quantity, price)

    def _offer(
        self,
        side: Side,
        owner: dict[str, Any],
        quantity: Decimal,
        price: Decimal,
        verified: bool = False,
    ) -> dict[str, Any]:
        days = 9 if verified else 5
        at = self.calendar.now - timedelta(days=days, minutes=self.rng.randrange(600))
        post = Posting(
            id=self.first_offer + len(self.offers),
            side=side,
            good=replace(self.good, price_unit=self.good.unit),
            owner_id=owner["id"],
            region_code=owner["region_code"],
            place=self.place.name,
            at=at,
            days=60,
            verified_by_id=self.participants.officials[self.place.code] if verified else None,
            quantity=quantity,
            price=price,
        )
        self.offers.append(offer_row(self.rng, self.phrases, post, self.calendar.zone))
        return self.offers[-1]

    def _deal(
        self,
        sale: dict[str, Any],
        quantity: Decimal,
        price: Decimal,
        verified: bool = False,
        purchase: dict[str, Any] | None = None,
        fen: Decimal = Decimal(1),
        reason: str = "",
        days: int | None = None,
    ) -> None:
        purchase = purchase or self._purchase(quantity * 2, price)
        # A verified one is older; the others wait, some of them for too long.
        days = days or (6 if verified else 4 - len(self.deals) // 2 % 4)
        agreed = self.calendar.now - timedelta(days=days)
        steps = [
            DealStep(DealStatus.PROPOSED, purchase["posted_by_id"], agreed - timedelta(hours=3)),
            DealStep(DealStatus.AGREED, sale["posted_by_id"], agreed),
        ]
        if verified:
            official = self.participants.officials[self.place.code]
            steps.append(DealStep(DealStatus.VERIFIED, official, agreed + timedelta(hours=20)))
        deal = DealDraft(
            id=self.first_deal + len(self.deals),
            sale=sale,
            purchase=purchase,
            quantity=quantity,
            unit_price=price,
            amount_fen=int(amount_fen(quantity, price) * fen),
            home=(self.place.code, self.place.path),
            fair_id=self.fair_id,
            proposed_side=Side.BUY,
            steps=tuple(steps),
            key=f"{self.rng.getrandbits(128):032x}",
            amount_reason=reason,
        )
        reserve(deal)
        self.deals.append(deal)

    def _same_name_as(self, seller: dict[str, Any]) -> dict[str, Any]:
        """A second account in the seller's name, made this week with another phone."""
        row = account_row(
            next_id(Account),
            seller["name"],
            seller["trader_type"],
            seller["region_code"],
            self.calendar.now - timedelta(days=6),
            phone=phone(FIRST_TRADER_PHONE + TRADERS + OUTSIDERS),
            password_hash=seller["password_hash"],
        )
        insert_rows(Account, [row])
        settle_sequences(Account)
        return row


def make_flagged(market: Any, deals: Sequence[DealDraft], fair_id: int) -> list[DealDraft]:
    """The deals; their offers are added to those of `market` (seed._Market), not yet written."""
    return in_first_county(Flagged, SEED, market, deals, fair_id).make()


F = TypeVar("F", bound=Flagged)


def in_first_county(
    kind: type[F], seed: int, market: Any, deals: Sequence[DealDraft], fair_id: int
) -> F:
    """The maker of such deals for the first county of the journey, after `deals`."""
    return in_county(kind, seed, market, deals, fair_id, market.participants.journey[0])


def in_county(
    kind: type[F], seed: int, market: Any, deals: Sequence[DealDraft], fair_id: int, county: str
) -> F:
    """The maker of such deals for that county, after `deals`."""
    return kind(
        participants=market.participants,
        calendar=market.calendar,
        place=next(place for place in market.where if place.code == county),
        fair_id=fair_id,
        first_offer=market.first_id,
        first_deal=deals[0].id + len(deals),
        rng=Random(seed),
        offers=market.offers,
    )


def _main_good(place: CountyProfile) -> TradedProduct:
    """What the county sells most of, among what is priced in the unit it is sold in."""
    weights = zip(place.selling.weights, place.selling.goods, strict=True)
    alike = [(w, good) for w, good in weights if comparable(good.unit, good.price_unit)]
    by_mass = [(w, good) for w, good in alike if comparable(good.unit, "kg")]
    return max(by_mass or alike, key=lambda pair: (pair[0], pair[1].code))[1]
