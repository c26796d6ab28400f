"""What the page of one product's prices shows, for a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from market.prices.pictures import PriceChart, price_chart
from market.prices.queries import (
    Good,
    LocalPrice,
    PriceLine,
    home_place,
    places_above,
    price_board,
    price_line,
)
from market.prices.reference import ReferencePrice, reference_price
from market.products.queries import NamedProduct
from market.products.units import Dimension
from market.regions.lexicon import Place

# Counties named on a page of the whole region: all are on those of their prefectures.
CHEAPEST = 5


@dataclass(frozen=True)
class RankedPlace:
    """A place with what is asked there, and by which fraction that is above the whole region's
    median; None where that is not known."""

    price: LocalPrice
    above: Decimal | None


@dataclass(frozen=True)
class ProductPrices:
    """The prices of a product in a place.

    Attributes:
        measures: in which the product has prices, the one most offered in first.
        place: the one asked for; near: the nearest of it and what is around it that has enough.
        line_place: of which the line is: counties have none of their own.
        ranked: prefectures, or the counties of the prefecture, the cheapest first.
        counties: of the whole region the cheapest and dearest.
        table_rows: the whole region, the prefecture, and all that is ranked.
    """

    product: NamedProduct
    day: date
    measure: str
    measures: Sequence[str]
    place: Place
    near: LocalPrice | None
    home: LocalPrice
    line_place: Place
    line: PriceLine
    chart: PriceChart | None
    ranked: Sequence[RankedPlace]
    counties: Sequence[RankedPlace]
    table_rows: Sequence[RankedPlace]
    reference: ReferencePrice | None

    @property
    def is_weighed(self) -> bool:
        """Whether prices are told per jin and per kg."""
        return self.measure == Dimension.MASS

    @property
    def is_wider(self) -> bool:
        """Whether the prices are of more than the place asked for, which has too few."""
        return self.near is not None and self.near.place.code != self.place.code


def product_prices(
    product: NamedProduct, place: Place, measure: str | None, today: date
) -> ProductPrices:
    """The prices of a product in a place of the home region; one statement.

    Args:
        measure: which prices; None or one without any: those of most offers.
        today: the day where none was counted yet.
    """
    board, home = price_board(), home_place()
    measures = [of for _, of in board.of_products.get(product.code, ())] or [Dimension.MASS.value]
    good: Good = product.code, measure if measure in measures else measures[0]
    day = board.day or today
    line_place = place if place.level < 2 else next(places_above(place), home)
    line, whole = price_line(good, line_place, day), board.price(good, home)
    inner, counties = _ranked(good, line_place, whole)
    wider = [whole] if line_place is home else [whole, board.price(good, line_place)]
    is_weighed = good[1] == Dimension.MASS
    return ProductPrices(
        product=product,
        day=day,
        measure=good[1],
        measures=measures,
        place=place,
        near=board.nearest(good, place),
        home=whole,
        line_place=line_place,
        line=line,
        chart=price_chart(line),
        ranked=[each for each in inner if each.above is not None],
        counties=counties,
        table_rows=[*(ranked_place(each, whole) for each in wider), *inner, *counties],
        reference=reference_price(product.code, day.month) if is_weighed else None,
    )


def _ranked(
    good: Good, place: Place, home: LocalPrice
) -> tuple[list[RankedPlace], list[RankedPlace]]:
    """The places right inside `place`, those without a price asked last; of the whole region the
    cheapest and dearest counties."""
    found = price_board().places_with(good)
    ranked = sorted((ranked_place(each, home) for each in found), key=_by_price)
    inner = [each for each in ranked if next(places_above(each.price.place), None) == place]
    counties = [each for each in ranked if each.price.place.level == 2 and each.price.asked]
    if place.code != home.place.code or len(counties) < 2:
        return inner, []
    ends = counties if len(counties) <= 2 * CHEAPEST else counties[:CHEAPEST] + counties[-CHEAPEST:]
    return inner, ends


def ranked_place(price: LocalPrice, home: LocalPrice) -> RankedPlace:
    """The place beside the whole region."""
    if price.asked is None or home.asked is None:
        return RankedPlace(price, None)
    return RankedPlace(price, price.asked.median / home.asked.median - 1)


def _by_price(ranked: RankedPlace) -> tuple[Decimal, str]:
    """What is asked; where nothing is known of that, last."""
    asked = ranked.price.asked
    return asked.median if asked else Decimal("Infinity"), ranked.price.place.path
