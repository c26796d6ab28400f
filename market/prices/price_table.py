"""The prices of a product as a table to take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask_babel import gettext as _

from market.deals.flag_rules import Quartiles
from market.prices.labels import price_unit, unit_name
from market.prices.product_page import ProductPrices, ranked_place
from market.prices.queries import price_board
from market.products.units import UNITS
from market.regions.labels import level_word
from market.tables.table import Block, Column, ColumnKind, RegionName, Table
from market.web.filters import day, local_name


def price_table(page: ProductPrices) -> Table:
    """A row for each place that has enough prices, the whole region first."""
    unit = unit_name(page.measure)
    number = ColumnKind.NUMBER
    columns = (
        Column(_("Place"), width=18, is_region=True),
        Column(_("Level"), width=8),
        Column(_("Asked, median (CNY/%(unit)s)", unit=unit), number),
        Column(_("Lower quartile asked"), number),
        Column(_("Upper quartile asked"), number),
        Column(_("Offers"), ColumnKind.COUNT),
        Column(_("Against the whole region"), ColumnKind.SHARE),
        Column(_("Agreed, median (CNY/%(unit)s)", unit=unit), number),
        Column(_("Lower quartile agreed"), number),
        Column(_("Upper quartile agreed"), number),
        Column(_("Deals"), ColumnKind.COUNT),
    )
    title = _("Prices of %(product)s", product=local_name(page.product))
    lines = [f"{local_name(page.home.place)} · {day(page.day)}"]
    return Table("prices", _("Market prices"), title, lines, columns, [Block(list(_rows(page)))])


def _rows(page: ProductPrices) -> Iterator[list[Any]]:
    good = page.product.code, page.measure
    for price in price_board().places_with(good):
        place = price.place
        yield [
            RegionName(local_name(place), place.code),
            level_word([place.code]),
            *_figures(price.asked, page.measure),
            ranked_place(price, page.home).above,
            *_figures(price.agreed, page.measure),
        ]


def _figures(quartiles: Quartiles | None, measure: str) -> list[Any]:
    """Median, lower and upper quartile in yuan per unit, and of how many."""
    if quartiles is None:
        return [None] * 4
    converted = quartiles.times(UNITS[price_unit(measure)].factor)
    return [converted.median, converted.low, converted.high, converted.count]
