"""The numbers of a cross-tabulation as bars, as a line, or on the map."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from market.tables.crosstab_grid import values_by
from market.tables.crosstab_labels import figure_of
from market.tables.crosstab_request import CrosstabRequest
from market.tallies.crosstab_query import REGION_AXES, TIME_AXES, Axis, Measure
from market.tallies.figures import Figure
from market.tallies.pictures import has_map, map_drawing
from market.tallies.queries import CountyRow
from market.tallies.trees import Node

MAX_BARS = 20


@dataclass(frozen=True)
class Chart:
    """A chart to draw.

    Attributes:
        kind: bars, line or map; `kinds` are those that suit what is asked.
        axis: what the values are by.
        points: (label, value, value as text); of bars the largest first, at most MAX_BARS.
        more: how many are left out of the bars.
        map: what market.tallies.pictures.map_drawing gives.
    """

    kind: str
    kinds: Sequence[str]
    figure: Figure
    axis: Axis
    points: Sequence[tuple[str, Any, str]] = ()
    more: int = 0
    map: Any = None


@dataclass(frozen=True)
class MappedCounty(CountyRow):
    """A county with the one value that the map is coloured by."""

    value: Any = None


def make_chart(request: CrosstabRequest) -> Chart | None:
    """The chart asked for, else the first that suits the rows; None where nothing is counted."""
    grid = request.grid
    if not grid.rows or not any(value for row in grid.rows for value in row.values):
        return None
    kinds = _kinds(request)
    kind = request.chart if request.chart in kinds else kinds[0]
    figure = figure_of(grid.query)
    if kind == "map":
        drawing = map_drawing(_counties(request), _mapped(figure))
        return Chart(kind, kinds, _mapped(figure), Axis.COUNTY, map=drawing)
    axis = grid.row_axes[0] if kind == "bars" else _time_axis(request)
    assert axis is not None
    labels = request.names.labels
    values = values_by(grid, axis)
    if kind == "line":
        words = labels(axis, [key for key, _value in values])
        points = [(words[key], value or 0, figure.format(value or 0)) for key, value in values]
        return Chart(kind, kinds, figure, axis, points)
    ranked = sorted(((k, v) for k, v in values if v and v > 0), key=lambda one: -one[1])
    words = labels(axis, [key for key, _value in ranked[:MAX_BARS]])
    points = [(words[key], value, figure.format(value)) for key, value in ranked[:MAX_BARS]]
    return Chart(kind, kinds, figure, axis, points, len(ranked) - len(points))


def _kinds(request: CrosstabRequest) -> list[str]:
    """Bars of the rows; a line where there is time, first where the rows are; a map where regions
    are told apart and add up, and there is one."""
    kinds = ["bars"]
    if _time_axis(request):
        kinds.insert(0 if request.row_axes[0] in TIME_AXES else 1, "line")
    axes = request.grid.query.axes
    is_sum = request.grid.query.measure is not Measure.MEAN_PRICE
    if is_sum and set(REGION_AXES) & set(axes) and has_map(_nodes(request)):
        kinds.append("map")
    return kinds


def _time_axis(request: CrosstabRequest) -> Axis | None:
    return next((axis for axis in request.grid.query.axes if axis in TIME_AXES), None)


def _mapped(figure: Figure) -> Figure:
    """The figure, read from MappedCounty.value."""
    return Figure("value", figure.label, figure.kind, figure.unit)


def _nodes(request: CrosstabRequest) -> list[Node]:
    return [request.tree.nodes[code] for code in sorted(request.query.leaves)]


def _counties(request: CrosstabRequest) -> list[MappedCounty]:
    counted = dict(values_by(request.grid, Axis.COUNTY))
    return [
        MappedCounty(
            code=node.code,
            name=node.name,
            name_en=node.name_en,
            path=node.path,
            host_code=node.host_code,
            value=counted.get(node.code),
        )
        for node in _nodes(request)
    ]
