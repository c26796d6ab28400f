"""Planning the deals of a replayed fair, so that the amounts add up to the fen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from random import Random

from market.deals.rules import amount_fen
from market.demonstration.offer_rows import round_price
from market.demonstration.places import CountyProfile
from market.demonstration.traded_products import TradedProduct

# A deal is rounded off by so much at most when the total is settled.
MAX_ROUNDING_SHARE = Decimal("0.004")


@dataclass(frozen=True)
class ReplayTotals:
    """What the count must arrive at; amount in fen."""

    listings: int
    merchants: int
    amount_fen: int
    deals: int


class Mismatch(RuntimeError):
    """The count did not arrive at the totals; the message says where."""


@dataclass(frozen=True)
class County:
    """A place with its part of the totals and the ids of its people.

    Attributes:
        traders: the first `merchants` of these ids have verified listings, the others none.
    """

    place: CountyProfile
    listings: int
    merchants: int
    deals: int
    official_id: int
    traders: range


@dataclass(frozen=True)
class PlannedDeal:
    """A deal before its offers are written: who, what, how much, at what price."""

    good: TradedProduct
    seller: County
    buyer: County
    quantity: Decimal
    unit_price: Decimal
    amount_fen: int


def plan_deals(rng: Random, counties: Sequence[County], totals: ReplayTotals) -> list[PlannedDeal]:
    """Deals whose amounts add up to the total to the fen.

    Each amount is its quantity times its price; what rounding leaves over is settled by
    rounding off deals by less than SETTLING each, as people do at the scales.

    Raises:
        Mismatch: there are too few deals to settle it so.
    """
    room = {county.place.code: county.listings - county.merchants for county in counties}
    weights = [rng.lognormvariate(0, 0.9) for _ in range(totals.deals)]
    scale = Decimal(totals.amount_fen) / Decimal(sum(weights))
    owed, plans = Decimal(0), []
    sellers = [county for county in counties for _ in range(county.deals)]
    rng.shuffle(sellers)
    for seller, weight in zip(sellers, weights, strict=True):
        owed += scale * Decimal(weight)
        room[seller.place.code] -= 1
        buyer = _buyer(rng, seller, counties, room)
        room[buyer.place.code] -= 1
        plan = _plan(seller.place.selling.draw(rng), seller, buyer, owed)
        owed -= plan.amount_fen
        plans.append(plan)
    return spread_remainder(plans, totals.amount_fen)


def _plan(good: TradedProduct, seller: County, buyer: County, owed: Decimal) -> PlannedDeal:
    price = round_price(good.price)
    quantity = (owed / 100 / price).quantize(Decimal(1), ROUND_HALF_UP)
    quantity = max(quantity, Decimal(1))
    return PlannedDeal(good, seller, buyer, quantity, price, amount_fen(quantity, price))


def _buyer(rng: Random, seller: County, counties: Sequence[County], room: dict[str, int]) -> County:
    """Somebody of the same county, or of any that has listings left for it."""
    if rng.random() < 0.4 and room[seller.place.code] > 0:
        return seller
    some = rng.sample(counties, min(12, len(counties)))
    return max(some, key=lambda county: room[county.place.code])


def spread_remainder(plans: Sequence[PlannedDeal], total: int) -> list[PlannedDeal]:
    """The plans with what is missing from `total` fen spread over them. Raises Mismatch."""
    rest, result = total - sum(plan.amount_fen for plan in plans), []
    for plan in plans:
        most = int(plan.amount_fen * MAX_ROUNDING_SHARE)
        part = max(-most, min(most, rest))
        rest -= part
        result.append(
            PlannedDeal(
                *(plan.good, plan.seller, plan.buyer, plan.quantity, plan.unit_price),
                amount_fen=plan.amount_fen + part,
            )
        )
    if rest:
        raise Mismatch(f"{rest} fen are left over: more deals are needed")
    return result
