"""What matches of the demonstration say of themselves, worked out again from the raw columns."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

import config
from market.database import db, utcnow
from market.matching.basket import ABOVE
from market.matching.labels import format_part
from market.matching.queries import matches_of
from market.matching.rules import Match, MatchPart, OfferFacts
from market.offers.models import Offer, OfferStatus, PriceBasis, Side, Verification
from market.products.units import UNITS, comparable, convert
from market.regions.services import read_csv
from market.web.home_time import home_now
from market.web.language import in_language

PRODUCTS = {row["code"]: row for row in read_csv(config.REFERENCE / "products.csv")}
FREIGHT = {row["storage_class"]: row for row in read_csv(config.REFERENCE / "freight.csv")}
SUM = re.compile(
    r"(?:farm|bid at the farm) ([\d.,]+) \+ freight about ([\d.,]+) = about (?:CNY )?([\d.,]+)"
)
# Every so manyth offer; together they have over a thousand matches.
STEP = 9


@pytest.fixture(scope="module")
def market(seeded: Flask) -> Iterator[list[tuple[Offer, OfferFacts, Match]]]:
    public = Offer.status == OfferStatus.PUBLISHED
    offers = list(db.session.scalars(select(Offer).where(public).order_by(Offer.id)))[::STEP]
    with in_language("en"):
        yield [
            (offer, one.facts, one.match)
            for offer in offers
            for one in matches_of(offer, 20).ranked
        ]


def test_every_reason_is_true(market: list[tuple[Offer, OfferFacts, Match]]) -> None:
    assert len(market) > 1000
    today, said = home_now().date(), set()
    for offer, facts, match in market:
        other = db.session.get_one(Offer, facts.id)
        sale, purchase = (offer, other) if offer.side is Side.SELL else (other, offer)
        km = _km(sale, purchase)
        for name, part in match.parts.items():
            said.add(part.finding)
            assert TRUE[name](sale, purchase, part, km, today), (sale.id, purchase.id, part)
    assert len(said) >= 15


def _product(sale: Offer, purchase: Offer, part: MatchPart, *_: object) -> bool:
    sold, wanted = _varieties(sale.product_code), _varieties(purchase.product_code)
    return {
        "same_product": sold == wanted,
        "narrower": wanted[0] in sold[1:],
        "wider": sold[0] in wanted[1:],
        "sibling": sold[1:] == wanted[1:] and len(sold) > 1 and sold != wanted,
    }[part.finding]


def _varieties(code: str) -> list[str]:
    """The product and those above it that it is a variety of."""
    found = [code]
    while PRODUCTS[found[-1]]["relation"] == "variety":
        found.append(PRODUCTS[found[-1]]["parent_code"])
    return found


def _region(sale: Offer, purchase: Offer, part: MatchPart, km: float | None, today: date) -> bool:
    here, there = sale.region_code, purchase.region_code
    same = {
        "same_county": here == there,
        "same_prefecture": here[:4] == there[:4] and here != there,
        "same_province": here[:2] == there[:2] and here[:4] != there[:4],
        "apart": here[:2] != there[:2],
        "far": here[:2] != there[:2],
    }[part.finding]
    return same and (part.amount is None or km is None or abs(part.amount - km) <= 1)


def _km(sale: Offer, purchase: Offer) -> float | None:
    """By the law of cosines, on a sphere of 6,371 km."""
    places = [(o.region.latitude, o.region.longitude) for o in (sale, purchase)]
    if any(value is None for place in places for value in place):
        return None
    (a, b), (c, d) = ([math.radians(value or 0) for value in place] for place in places)
    cosine = math.sin(a) * math.sin(c) + math.cos(a) * math.cos(c) * math.cos(b - d)
    return 6371 * math.acos(max(-1.0, min(1.0, cosine)))


def _price(sale: Offer, purchase: Offer, part: MatchPart, km: float | None, today: date) -> bool:
    # In English what is priced by the jin is told per kilogram.
    unit = "kg" if purchase.price_unit == "jin" else purchase.price_unit
    assert sale.price_low is not None
    assert purchase.price_high is not None
    asked = convert(Decimal(1), unit, sale.price_unit) * sale.price_low
    bid = convert(Decimal(1), unit, purchase.price_unit) * purchase.price_high
    text = str(format_part(part))
    if not all(f"{round(value, 4).normalize():,f}" in text for value in (asked, bid)):
        return False
    landed, limit = float(asked), float(bid)
    if km is not None and comparable(unit, "kg"):
        row = FREIGHT[PRODUCTS[sale.product_code]["storage_class"]]
        rate = float(row["yuan_per_km"]) / float(row["payload_tonnes"])
        tonne = rate * 1.25 * km + float(row["loading_yuan_per_tonne"])
        freight = tonne / 1000 * float(UNITS[unit].factor)
        if sale.price_basis != purchase.price_basis:
            first, told, result = (float(n.replace(",", "")) for n in SUM.search(text).groups())
            if abs(told - freight) > max(0.011, freight / 50) or abs(first + told - result) > 1e-9:
                return False
            delivered = purchase.price_basis is PriceBasis.DELIVERED
            landed += freight if delivered else -freight
    elif sale.price_basis != purchase.price_basis:
        return True  # counted by the head: the weight is another table's
    gap = landed / limit - 1
    if abs(gap) < 1e-3:
        return True
    percent = re.search(r": ([\d,]+)% above$", text)
    if gap < 0:
        return percent is None
    return percent is not None and abs(int(percent[1].replace(",", "")) - 100 * gap) <= 1


def _quantity(sale: Offer, purchase: Offer, part: MatchPart, *_: object) -> bool:
    offered = convert(sale.remaining, sale.unit, purchase.unit)
    lot = convert(sale.min_lot, sale.unit, purchase.unit) if sale.min_lot else Decimal(0)
    share = 100 * offered / purchase.remaining
    return {
        "lot_too_large": lot > purchase.remaining,
        "covers_all": offered >= purchase.remaining >= lot,
        "covers_part": offered < purchase.remaining
        and part.amount == min(99, max(1, math.floor(share))),
    }[part.finding]


def _time(sale: Offer, purchase: Offer, part: MatchPart, km: float | None, today: date) -> bool:
    def period(one: Offer) -> tuple[date, date]:
        start = one.supply_from or today
        end = one.supply_to or max(start, today) + timedelta(days=365)
        return max(start, min(today, end)), end

    (a, b), (c, d) = period(sale), period(purchase)
    apart = (max(a, c) - min(b, d)).days
    perishable = PRODUCTS[sale.product_code]["perishable"] == "1"
    return {
        "periods_meet": apart <= 0,
        "periods_apart": part.amount == apart and not perishable,
        "spoils_before": part.amount == apart and perishable,
    }[part.finding]


def _trust(sale: Offer, purchase: Offer, part: MatchPart, *_: object) -> bool:
    verified = [one.verification is Verification.VERIFIED for one in (sale, purchase)]
    findings = {(1, 1): "both", (1, 0): "seller", (0, 1): "buyer"}
    word = findings.get((int(verified[0]), int(verified[1])))
    return part.finding == (f"{word}_verified" if word else "unverified")


def _freshness(sale: Offer, purchase: Offer, part: MatchPart, *_: object) -> bool:
    older = min(one.published_at for one in (sale, purchase) if one.published_at)
    return part.amount is not None and abs((utcnow() - older).days - part.amount) <= 1


TRUE = {
    "product": _product,
    "region": _region,
    "price": _price,
    "quantity": _quantity,
    "time": _time,
    "trust": _trust,
    "freshness": _freshness,
}


def test_a_basket_goes_above_the_bid_only_for_what_can_not_be_had_within(
    market: list[tuple[Offer, OfferFacts, Match]],
) -> None:
    planned = 0
    purchases = select(Offer).where(Offer.status == OfferStatus.PUBLISHED, Offer.side == Side.BUY)
    for offer in list(db.session.scalars(purchases.order_by(Offer.id)))[::3]:
        found = matches_of(offer, 200, with_basket=True)
        if found.basket is None:
            continue
        planned += 1
        of_owner: dict[int, Decimal] = {}
        for one in found.ranked:
            price, time = (one.match.parts.get(name) for name in ("price", "time"))
            product = one.match.parts["product"].finding
            if product in ("same_product", "narrower") and "quantity" in one.match.parts:
                least = one.facts.min_lot or 0
                late = time is not None and (time.value <= 0 or not one.match.is_in_period)
                if not least and not late and (price is None or price.finding == "prices_meet"):
                    owner = one.facts.owner_id
                    of_owner[owner] = max(of_owner.get(owner, Decimal(0)), one.facts.quantity)
        if sum(of_owner.values()) >= offer.remaining * UNITS[offer.unit].factor:
            assert not found.basket.count(ABOVE), offer.id
    assert planned > 20
