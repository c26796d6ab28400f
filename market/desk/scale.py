"""Where a figure stands among what is usual, as places on a line: pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import log
from typing import Any

from market.deals.flag_rules import Quartiles, is_far_above, is_outside

# Left free at both ends, as a ratio.
MARGIN = Decimal("1.15")


@dataclass(frozen=True)
class Scale:
    """A line on which ratios are distances, so that half and double are as far from one.

    Attributes:
        title: what is measured; unit: of all figures; months: the season, or empty.
        text: the figures as text, of `figure` and of `usual`, by name.
        figure, low, median, high, lowest, highest: per cent of the line from the left; the
            last two are where unusual begins.
        outside: the figure is unusual.
    """

    title: Any
    unit: Any
    count: int
    months: str
    text: dict[str, str]
    figure: float
    low: float
    median: float
    high: float
    lowest: float
    highest: float
    outside: bool


def scale_of(
    title: Any,
    figure: Decimal,
    usual: Quartiles | None,
    unit: Any,
    format_figure: Any,
    months: str = "",
    both_ways: bool = False,
) -> Scale | None:
    """The scale of a figure; None where what is usual isn't known.

    Args:
        format_figure: turns a figure into text.
        both_ways: too little is unusual too.
    """
    if usual is None:
        return None
    lowest, highest = usual.fences
    left, right = min(lowest, figure) / MARGIN, max(highest, figure) * MARGIN

    def place(value: Decimal) -> float:
        return round(100 * log(value / left) / log(right / left), 2)

    figures = {"low": usual.low, "median": usual.median, "high": usual.high, "figure": figure}
    return Scale(
        title=title,
        unit=unit,
        count=usual.count,
        months=months,
        text={name: format_figure(value) for name, value in figures.items()},
        lowest=place(lowest) if both_ways else 0.0,
        highest=place(highest),
        outside=is_outside(figure, usual) if both_ways else is_far_above(figure, usual),
        **{name: place(value) for name, value in figures.items()},
    )
