"""How well two offers fit: named parts from 0 to 1, each with a written weight.

Pure: no database, no Flask. Every pair is scored as (sale, purchase), whichever side the
question comes from, so a score is the same from both ends.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from market.matching.freight import haulage, kg_per_base
from market.matching.landed_price import LandedPrice, price_worth
from market.products.words import PRODUCT_DIGITS
from market.regions.rules import great_circle_km

# They sum to 1. A part that is unknown (no price, other units, no dates) is left out and
# the others share its weight: a missing value is neither rewarded nor punished.
WEIGHTS = {
    # Who wants navel oranges is not served by pears next door: it outweighs the place.
    "product": 0.34,
    # Freshness, and whom one can visit; the freight itself is in the price.
    "region": 0.17,
    # What the buyer pays at the door, against what they would.
    "price": 0.19,
    # A part of the quantity is still a deal, and baskets fill up the rest.
    "quantity": 0.12,
    # Harvests shift by days; outside the period there is nothing to sell.
    "time": 0.09,
    # Worth a step ahead among equals, never worth a worse fit: newcomers must be found.
    "trust": 0.05,
    # The older, the likelier it is sold without a word; validity already ends the stale.
    "freshness": 0.04,
}

# What is sold, seen from what is wanted.
SAME_PRODUCT = 1.0
NARROWER = 0.9  # a kind of what is wanted: the buyer named the family
WIDER = 0.7  # the seller named only the family: it may be the wanted kind
SIBLING = 0.3  # another kind of the same family

# Within one border the way counts only half below these; a close neighbour across it may do
# better.
SAME_PREFECTURE = 0.8
SAME_PROVINCE = 0.5

# Touching periods are worth this; the rest is earned by how much they share.
TOUCHING = 0.6
MAX_GAP_DAYS = 30
# What spoils is of no use outside the period: any within it, however poor, stands above.
SPOILED = 0.1
OPEN_DAYS = 365  # how long a supply period without an end counts as lasting
AGEING_DAYS = 15  # an offer of this age is worth half a new one
FULL_RECORD_DEALS = 5  # finished deals that make a full record

DELIVERED = "delivered"


class PartFinding(enum.StrEnum):
    """What the comparison of one part found; `market.matching.labels` has the texts."""

    SAME_PRODUCT = "same_product"
    NARROWER = "narrower"
    WIDER = "wider"
    SIBLING = "sibling"
    SAME_COUNTY = "same_county"
    SAME_PREFECTURE = "same_prefecture"
    SAME_PROVINCE = "same_province"
    APART = "apart"
    FAR = "far"
    PRICES_MEET = "prices_meet"
    PRICE_GAP = "price_gap"
    COVERS_ALL = "covers_all"
    COVERS_PART = "covers_part"
    LOT_TOO_LARGE = "lot_too_large"
    PERIODS_MEET = "periods_meet"
    PERIODS_APART = "periods_apart"
    SPOILS_BEFORE = "spoils_before"
    BOTH_VERIFIED = "both_verified"
    SELLER_VERIFIED = "seller_verified"
    BUYER_VERIFIED = "buyer_verified"
    UNVERIFIED = "unverified"
    POSTED = "posted"


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """What matching reads of an offer.

    Attributes:
        side: `sell` or `buy`.
        product_path: of its family (`Product.family_path`): products that are no varieties of
            one another share none.
        region_path: codes from the top down, joined by `/`.
        latitude, longitude: the region's centroid in degrees, or None.
        quantity, min_lot: what remains and the least sold at once, per base unit of
            `measure`; quantities of different measures are never compared.
        price_low, price_high: yuan per base unit of `price_measure`; None: negotiable.
        price_unit: what they were said per, a code.
        price_basis: `ex_farm` or `delivered`, of an asking price and of a bid.
        storage_class, perishable: of the product.
        supply_from, supply_to: local days; None: open at that end.
        published_at: aware.
        finished_deals: verified deals of the owner, on either side.
    """

    id: int
    owner_id: int
    side: str
    product_code: str
    product_path: str
    region_code: str
    region_path: str
    latitude: float | None
    longitude: float | None
    quantity: Decimal
    min_lot: Decimal | None
    measure: str
    price_low: Decimal | None
    price_high: Decimal | None
    price_measure: str
    price_unit: str
    price_basis: str
    storage_class: str
    perishable: bool
    supply_from: date | None
    supply_to: date | None
    published_at: datetime
    verified: bool
    finished_deals: int


@dataclass(frozen=True, slots=True)
class MatchPart:
    """One part of a score: its value and weight, what was found and how much of it.

    `amount` is kilometres, a percentage or days, depending on `finding`; None where it needs none.
    `landed` is the sum behind a price.
    """

    value: float
    weight: float
    finding: PartFinding
    amount: int | None = None
    landed: LandedPrice | None = None


@dataclass(frozen=True, slots=True)
class Match:
    """How well two offers fit: from 0 to 1, and the parts that make it.

    The total is the mean of the parts by their weights; of what has spoiled by then (see
    `time_part`) only the share SPOILED of that.
    """

    total: float
    parts: dict[str, MatchPart]
    km: float | None

    @property
    def is_in_period(self) -> bool:
        """False where a perishable is not to be had when it is wanted."""
        return (
            "time" not in self.parts or self.parts["time"].finding is not PartFinding.SPOILS_BEFORE
        )


def score(a: OfferFacts, b: OfferFacts, now: datetime) -> Match | None:
    """How well two offers fit, the same whichever comes first.

    Args:
        now: aware, in the home time zone: its date is today.

    Returns:
        None when they are no match: the same side, the same owner, or products that
        neither are nor neighbour each other.
    """
    if a.side == b.side or a.owner_id == b.owner_id:
        return None
    sale, purchase = (a, b) if a.side == "sell" else (b, a)
    product = product_part(sale.product_path, purchase.product_path)
    if product is None:
        return None
    km = distance_km(sale, purchase)
    found = {
        "product": product,
        "region": region_part(sale, purchase, km),
        "price": price_part(sale, purchase, km),
        "quantity": quantity_part(sale, purchase),
        "time": time_part(sale, purchase, now.date()),
        "trust": trust_part(sale, purchase),
        "freshness": freshness_part(sale, purchase, now),
    }
    parts = {name: part for name, part in found.items() if part is not None}
    weight = sum(part.weight for part in parts.values())
    total = min(1.0, sum(part.value * part.weight for part in parts.values()) / weight)
    match = Match(total, parts, km)
    return match if match.is_in_period else replace(match, total=total * SPOILED)


def product_part(sold: str, wanted: str) -> MatchPart | None:
    """Of two product paths; None when the products have nothing to do with each other."""
    weight = WEIGHTS["product"]
    if sold == wanted:
        return MatchPart(SAME_PRODUCT, weight, PartFinding.SAME_PRODUCT)
    if sold.startswith(wanted + "/"):
        return MatchPart(NARROWER, weight, PartFinding.NARROWER)
    if wanted.startswith(sold + "/"):
        return MatchPart(WIDER, weight, PartFinding.WIDER)
    parent, _, _ = sold.rpartition("/")
    is_product = len(parent.rpartition("/")[2]) == PRODUCT_DIGITS
    if is_product and parent == wanted.rpartition("/")[0]:
        return MatchPart(SIBLING, weight, PartFinding.SIBLING)
    return None


def first_product(path: str) -> str:
    """The code of the first product of a family's path; empty of a category's."""
    return next((step for step in path.split("/") if len(step) == PRODUCT_DIGITS), "")


def distance_km(a: OfferFacts, b: OfferFacts) -> float | None:
    """Great-circle kilometres between the centroids (haversine), None where one is unknown."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    return float(great_circle_km(a.latitude, a.longitude, b.latitude, b.longitude))


