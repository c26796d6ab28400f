"""What the axes, measures and keys of a cross-tabulation are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _

from market.deals.labels import CHANNELS
from market.deals.models import Channel
from market.fairs.models import Fair
from market.products.queries import named_products
from market.products.units import UNITS, Dimension, base_unit
from market.tables.figures import COLUMN_KINDS
from market.tables.table import ColumnKind
from market.tallies.crosstab_query import (
    PRODUCT_DIGITS,
    REGION_AXES,
    TIME_AXES,
    WEIGHTED,
    Axis,
    CrosstabQuery,
    Measure,
)
from market.tallies.figures import BY_NAME, Basis, Figure
from market.tallies.trees import Tree
from market.web.filters import day, local_name
from market.web.language import lazy_gettext as _l

AXIS_LABELS = {
    Axis.PREFECTURE: _l("Prefecture"),
    Axis.COUNTY: _l("County"),
    Axis.CATEGORY: _l("Category"),
    Axis.SUBCATEGORY: _l("Subcategory"),
    Axis.PRODUCT: _l("Product"),
    Axis.DAY: _l("Day"),
    Axis.WEEK: _l("Calendar week"),
    Axis.MONTH: _l("Month"),
    Axis.FAIR: _l("Fair"),
    Axis.CHANNEL: _l("At a fair or outside"),
}
FIGURES = {
    Measure.VALUE: BY_NAME["amount_fen"],
    Measure.DEALS: BY_NAME["deals"],
    Measure.QUANTITY: replace(BY_NAME["mass_kg"], label=_l("Quantity")),
    Measure.MEAN_PRICE: Figure("deals", _l("Mean unit price"), additive=False),
    Measure.SOLD: BY_NAME["sold_fen"],
    Measure.BOUGHT: BY_NAME["bought_fen"],
    Measure.LISTINGS: BY_NAME["listings"],
    Measure.SUPPLY: BY_NAME["sell"],
    Measure.DEMAND: BY_NAME["buy"],
    Measure.MERCHANTS: BY_NAME["merchants"],
}
MEASURE_LABELS = {one: figure.label for one, figure in FIGURES.items()}


def figure_of(query: CrosstabQuery) -> Figure:
    """The figure that the query counts: its words and unit, and the basis of its days."""
    figure = FIGURES[query.measure]
    if query.measure in WEIGHTED:
        is_mass = query.dimension == Dimension.MASS
        unit = str(UNITS[base_unit(query.dimension)].name)
        if query.measure is Measure.MEAN_PRICE:
            figure = replace(figure, unit=_("CNY/%(unit)s", unit=unit))
        elif not is_mass:
            figure = replace(FIGURES[Measure.DEALS], label=figure.label, unit=unit)
    is_of_days = any(axis in TIME_AXES for axis in query.axes)
    return figure.by(Basis.AGREED) if is_of_days else figure


def kind_of(query: CrosstabQuery) -> ColumnKind:
    """What a table makes of the query's values."""
    if query.measure in WEIGHTED and not (
        query.measure is Measure.QUANTITY and query.dimension == Dimension.MASS
    ):
        return ColumnKind.NUMBER
    return COLUMN_KINDS[FIGURES[query.measure].kind]


@dataclass(frozen=True)
class KeyNames:
    """The names of the keys on the axes, in the page's language."""

    tree: Tree
    fairs: Mapping[int, Fair]

    def labels(self, axis: Axis, keys: Iterable[Any]) -> dict[Any, str]:
        """The label of each key."""
        keys = list(keys)
        if axis in PRODUCT_DIGITS:
            names = named_products(keys)
            return {key: local_name(names[key]) if key in names else key for key in keys}
        return {key: self.label(axis, key) for key in keys}

    def label(self, axis: Axis, key: Any) -> str:
        """The label of one key."""
        if axis in REGION_AXES:
            return local_name(self.tree.nodes[key])
        if axis in PRODUCT_DIGITS:
            return self.labels(axis, [key])[key]
        if axis is Axis.WEEK:
            return _("week of %(day)s", day=day(key))
        if axis is Axis.MONTH:
            return _("%(month)s/%(year)s", year=key.year, month=key.month)
        if axis is Axis.DAY:
            return day(key)
        if axis is Axis.FAIR:
            return local_name(self.fairs[key]) if key else str(CHANNELS[Channel.DAILY])
        return str(CHANNELS[Channel(key)])


def has_code(axis: Axis) -> bool:
    """Whether the keys of the axis are codes of their own: of regions, of products."""
    return axis in REGION_AXES or axis in PRODUCT_DIGITS
