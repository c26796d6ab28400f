"""A cross-tabulation as rows and columns, with the sums of what adds up."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _

from market.deals.models import Channel
from market.regions.queries import region_lexicon
from market.tables.crosstab_labels import KeyNames, figure_of, kind_of
from market.tables.table import ColumnKind, format_cell
from market.tallies.crosstab import count_crosstab
from market.tallies.crosstab_query import (
    REGION_AXES,
    TIME_AXES,
    Axis,
    CrosstabQuery,
    Key,
    Measure,
    period_end,
    period_start,
)
from market.tallies.figures import Figure
from market.tallies.trees import Tree

# Side by side; the first of what deals have, the others of what fairs list.
SIDE_BY_SIDE = (Measure.VALUE, Measure.DEALS, Measure.QUANTITY, Measure.SOLD, Measure.BOUGHT)
LISTED_BESIDE = (Measure.LISTINGS, Measure.SUPPLY, Measure.DEMAND)


@dataclass(frozen=True)
class GridColumn:
    """A column of values.

    Attributes:
        query: what it counts; `query.axes` are those of the rows.
        key: on the axis of the columns; None where they are measures.
        label: its head, without a unit where all columns have the same.
    """

    query: CrosstabQuery
    figure: Figure
    kind: ColumnKind
    label: str
    key: Any = None


@dataclass(frozen=True)
class GridRow:
    """A row: its keys on the axes of the rows, a value for each column (None: nothing), and what
    they are together, where the grid has that."""

    keys: Key
    values: Sequence[Any]
    total: Any = None


@dataclass(frozen=True)
class Grid:
    """Rows and columns of a cross-tabulation.

    Attributes:
        row_axes: one or two.
        sums: of each column all rows together; None where the rows do not add up.
        has_totals: whether each row has what its columns are together.
        whole: all of it; None where it does not add up.
        cells: the values by their keys; none where measures stand side by side.
    """

    query: CrosstabQuery
    row_axes: tuple[Axis, ...]
    column_axis: Axis | None
    columns: Sequence[GridColumn]
    rows: Sequence[GridRow]
    sums: Sequence[Any] | None
    has_totals: bool
    whole: Any
    cells: dict[Key, Any] = field(default_factory=dict, repr=False)

    @property
    def size(self) -> int:
        """How many cells it has."""
        return len(self.rows) * len(self.columns)

    @property
    def figure(self) -> Figure:
        """The figure of the query."""
        return figure_of(self.query)

    @property
    def sum_label(self) -> str:
        """What the row and the column beside the values are."""
        return _("Mean") if self.query.measure is Measure.MEAN_PRICE else _("Total")

    def text(self, column: int, value: Any) -> str:
        """A value of that column as a person reads it."""
        return format_cell(self.columns[column].kind, value)


def make_grid(
    query: CrosstabQuery,
    column_axis: Axis | None,
    names: KeyNames,
    is_side_by_side: bool = False,
    by_value: bool = False,
) -> Grid:
    """Count the query, whose axes are those of the rows.

    Args:
        is_side_by_side: the columns are the measures that go together.
        by_value: the largest rows first; else they stand in the order of their keys.
    """
    axes = query.axes
    if is_side_by_side:
        return _side_by_side(query, by_value)
    whole_query = query.by(*axes, column_axis) if column_axis else query
    cells = count_crosstab(whole_query)
    columns = _columns(query, whole_query, column_axis, cells, names)
    column_keys = [(column.key,) if column_axis else () for column in columns]
    totals = _margin(whole_query, cells, axes)
    rows = [
        GridRow(keys, [cells.get((*keys, *key)) for key in column_keys], (totals or {}).get(keys))
        for keys in _row_keys(whole_query, axes, cells)
    ]
    if by_value:
        rows.sort(key=lambda row: -(row.total or 0))
    sums = _margin(whole_query, cells, (column_axis,) if column_axis else ())
    whole = _margin(whole_query, cells, ())
    return Grid(
        whole_query,
        axes,
        column_axis,
        columns,
        rows,
        [sums.get(key) for key in column_keys] if sums is not None and rows else None,
        column_axis is not None and totals is not None,
        whole.get(()) if whole else None,
        cells,
    )


def _side_by_side(query: CrosstabQuery, by_value: bool) -> Grid:
    """The measures that go together, each counted by itself."""
    is_of_deals = query.evidence or query.channel is Channel.DAILY
    measures = [*SIDE_BY_SIDE, *(() if is_of_deals else LISTED_BESIDE)]
    queries = [query.of(one) for one in measures]
    counted = [count_crosstab(one) for one in queries]
    columns = [
        GridColumn(one, figure_of(one), kind_of(one), figure_of(one).heading) for one in queries
    ]
    every = {keys: 1 for cells in counted for keys in cells}
    rows = [
        GridRow(keys, [cells.get(keys) for cells in counted])
        for keys in _row_keys(query, query.axes, every)
    ]
    if by_value:
        rows.sort(key=lambda row: -(row.values[0] or 0))
    sums = [sum(cells.values()) or None for cells in counted] if rows else None
    return Grid(query.of(Measure.VALUE), query.axes, None, columns, rows, sums, False, None)


def _columns(
    query: CrosstabQuery,
    whole: CrosstabQuery,
    axis: Axis | None,
    cells: Iterable[Key],
    names: KeyNames,
) -> list[GridColumn]:
    figure, kind = figure_of(whole), kind_of(whole)
    if axis is None:
        return [GridColumn(query, figure, kind, figure.heading)]
    keys = _ordered(whole, axis, {key[-1] for key in cells})
    labels = names.labels(axis, keys)
    return [GridColumn(query, figure, kind, labels[key], key) for key in keys]


def _margin(
    query: CrosstabQuery, cells: dict[Key, Any], axes: Sequence[Axis]
) -> dict[Key, Any] | None:
    """The values by some of the axes alone: sums of the cells, counted anew where they are no
    sums (of mean prices), or None where there is no such figure."""
    if axes == query.axes:
        return cells
    if query.measure is Measure.MEAN_PRICE:
        return count_crosstab(query.by(*axes))
    if not all(query.adds_up(axis) for axis in query.axes if axis not in axes):
        return None
    places = [query.axes.index(axis) for axis in axes]
    found: dict[Key, Any] = {}
    for key, value in cells.items():
        part = tuple(key[place] for place in places)
        found[part] = found.get(part, 0) + value
    return found


def values_by(grid: Grid, axis: Axis) -> list[tuple[Any, Any]]:
    """(key, value) of the grid's measure by one axis alone, in the axis's order; for charts."""
    known = axis in grid.query.axes and grid.cells
    counted = _margin(grid.query, grid.cells, (axis,)) if known else None
    if counted is None:
        counted = count_crosstab(grid.query.by(axis))
    keys = _ordered(grid.query, axis, {key for (key,) in counted})
    return [(key, counted.get((key,))) for key in keys]


def _row_keys(query: CrosstabQuery, axes: Sequence[Axis], cells: Iterable[Key]) -> list[Key]:
    """The keys of the rows: of one axis all there are, of two those with something."""
    found = {key[: len(axes)] for key in cells}
    if len(axes) == 1:
        return [(key,) for key in _ordered(query, axes[0], {key for (key,) in found})]
    return sorted(found, key=lambda keys: tuple(map(_sortable, keys)))


def _sortable(key: Any) -> Any:
    return str(key)


def _ordered(query: CrosstabQuery, axis: Axis, found: set[Any]) -> list[Any]:
    """The keys of an axis in their order: every region that is counted and every period between
    the first and the last, else those that have something."""
    if axis in REGION_AXES:
        found = found | _regions(query.tree, query.leaves, axis)
        return sorted(found, key=lambda code: query.tree.nodes[code].path)
    if axis in TIME_AXES and found:
        return _periods(axis, found)
    return sorted(found)


def _regions(tree: Tree, leaves: Iterable[str], axis: Axis) -> set[str]:
    """Of the regions counted, those that there are: what has ended only stands where it has
    something."""
    present = region_lexicon().places if not tree.is_frozen else tree.nodes
    codes = [code for code in leaves if code in present]
    if axis is Axis.COUNTY:
        return set(codes)
    return {(tree.parent(tree.nodes[code]) or tree.nodes[code]).code for code in codes}


def _periods(axis: Axis, found: set[Any]) -> list[Any]:
    day, last = period_start(axis, min(found)), max(found)
    periods = []
    while day <= last:
        periods.append(day)
        day = period_end(axis, day) + timedelta(days=1)
    return periods
