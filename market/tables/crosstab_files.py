"""A cross-tabulation as a formatted workbook, and as a long CSV with a row for each value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from wtforms import SelectField
from wtforms.fields import SelectChoice

from market.database import utcnow
from market.tables.crosstab_labels import AXIS_LABELS, MEASURE_LABELS, has_code
from market.tables.crosstab_request import CrosstabRequest
from market.tables.table import KG_A_TONNE, Block, Column, ColumnKind, Table
from market.tallies.crosstab_query import PRODUCT_DIGITS, REGION_AXES, TIME_AXES, Axis, Measure
from market.text.cells import WrittenNumber, csv_parts
from market.web.filters import day, format_datetime, local_name

# The heads of the long file, the same in every language: programs read them.
TIDY_HEADS = (
    *("region_code", "region", "product_code", "product", "day", "period", "fair", "channel"),
    *("measure", "value", "unit"),
)
_WIDE_FIRST = (
    *(Axis.PREFECTURE, Axis.COUNTY, Axis.CATEGORY, Axis.SUBCATEGORY, Axis.PRODUCT),
    *(Axis.MONTH, Axis.WEEK, Axis.DAY, Axis.FAIR, Axis.CHANNEL),
)
_PERIODS = {Axis.DAY: "day", Axis.WEEK: "week", Axis.MONTH: "month"}


def title_of(request: CrosstabRequest) -> str:
    """What is counted by what."""
    axes = [*request.row_axes, *([request.column_axis] if request.column_axis else [])]
    by = _(", ").join(str(AXIS_LABELS[axis]).lower() for axis in axes)
    if request.is_side_by_side:
        return _("Figures by %(axes)s", axes=by)
    return _("%(figure)s by %(axes)s", figure=request.grid.figure.label, axes=by)


def scope_line(request: CrosstabRequest) -> str:
    """Of what it is: the place, the fair, and the filters."""
    places = [request.place] if request.place else request.scope
    parts = [
        _(", ").join(local_name(place) for place in places),
        _chosen(request.form.fair),
    ]
    for field in (request.form.product, request.form.evidence):
        if field.name in request.asked:
            parts.append(_chosen(field))
    query = request.query
    if query.first or query.last:
        parts.append(
            _("%(first)s to %(last)s", first=day(query.first) or "…", last=day(query.last) or "…")
        )
    return _("; ").join(parts)


def _chosen(field: SelectField) -> str:
    """The label of what is chosen."""
    choices = [choice for choice in field.choices if isinstance(choice, SelectChoice)]
    return next(str(choice.label) for choice in choices if choice.value == field.data)


def time_line(request: CrosstabRequest) -> str:
    """As of when, and of which entry of the ledger."""
    return _(
        "Cut-off time: %(time)s; ledger entry %(entry)s",
        time=format_datetime(utcnow()),
        entry=request.query.entry,
    )


def crosstab_table(request: CrosstabRequest) -> Table:
    """The table as a workbook has it: the codes of regions and products in columns of their own."""
    grid, names = request.grid, request.names
    columns: list[Column] = []
    for axis in grid.row_axes:
        label = str(AXIS_LABELS[axis])
        if has_code(axis):
            columns.append(Column(_code_head(axis, label), width=14))
        columns.append(Column(label, width=20))
    adds = all(grid.query.adds_up(axis) for axis in grid.row_axes)
    for column in grid.columns:
        columns.append(Column(_value_head(request, column), column.kind, adds, 14))
    if grid.has_totals:
        columns.append(Column(grid.sum_label, grid.columns[0].kind, adds, 14))
    labels = [
        names.labels(axis, {row.keys[place] for row in grid.rows})
        for place, axis in enumerate(grid.row_axes)
    ]
    rows = [
        (
            *_heads(grid.row_axes, row.keys, labels),
            *row.values,
            *((row.total,) if grid.has_totals else ()),
        )
        for row in grid.rows
    ]
    total = None
    if grid.sums is not None:
        first = sum(1 + has_code(axis) for axis in grid.row_axes)
        heads = [grid.sum_label, *[""] * (first - 1)]
        total = (*heads, *grid.sums, *((grid.whole,) if grid.has_totals else ()))
    lines = (scope_line(request), time_line(request))
    title = title_of(request)
    return Table("crosstab", _("Custom statistics"), title, lines, columns, [Block(rows)], total)


def _heads(
    axes: Sequence[Axis], keys: Sequence[Any], labels: Sequence[dict[Any, str]]
) -> list[str]:
    cells = []
    for axis, key, words in zip(axes, keys, labels, strict=True):
        cells += [key] if has_code(axis) else []
        cells.append(words[key])
    return cells


def _code_head(axis: Axis, label: str) -> str:
    if axis in REGION_AXES:
        return _("%(column)s code (GB/T 2260)", column=label)
    return _("%(column)s code", column=label)


def _value_head(request: CrosstabRequest, column: Any) -> str:
    axis = request.column_axis
    if axis is None:
        return str(column.label)
    return f"{column.label} {column.key}" if has_code(axis) else str(column.label)


def tidy_chunks(request: CrosstabRequest) -> Iterator[bytes]:
    """The long CSV: a row for each value, with the codes of what it is of."""
    return csv_parts(_tidy_rows(request))


def _tidy_rows(request: CrosstabRequest) -> Iterator[Sequence[Any]]:
    yield TIDY_HEADS
    grid, names = request.grid, request.names
    axes = [*grid.row_axes, *([grid.column_axis] if grid.column_axis else [])]
    cells_of: list[dict[Any, dict[str, str]]] = []
    for place, axis in enumerate(axes):
        is_row = place < len(grid.row_axes)
        keys = {row.keys[place] for row in grid.rows} if is_row else {c.key for c in grid.columns}
        words = names.labels(axis, keys)
        cells_of.append({key: _tidy_key(axis, key, words[key]) for key in keys})
    # Of two keys of one kind the finer one stands.
    order = sorted(range(len(axes)), key=lambda place: _WIDE_FIRST.index(axes[place]))
    whole = dict.fromkeys(TIDY_HEADS, "") | _tidy_filters(request)
    for row in grid.rows:
        for column, value in zip(grid.columns, row.values, strict=True):
            if value is None:
                continue
            on_axes = (*row.keys, column.key)
            cells: dict[str, Any] = dict(whole)
            for place in order:
                cells |= cells_of[place][on_axes[place]]
            written, unit = _tidy_value(column, value)
            label = str(MEASURE_LABELS[column.query.measure])
            cells |= {"measure": label, "value": written, "unit": unit}
            yield list(cells.values())


def _tidy_filters(request: CrosstabRequest) -> dict[str, str]:
    """The cells that are the same in every row: the one place, product or fair it is of."""
    cells: dict[str, str] = {}
    places = [request.place] if request.place else request.scope
    if len(places) == 1 and places[0]:
        cells |= {"region_code": places[0].code, "region": local_name(places[0])}
    if code := request.query.product:
        cells |= {"product_code": code, "product": request.names.label(Axis.PRODUCT, code)}
    return cells | ({"fair": local_name(request.fair)} if request.fair else {})


def _tidy_key(axis: Axis, key: Any, label: str) -> dict[str, str]:
    """The cells that a key fills."""
    if axis in REGION_AXES:
        return {"region_code": key, "region": label}
    if axis in PRODUCT_DIGITS:
        return {"product_code": key, "product": label}
    if axis in TIME_AXES:
        assert isinstance(key, date)
        return {"day": key.isoformat(), "period": _PERIODS[axis]}
    return {"fair": label} if axis is Axis.FAIR else {"channel": label}


def _tidy_value(column: Any, value: Any) -> tuple[Any, str]:
    """The exact value and its unit: yuan to the fen, tonnes, or a number."""
    if column.kind is ColumnKind.WAN:
        return WrittenNumber(f"{Decimal(value) / 100:.2f}"), _("CNY")
    if column.kind is ColumnKind.MASS:
        return WrittenNumber(f"{(Decimal(value) / KG_A_TONNE).normalize():f}"), str(
            column.figure.unit
        )
    if column.kind is ColumnKind.NUMBER:
        return WrittenNumber(f"{Decimal(value).normalize():f}"), str(column.figure.unit)
    return value, _unit_of_number(column.query.measure)


def _unit_of_number(measure: Measure) -> str:
    if measure is Measure.DEALS:
        return _("deals")
    return _("merchants") if measure is Measure.MERCHANTS else _("listings")
