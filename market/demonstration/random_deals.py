"""Deals of the demonstration: pairs of offers for one product, in every state."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from random import Random
from typing import Any

from market.deals import rules as deal_rules
from market.deals.models import Deal, DealStatus
from market.deals.unregistered_models import CallOutcome
from market.demonstration.bulk import next_id
from market.demonstration.deal_rows import RESERVING, DealDraft, DealStep, reserve
from market.demonstration.offer_rows import round_quantity
from market.demonstration.participants import Participants
from market.demonstration.pictures import stored_slip
from market.demonstration.places import CountyProfile
from market.offers.models import OfferStatus, Side
from market.offers.photos import StoredPhoto
from market.text.days import local_day, local_midnight

# In two hundred deals; None stands for a verified one that the county took back.
STATES: tuple[tuple[DealStatus | None, int], ...] = (
    (DealStatus.VERIFIED, 112),
    (DealStatus.AGREED, 26),
    (DealStatus.PROPOSED, 24),
    (DealStatus.DECLINED, 10),
    (DealStatus.CANCELLED, 10),
    (DealStatus.DISPUTED, 8),
    (DealStatus.RETURNED, 7),
    (None, 3),
)
# Of a hundred deals, those made before the fair opened.
DAILY_PERCENT = 6
# Of a hundred verified deals, those with a weighing slip, and those the county rang up about.
PROOF_PERCENT, CALL_PERCENT = 60, 45
CALL_ANSWER = "数量、单价、金额都对得上。"
# No single invented deal is larger, in fen: one would drown the county table.
# Above it two officials would have had to verify.
MAX_AMOUNT_FEN = 100_000_000
REASONS = {
    DealStatus.DECLINED: "价格谈不拢，下次再合作。",
    DealStatus.CANCELLED: "天气原因，暂时装不了车。",
    DealStatus.DISPUTED: "到货斤两与磅单不符。",
    DealStatus.RETURNED: "请补传过磅单照片。",
}


@dataclass(frozen=True)
class Calendar:
    """When things happen: the fair's first day (local), and nothing after `now`."""

    now: datetime
    opened: date
    zone: tzinfo

    @property
    def opening(self) -> datetime:
        return local_midnight(self.opened, self.zone)

    def moment(self, rng: Random, expired: bool = False) -> datetime:
        """When an offer was posted: by day, mostly since the fair opened."""
        days = rng.choice(range(8, 40)) if expired else rng.choices((0, 1), (88, 12))[0] * 21
        if not expired:
            days += int(rng.random() * (24 if days else 20))
        day = local_day(self.now, self.zone) - timedelta(days=days)
        at = datetime.combine(day, time(7), self.zone).astimezone(UTC)
        at += timedelta(seconds=rng.randrange(14 * 3600))
        if at > self.now - timedelta(minutes=10):
            midnight = local_midnight(day, self.zone)
            at = midnight + (self.now - midnight) * rng.uniform(0.1, 0.9)
        return at


def make_deals(
    rng: Random,
    offers: Sequence[dict[str, Any]],
    where: Sequence[CountyProfile],
    participants: Participants,
    calendar: Calendar,
    fair_id: int,
    number: int,
) -> list[DealDraft]:
    """`number` deals between the offers, whose remaining quantities they reduce."""
    inside = {place.code: place.path for place in where}
    sales = _sales(offers, inside, calendar)
    purchases = [o for o in offers if o["side"] is Side.BUY and _open(o, calendar)]
    rng.shuffle(purchases)
    states = _states(rng, number)
    # Who logs in as an official of these finds deals to verify.
    to_verify = [code for code in participants.journey for _ in range(2)]
    deals: list[DealDraft] = []
    slip = stored_slip()
    homes: Counter[str] = Counter()
    daily = round(number * DAILY_PERCENT / 100)
    first = next_id(Deal)
    for purchase in purchases:
        if len(deals) == number:
            break
        early = daily > 0 and purchase["published_at"] < calendar.opening - timedelta(days=2)
        sale = _partner(rng, sales, purchase, homes, calendar.opening if early else None)
        if sale is None:
            continue
        early = early and sale["published_at"] < calendar.opening - timedelta(days=2)
        code = sale["region_code"]
        state = states[0]
        if code in to_verify and DealStatus.AGREED in states:
            to_verify.remove(code)
            state = DealStatus.AGREED
        states.remove(state)
        deal = _draft(
            rng,
            (first + len(deals), sale, purchase),
            (code, inside[code]),
            None if early else fair_id,
            state,
            participants.officials[code],
            calendar,
        )
        if deal.status in RESERVING:
            reserve(deal)
        if deal.status is DealStatus.VERIFIED:
            deal = _with_evidence(deal, slip, participants.officials[code])
        daily -= early
        homes[code] += 1
        deals.append(deal)
    return deals


def _open(offer: dict[str, Any], calendar: Calendar) -> bool:
    """Whether a deal can still come of it."""
    return (
        offer["status"] is OfferStatus.PUBLISHED
        and offer["published_at"] < calendar.now - timedelta(days=1)
        and offer["valid_until"] > calendar.now
    )


