"""What the pictures of a fair are drawn from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import current_app

from market.tallies import county_map as county_map
from market.tallies.borders import Corner
from market.tallies.county_map import Outline, Shape
from market.tallies.figures import Figure
from market.tallies.queries import CountyRow
from market.tallies.trees import Node
from market.web.language import is_english

# Of the letters on a map, in its units: as static/css has them where they are largest.
LETTER = 30
ROOM_ABOVE = 70


@dataclass(frozen=True)
class MapLabel:
    """A name on the map, and where its middle stands."""

    text: str
    x: int
    y: int


@dataclass(frozen=True)
class CountyMap:
    """What the map by a figure and its key need.

    Attributes:
        cuts: from where on each level above the first begins.
        labels: the names of the prefectures, or of the counties where there is one prefecture.
    """

    outline: Outline
    shapes: Sequence[Shape]
    cuts: Sequence[int]
    labels: Sequence[MapLabel]

    @property
    def zones(self) -> list[tuple[CountyRow, CountyRow | None]]:
        """(zone, the county it is drawn on) of those that report by themselves."""
        return [(row, shape.county) for shape in self.shapes for row in shape.zones]

    @property
    def view(self) -> str:
        """The viewBox: room for a line of text is above the shapes."""
        width, height = self.outline.width, self.outline.height
        return f"-4 {-ROOM_ABOVE} {width + 8} {height + ROOM_ABOVE + 4}"


def outline_of(rows: Iterable[CountyRow | Node]) -> Outline | None:
    """The lines of these counties; None where there is no map of them."""
    codes = frozenset(row.host_code or row.code for row in rows)
    return county_map.outline(current_app.config["HOME_REGION"], codes)


def map_drawing(rows: Sequence[CountyRow], by: Figure) -> CountyMap | None:
    """The map of `rows` by a figure; None where there is no map to draw."""
    drawn = outline_of(rows)
    if drawn is None:
        return None
    shapes, cuts = county_map.shapes(rows, drawn, by)
    prefectures = list(dict.fromkeys(row.parent[0] for row in rows if row.parent))
    codes = prefectures if len(prefectures) > 1 else [shape.code for shape in shapes]
    named = [
        (map_name(code), middle)
        for code in codes
        if code in county_map.short_names() and (middle := drawn.middles.get(code))
    ]
    return CountyMap(drawn, shapes, cuts, _without_overlaps(named))


def map_name(code: str) -> str:
    """What stands on the map for the region, in the page's language."""
    return county_map.short_names()[code][is_english()]


def _without_overlaps(named: Iterable[tuple[str, Corner]]) -> list[MapLabel]:
    """The names that have room; the others are shown with their figure."""
    placed: list[tuple[MapLabel, float]] = []
    for text, (x, y) in named:
        half = len(text) * LETTER * (0.3 if text.isascii() else 0.5)
        if text and all(
            abs(x - other.x) >= half + other_half or abs(y - other.y) >= LETTER
            for other, other_half in placed
        ):
            placed.append((MapLabel(text, x, y), half))
    return [label for label, _half in placed]


def has_map(rows: Iterable[CountyRow | Node]) -> bool:
    """Whether there is a map of these counties."""
    return outline_of(rows) is not None


def top_counties(rows: Sequence[CountyRow], by: Figure, number: int) -> list[CountyRow]:
    """The first `number` counties by a figure, the largest first; those with nothing last,
    and beyond `number` of those with something, none. Where no county has anything, none is
    first."""
    ordered = sorted(rows, key=lambda row: (-(by.of(row) or 0), row.code))
    if not any(by.of(row) for row in rows):
        return []
    return [row for row in ordered if by.of(row) or number >= len(rows)][:number]
