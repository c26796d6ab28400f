"""Several offers side by side 比较: one unit, and what each comes to for who looks at them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from market.matching.door_price import DoorPrice, freight_for
from market.matching.queries import STANDING, facts_of_row, read_offers
from market.matching.rules import OfferFacts, first_product
from market.offers.cards import Card
from market.offers.models import Offer, Side
from market.offers.queries import cards_of
from market.products.quantities import quoted_unit
from market.products.units import UNITS, base_unit
from market.regions.models import Region
from market.regions.rules import great_circle_km
from market.web.home_time import home_now

MAX_COMPARED = 5
_COMPARED = STANDING.add_columns(Offer.packaging, Offer.delivery, Offer.verified_at)
# Prices by weight are told per one of these.
MASS_UNITS = ("jin", "kg", "ton")


@dataclass(frozen=True)
class Compared:
    """An offer beside others.

    Attributes:
        row: the columns of its card, with packaging, delivery and verified_at.
        km: from the place of who compares, as the crow flies; None where that is unknown.
        price: None where it is on request.
    """

    card: Card
    facts: OfferFacts
    row: Any
    km: float | None
    price: DoorPrice | None

    @property
    def amount(self) -> Decimal | None:
        """What it comes to, in yuan per base unit: what a buyer pays at the door; what a
        purchase leaves to a seller at the farm. None where that can't be said."""
        if self.price is None:
            return None
        return self.price.at_door if self.facts.side == Side.SELL else self.price.at_farm


@dataclass(frozen=True)
class OfferComparison:
    """Offers in the order they were named.

    Attributes:
        measure: what all of them, quantities and prices, are comparable in; None: in nothing.
        unit: the code of the unit all are told in; "" where they have no measure in common.
    """

    offers: Sequence[Compared]
    measure: str | None
    unit: str

    @property
    def is_one_side(self) -> bool:
        return len({one.facts.side for one in self.offers}) <= 1

    @property
    def best(self) -> set[int]:
        """Ids of the offers with the best of all prices; empty where nothing can be compared:
        goods of several kinds have no best price."""
        amounts = {one.card.id: one.amount for one in self.offers if one.amount is not None}
        kinds = {first_product(one.facts.product_path) for one in self.offers}
        if self.measure is None or not self.is_one_side or len(amounts) < 2 or len(kinds) > 1:
            return set()
        pick = min if self.offers[0].facts.side == Side.SELL else max
        return {id for id, amount in amounts.items() if amount == pick(amounts.values())}

    def quantity(self, base: Decimal | None) -> Decimal | None:
        """A quantity of base units in the unit of the comparison, to three places."""
        return None if base is None else round(base / UNITS[self.unit].factor, 3)

    def yuan(self, per_base: Decimal | None) -> Decimal | None:
        """A price per base unit, per the unit of the comparison; to the fen, as an estimate is."""
        return None if per_base is None else round(per_base * UNITS[self.unit].factor, 2)


def compare(ids: Sequence[int], place: Region | None, unit: str = "") -> OfferComparison:
    """The public ones of these offers side by side, at most MAX_COMPARED, in two statements.

    Args:
        place: where the goods go to, or come from for purchases.
        unit: in which to tell them, where they are of its measure.
    """
    wanted = list(dict.fromkeys(ids))[:MAX_COMPARED]
    rows = {row.id: row for row in read_offers(_COMPARED, wanted, home_now())}
    found = [rows[id] for id in wanted if id in rows]
    cards = cards_of(found)
    offers = [_compared(card, row, place) for card, row in zip(cards, found, strict=True)]
    measures = {one.facts.measure for one in offers}
    measures |= {one.facts.price_measure for one in offers if one.price is not None}
    if len(measures) != 1:
        return OfferComparison(offers, None, "")
    measure = measures.pop()
    if measure == "mass":
        first = quoted_unit(offers[0].facts.price_unit)
        common = next(code for code in (unit, first, "jin") if code in MASS_UNITS)
    else:
        common = base_unit(measure)
    return OfferComparison(offers, measure, common)


def _compared(card: Card, row: Any, place: Region | None) -> Compared:
    facts = facts_of_row(row)
    km = distance_to(facts, place)
    asked = facts.price_low if facts.side == Side.SELL else facts.price_high
    price = None
    if asked is not None:
        freight = freight_for(facts.product_path, facts.storage_class, facts.price_measure, km)
        price = DoorPrice(asked, card.price_basis, freight)
    return Compared(card, facts, row, km, price)


def distance_to(facts: OfferFacts, place: Region | None) -> float | None:
    """Great-circle kilometres between an offer and a place; None where one is unknown."""
    if place is None or None in (facts.latitude, place.latitude, place.longitude):
        return None
    return float(great_circle_km(facts.latitude, facts.longitude, place.latitude, place.longitude))