def region_part(sale: OfferFacts, purchase: OfferFacts, km: float | None) -> MatchPart:
    """The same county, prefecture or province; otherwise by distance, which counts the more the
    sooner the product spoils."""
    weight = WEIGHTS["region"]
    if sale.region_code == purchase.region_code:
        return MatchPart(1.0, weight, PartFinding.SAME_COUNTY)
    halfway_km = haulage(sale.product_path, sale.storage_class).halfway_km
    near = 0.0 if km is None else 1 / (1 + km / halfway_km)
    amount = None if km is None else round(km)
    ours, theirs = sale.region_path.split("/"), purchase.region_path.split("/")
    if len(ours) > 2 and ours[:2] == theirs[:2]:
        return MatchPart(lifted(near, SAME_PREFECTURE), weight, PartFinding.SAME_PREFECTURE, amount)
    if ours[0] == theirs[0]:
        return MatchPart(lifted(near, SAME_PROVINCE), weight, PartFinding.SAME_PROVINCE, amount)
    return MatchPart(near, weight, PartFinding.FAR if amount is None else PartFinding.APART, amount)


def lifted(near: float, border: float) -> float:
    """What nearness is worth within a border."""
    return max(near, (near + border) / 2)


def price_part(sale: OfferFacts, purchase: OfferFacts, km: float | None) -> MatchPart | None:
    """What the buyer would pay at the door, against the bid; the cheaper the better.

    A delivered bid is compared with the asking price and the freight, a bid at the farm with
    the price there.

    None where either is negotiable (面议), or the prices are of different measures.
    """
    asked, bid = sale.price_low, purchase.price_high
    if asked is None or bid is None or sale.price_measure != purchase.price_measure:
        return None
    landed = LandedPrice(
        asked=asked,
        bid=bid,
        freight=freight_per_base(sale, km),
        sale_delivered=sale.price_basis == DELIVERED,
        bid_delivered=purchase.price_basis == DELIVERED,
        unit=purchase.price_unit,
    )
    weight, gap = WEIGHTS["price"], landed.gap
    if gap <= 0:
        return MatchPart(price_worth(gap), weight, PartFinding.PRICES_MEET, landed=landed)
    percent = max(1, round(gap * 100))
    return MatchPart(price_worth(gap), weight, PartFinding.PRICE_GAP, percent, landed)


