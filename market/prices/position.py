"""How one offer's price stands among the prices of its place."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from market.deals.flag_rules import Quartiles
from market.offers.models import Offer, PriceBasis
from market.prices.queries import LocalPrice, price_board
from market.products.queries import NamedProduct, named_products
from market.products.units import UNITS, measure
from market.regions.lexicon import Place
from market.regions.queries import region_lexicon


class PricePosition(enum.StrEnum):
    """Below, within or above the middle half of the prices."""

    LOW = "low"
    MIDDLE = "middle"
    HIGH = "high"


@dataclass(frozen=True)
class PriceComparison:
    """What is asked around an offer.

    Attributes:
        measure: which prices are compared.
        near: the prices of the nearest place that has enough.
        place: the offer's own county.
        position: None where its price can't be compared: open, or with freight in it.
    """

    measure: str
    near: LocalPrice
    place: Place
    position: PricePosition | None

    @property
    def asked(self) -> Quartiles:
        """What is asked there."""
        assert self.near.asked is not None
        return self.near.asked

    @property
    def is_wider(self) -> bool:
        """Whether it is of more than the county, which has too few."""
        return self.near.place.code != self.place.code


def local_comparison(
    product: str, region: str, unit: str, price: Decimal | None = None
) -> PriceComparison | None:
    """What is asked for the product in and around a county; None where there is too little.

    Args:
        unit: the one of the price, or in which one would be told.
        price: yuan per base unit; None: there is none to compare.
    """
    place = region_lexicon().places.get(region)
    good = product, measure(unit)
    if place is None or (near := price_board().nearest(good, place)) is None or not near.asked:
        return None
    position = None if price is None else price_position(price, near.asked)
    return PriceComparison(good[1], near, place, position)


def offer_comparison(offer: Offer) -> PriceComparison | None:
    """The same for an offer; what is delivered to the door holds freight and is not compared."""
    price = offer.price_per_base if offer.price_basis is PriceBasis.EX_FARM else None
    return local_comparison(offer.product_code, offer.region_code, offer.price_unit, price)


def form_comparison(form: Any) -> tuple[PriceComparison | None, NamedProduct | None]:
    """The same for the form of an offer, once it knows product and county; and the product."""
    product, region = form.product.data, form.region.data
    unit = form.price_unit.data or form.unit.data
    if product is None or region is None or unit not in UNITS:
        return None, None
    found = local_comparison(product.code, region.code, unit)
    return found, named_products([product.code]).get(product.code)


def price_position(price: Decimal, asked: Quartiles) -> PricePosition:
    """Where a price stands among those asked."""
    if price < asked.low:
        return PricePosition.LOW
    return PricePosition.HIGH if price > asked.high else PricePosition.MIDDLE