def _sales(
    offers: Sequence[dict[str, Any]], inside: dict[str, str], calendar: Calendar
) -> dict[str, list[dict[str, Any]]]:
    sales: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for offer in offers:
        if offer["side"] is Side.SELL and offer["region_code"] in inside and _open(offer, calendar):
            sales[offer["product_code"]].append(offer)
    return sales


def _states(rng: Random, number: int) -> list[DealStatus | None]:
    """Each state at least once, in these proportions, shuffled."""
    whole = sum(count for _, count in STATES)
    states = [s for s, count in STATES for _ in range(max(1, round(count * number / whole)))]
    states = (states + [DealStatus.VERIFIED] * number)[: max(number, len(STATES))]
    rng.shuffle(states)
    return states


def _partner(
    rng: Random,
    sales: dict[str, list[dict[str, Any]]],
    purchase: dict[str, Any],
    homes: Counter[str],
    before: datetime | None,
) -> dict[str, Any] | None:
    """A sale of the same product, of somebody else, from a county with few deals so far."""
    found = [
        sale
        for sale in sales[purchase["product_code"]]
        if sale["posted_by_id"] != purchase["posted_by_id"]
        and sale["remaining"] >= 1
        and sale["status"] is OfferStatus.PUBLISHED
        and (before is None or sale["published_at"] < before - timedelta(days=2))
    ]
    if not found and before is not None:
        return _partner(rng, sales, purchase, homes, None)
    return min(found, key=lambda s: (homes[s["region_code"]], rng.random())) if found else None


def _draft(
    rng: Random,
    who: tuple[int, dict[str, Any], dict[str, Any]],
    home: tuple[str, str],
    fair_id: int | None,
    state: DealStatus | None,
    official_id: int,
    calendar: Calendar,
) -> DealDraft:
    id, sale, purchase = who
    price = sale["price_low"] or purchase["price_high"] or Decimal(2)
    most = min(
        sale["remaining"], purchase["remaining"], Decimal(MAX_AMOUNT_FEN) / 100 // price or 1
    )
    quantity = min(round_quantity(float(most) * rng.choice((1, 0.6, 0.5, 0.3))), most)
    proposed_side = rng.choice((Side.SELL, Side.BUY))
    parties = (sale["posted_by_id"], purchase["posted_by_id"])
    proposer, other = parties if proposed_side is Side.SELL else parties[::-1]
    start = max(sale["published_at"], purchase["published_at"])
    end = calendar.now
    if fair_id is None:
        end = min(end, calendar.opening)
    else:
        start = max(start, calendar.opening)
    times = sorted(start + (end - start) * rng.uniform(0.02, 0.98) for _ in range(4))
    steps = _steps(state, proposer, other, official_id, times, rng)
    return DealDraft(
        id=id,
        sale=sale,
        purchase=purchase,
        quantity=quantity,
        unit_price=price,
        amount_fen=deal_rules.amount_fen(quantity, price),
        home=home,
        fair_id=fair_id,
        proposed_side=proposed_side,
        steps=steps,
        key=f"{rng.getrandbits(128):032x}",
    )


def _with_evidence(deal: DealDraft, slip: StoredPhoto, official_id: int) -> DealDraft:
    """The deal with what its county had before it verified; drawn by its number alone."""
    rng = Random(deal.id)
    agreed, verified = deal.steps[1].at, deal.steps[2].at
    if rng.random() * 100 < PROOF_PERCENT:
        deal = replace(deal, proof=slip)
    if rng.random() * 100 < CALL_PERCENT:
        called_at = agreed + (verified - agreed) * 0.9
        deal = replace(
            deal,
            calls=((CallOutcome.CONFIRMED, CALL_ANSWER, called_at),),
            county_id=official_id,
            values={"called_back_by_id": official_id, "called_back_at": called_at},
        )
    return deal


def _steps(
    state: DealStatus | None,
    proposer: int,
    other: int,
    official: int,
    times: Sequence[datetime],
    rng: Random,
) -> tuple[DealStep, ...]:
    proposed = DealStep(DealStatus.PROPOSED, proposer, times[0])
    agreed = DealStep(DealStatus.AGREED, other, times[1])
    verified = DealStep(DealStatus.VERIFIED, official, times[2])
    returned = DealStep(DealStatus.RETURNED, official, times[3], REASONS[DealStatus.RETURNED])
    match state:
        case DealStatus.PROPOSED:
            return (proposed,)
        case DealStatus.AGREED:
            return proposed, agreed
        case DealStatus.VERIFIED:
            return proposed, agreed, verified
        case DealStatus.RETURNED:
            return proposed, agreed, returned
        case None:
            return proposed, agreed, verified, returned
        case DealStatus.DECLINED:
            return proposed, DealStep(state, other, times[1], REASONS[state])
        case DealStatus.CANCELLED if rng.random() < 0.5:
            return proposed, DealStep(state, proposer, times[1], REASONS[state])
    return (
        proposed,
        agreed,
        DealStep(state, rng.choice((proposer, other)), times[2], REASONS[state]),
    )