def freight_per_base(sale: OfferFacts, km: float | None) -> float | None:
    """Yuan per base unit of the price's measure; None where the way or the weight is unknown."""
    kg = kg_per_base(sale.product_path, sale.price_measure)
    if kg is None or km is None:
        return None
    return kg * haulage(sale.product_path, sale.storage_class).yuan_per_kg(km)


def quantity_part(sale: OfferFacts, purchase: OfferFacts) -> MatchPart | None:
    """How much of the purchase is covered, and a little how much of the sale it takes.

    None where the measures differ: a box is never compared with a tonne.
    """
    if sale.measure != purchase.measure:
        return None
    weight = WEIGHTS["quantity"]
    if sale.quantity <= 0 or purchase.quantity <= 0:
        return MatchPart(0.0, weight, PartFinding.COVERS_PART, 0)
    if sale.min_lot is not None and sale.min_lot > purchase.quantity:
        return MatchPart(0.0, weight, PartFinding.LOT_TOO_LARGE)
    covered_share = min(Decimal(1), sale.quantity / purchase.quantity)
    sold_share = min(Decimal(1), purchase.quantity / sale.quantity)
    value = min(1.0, float((7 * covered_share + 3 * sold_share) / 10))
    if covered_share == 1:
        return MatchPart(value, weight, PartFinding.COVERS_ALL)
    return MatchPart(
        value, weight, PartFinding.COVERS_PART, min(99, max(1, int(covered_share * 100)))
    )


def time_part(sale: OfferFacts, purchase: OfferFacts, today: date) -> MatchPart | None:
    """How much of the shorter supply period is shared, or how many days lie between.

    Days before today no longer count. None where either offer names no day at all.
    """
    for one in (sale, purchase):
        if one.supply_from is None and one.supply_to is None:
            return None
    weight = WEIGHTS["time"]
    starts, ends = zip(*(period(one, today) for one in (sale, purchase)), strict=True)
    shared = (min(ends) - max(starts)).days + 1
    if shared < 1:
        apart = 1 - shared
        finding = PartFinding.SPOILS_BEFORE if sale.perishable else PartFinding.PERIODS_APART
        return MatchPart(TOUCHING * max(0, 1 - apart / MAX_GAP_DAYS), weight, finding, apart)
    shorter = min((end - start).days + 1 for start, end in zip(starts, ends, strict=True))
    return MatchPart(
        min(1.0, TOUCHING + (1 - TOUCHING) * shared / shorter), weight, PartFinding.PERIODS_MEET
    )


def period(one: OfferFacts, today: date) -> tuple[date, date]:
    """First and last day from today on; an open end is far away, a past one stays past."""
    start = one.supply_from or today
    end = one.supply_to or max(start, today) + timedelta(days=OPEN_DAYS)
    return min(max(start, today), max(start, end)), end


def trust_part(sale: OfferFacts, purchase: OfferFacts) -> MatchPart:
    """Verified by the county, and deals finished before: the mean of both parties."""
    value = (_record(sale) + _record(purchase)) / 2
    finding = {
        (True, True): PartFinding.BOTH_VERIFIED,
        (True, False): PartFinding.SELLER_VERIFIED,
        (False, True): PartFinding.BUYER_VERIFIED,
        (False, False): PartFinding.UNVERIFIED,
    }[sale.verified, purchase.verified]
    return MatchPart(value, WEIGHTS["trust"], finding)


def _record(one: OfferFacts) -> float:
    return 0.6 * one.verified + 0.4 * min(one.finished_deals, FULL_RECORD_DEALS) / FULL_RECORD_DEALS


def freshness_part(sale: OfferFacts, purchase: OfferFacts, now: datetime) -> MatchPart:
    """The mean over both offers of how lately they were posted."""
    ages = [max(0.0, (now - one.published_at) / timedelta(days=1)) for one in (sale, purchase)]
    value = sum(1 / (1 + age / AGEING_DAYS) for age in ages) / 2
    return MatchPart(value, WEIGHTS["freshness"], PartFinding.POSTED, int(max(ages)))
