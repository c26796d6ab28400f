"""What the page of a cross-tabulation shows, as texts and addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for
from flask_babel import gettext as _

from market.tables.crosstab_chart import Chart
from market.tables.crosstab_files import scope_line, time_line, title_of
from market.tables.crosstab_labels import AXIS_LABELS
from market.tables.crosstab_request import MAX_CELLS, CrosstabRequest
from market.tables.table import ROUNDED_KINDS, format_cell
from market.tallies.crosstab_query import TIME_AXES, Axis, Measure, period_end
from market.tallies.figures import rounding_note

# Which axis a key is looked into by.
_FINER = {
    Axis.PREFECTURE: Axis.COUNTY,
    Axis.CATEGORY: Axis.SUBCATEGORY,
    Axis.SUBCATEGORY: Axis.PRODUCT,
    Axis.MONTH: Axis.DAY,
    Axis.WEEK: Axis.DAY,
}


@dataclass(frozen=True)
class PageRow:
    """A row: (label, address or "") of each key, and its values as people read them."""

    heads: Sequence[tuple[str, str]]
    texts: Sequence[str]


@dataclass(frozen=True)
class CrosstabPage:
    """The page of a request."""

    request: CrosstabRequest

    @property
    def title(self) -> str:
        return title_of(self.request)

    @property
    def lines(self) -> tuple[str, str]:
        """Of what, and as of when."""
        return scope_line(self.request), time_line(self.request)

    @property
    def query(self) -> str:
        """The query string of what is asked, always written the same way."""
        return urlencode(sorted(self.request.asked.items()))

    @property
    def is_too_large(self) -> bool:
        return self.request.grid.size > MAX_CELLS

    def address(self, **changes: Any) -> str:
        """The address of the same with changes; None takes a choice away."""
        return url_for("tables.crosstab", **{**self.request.asked, **changes})

    def file(self, form: str) -> str:
        """The address of the same as a file."""
        asked: dict[str, Any] = dict(self.request.asked)
        return url_for("tables.crosstab_file", form=form, **asked)

    @property
    def row_heads(self) -> list[str]:
        return [str(AXIS_LABELS[axis]) for axis in self.request.row_axes]

    @property
    def time_heads(self) -> list[int]:
        """Which of the row heads are periods: those are not broken."""
        return [n for n, axis in enumerate(self.request.row_axes) if axis in TIME_AXES]

    @property
    def column_heads(self) -> list[str]:
        """The heads of the values, with that of their sum where there is one."""
        grid = self.request.grid
        return [c.label for c in grid.columns] + ([grid.sum_label] if grid.has_totals else [])

    def rows(self) -> list[PageRow]:
        """Every row."""
        grid, names = self.request.grid, self.request.names
        labels = [
            names.labels(axis, {row.keys[place] for row in grid.rows})
            for place, axis in enumerate(grid.row_axes)
        ]
        found = []
        for row in grid.rows:
            heads = [
                (words[key], "" if place else self._finer(grid.row_axes[0], key))
                for place, (key, words) in enumerate(zip(row.keys, labels, strict=True))
            ]
            found.append(PageRow(heads, self._texts(row.values, row.total)))
        return found

    def sums(self) -> list[str]:
        """The row below: empty where nothing adds up."""
        grid = self.request.grid
        return self._texts(grid.sums, grid.whole) if grid.sums is not None else []

    @property
    def has_more(self) -> bool:
        """Whether the choices that are folded away are used, or one of them is refused."""
        form = self.request.form
        folded = (form.within, form.region, form.product, form.first, form.last, form.evidence)
        return any(field.data or field.errors for field in (*folded, form.order))

    def chart_title(self, chart: Chart) -> str:
        """What the chart shows."""
        return _(
            "%(figure)s by %(axes)s",
            figure=chart.figure.named,
            axes=str(AXIS_LABELS[chart.axis]).lower(),
        )

    def notes(self) -> list[str]:
        """How the figures are counted, and what does not add up."""
        query = self.request.grid.query
        notes = []
        if any(column.kind in ROUNDED_KINDS for column in self.request.grid.columns):
            notes.append(rounding_note())
        if query.measure is Measure.MEAN_PRICE:
            notes.append(_("Means are no sums: the last row and column are of all deals together."))
        if query.measure is Measure.MERCHANTS:
            notes.append(
                _(
                    "A merchant counts once in a fair, where and when the first listing that is "
                    "verified was posted; merchants of several fairs are not added up."
                )
            )
        if any(axis in TIME_AXES for axis in query.axes):
            notes.append(
                _("A deal is of the day it was agreed, a listing of the day it was posted.")
            )
        if self.request.is_side_by_side or query.measure in (Measure.SOLD, Measure.BOUGHT):
            notes.append(
                _("Sold is by the seller's county, bought by the buyer's; the two are never added.")
            )
        return notes

    def _texts(self, values: Sequence[Any], total: Any) -> list[str]:
        grid = self.request.grid
        texts = [grid.text(place, value) for place, value in enumerate(values)]
        return texts + ([format_cell(grid.columns[0].kind, total)] if grid.has_totals else [])

    def _finer(self, axis: Axis, key: Any) -> str:
        """Where the parts of a key are: the counties of a prefecture, the days of a week."""
        finer = _FINER.get(axis)
        if finer is None or finer in self.request.grid.query.axes:
            return ""
        if axis is Axis.PREFECTURE:
            return self.address(rows=finer.value, region=key)
        if finer is Axis.DAY:
            ends = {"first": key.isoformat(), "last": period_end(axis, key).isoformat()}
            return self.address(rows=finer.value, **ends)
        return self.address(rows=finer.value, product=key)
