"""Where the lines, the band and the dots of a price chart stand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from market.deals.flag_rules import Quartiles
from market.prices.queries import AHEAD, PriceLine

# Of the plot, in the units of its viewBox.
WIDTH, HEIGHT = 1000, 100
# A price that hardly moves is drawn with so much room above and below, as a share of it.
MIN_ROOM = 0.08
TICKS = 3
Point = tuple[float, float] | None


@dataclass(frozen=True)
class Tick:
    """A height that has a number: how far down (0 to 1), and the price per base unit."""

    down: float
    price: Decimal


@dataclass(frozen=True)
class PriceChart:
    """A drawing in a box of WIDTH by HEIGHT; paths are the `d` of an SVG path.

    Attributes:
        band: between the quartiles asked; asked, last_year: through the medians.
        agreed: of each week's median its place (across and down, 0 to 1).
        newest: where the line of today ends, 0 to 1 each; None where nothing is known.
        marks: days to write below, with how far across they stand.
    """

    ticks: Sequence[Tick]
    band: str
    asked: str
    last_year: str
    agreed: Sequence[tuple[float, float]]
    newest: tuple[float, float] | None
    marks: Sequence[tuple[float, date]]


def price_chart(line: PriceLine) -> PriceChart | None:
    """The drawing of a line; None where nothing is known."""
    known = [q for part in (line.asked, line.last_year) for q in part if q is not None]
    known += [q for q in line.agreed if q is not None]
    if not known:
        return None
    ahead = AHEAD if any(line.last_year[len(line.days) :]) else 0
    last = len(line.days) - 1 + ahead
    low, high, ticks = _scale(known)

    def down(price: Decimal) -> float:
        return (high - float(price)) / (high - low)

    def points(prices: Iterable[Decimal | None]) -> list[Point]:
        return [
            None if price is None else (n / last, down(price)) for n, price in enumerate(prices)
        ]

    asked, agreed = points(_medians(line.asked)), points(_medians(line.agreed))
    lows, highs = (
        points(None if q is None else getattr(q, end) for q in line.asked)
        for end in ("low", "high")
    )
    return PriceChart(
        ticks=[Tick(down(price), price) for price in ticks],
        band=_area(highs, lows),
        asked=_path(asked),
        last_year=_path(points(_medians(line.last_year[: last + 1]))),
        agreed=[point for point in agreed if point],
        newest=next((point for point in reversed(asked) if point), None),
        marks=[(n / last, line.days[n]) for n in (0, len(line.days) // 2, len(line.days) - 1)],
    )


def _medians(prices: Iterable[Quartiles | None]) -> list[Decimal | None]:
    return [None if quartiles is None else quartiles.median for quartiles in prices]


def _scale(known: Sequence[Quartiles]) -> tuple[float, float, list[Decimal]]:
    """The lowest and the highest price of the drawing, and round prices between them."""
    low, high = min(float(q.low) for q in known), max(float(q.high) for q in known)
    room = max((high - low) * 0.1, high * MIN_ROOM)
    low, high = max(0.0, low - room), high + room
    power = 10 ** math.floor(math.log10((high - low) / TICKS))
    rough = (high - low) / TICKS / power
    step = power * next(nice for nice in (1, 2, 2.5, 5, 10) if nice >= rough * 0.8)
    first = math.ceil(low / step)
    return low, high, [Decimal(str(round(n * step, 6))) for n in range(first, int(high / step) + 1)]


def _path(points: Sequence[Point]) -> str:
    """A line through the points, broken where one is missing; one alone is a dot."""
    parts = []
    for run in _runs(points):
        parts.append("M" + "L".join(map(_at, run)) + ("h.1" if len(run) == 1 else ""))
    return "".join(parts)


def _area(tops: Sequence[Point], bottoms: Sequence[Point]) -> str:
    runs = zip(_runs(tops), _runs(bottoms), strict=True)
    return "".join(
        "M" + "L".join(map(_at, [*top, *reversed(bottom)])) + "z"
        for top, bottom in runs
        if len(top) > 1
    )


def _runs(points: Sequence[Point]) -> list[list[tuple[float, float]]]:
    """The points that follow one another without a gap."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point:
            runs[-1].append(point)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _at(point: tuple[float, float]) -> str:
    return f"{point[0] * WIDTH:.0f},{point[1] * HEIGHT:.1f}"
