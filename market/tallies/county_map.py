"""The county map: shapes of seeds/reference projected once, coloured by a figure.

Equirectangular with the cosine of the middle latitude, on whole units of a square of
WIDTH; good for a province, and nothing is measured on it.
"""

from __future__ import annotations

import csv
import json
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import config
from market.regions.rules import short_english_name
from market.tallies.borders import Corner, Ring, border_lines, middle
from market.tallies.figures import Figure
from market.tallies.queries import CountyRow
from market.web.assets import digest

WIDTH = 1000
LEVELS = 6
SHIPPED = "map_{code}.geojson"

Point = tuple[float, float]
# Of the English names of autonomous prefectures: Xiangxi Tujia and Miao Autonomous Prefecture.
_PEOPLES = re.compile(r" [A-Z]\w+(?: and [A-Z]\w+)? Autonomous Prefecture$")


@dataclass(frozen=True)
class Outline:
    """Projected shapes by region code, their common box, and what must stand beside them.

    Attributes:
        borders: the lines around the prefectures, as the data of one path.
        middles: where the name of each shape and prefecture stands, by its code.
    """

    paths: dict[str, str]
    width: int
    height: int
    attribution: str
    borders: str
    middles: dict[str, Corner]

    @cached_property
    def version(self) -> str:
        """Differs where the lines do."""
        return digest("".join([*self.paths.values(), self.borders]).encode())


@dataclass(frozen=True)
class Shape:
    """A county to draw: its reporting row, and the zones that are drawn on it."""

    code: str
    county: CountyRow | None
    zones: Sequence[CountyRow]
    path: str
    level: int

    @property
    def rows(self) -> list[CountyRow]:
        """What reports in it."""
        return [row for row in (self.county, *self.zones) if row]


@lru_cache(maxsize=64)
def outline(home: str, codes: frozenset[str]) -> Outline | None:
    """The shapes of `codes` on the map of the home region; None where there is none."""
    file = config.REFERENCE / SHIPPED.format(code=home)
    if not file.exists():
        return None
    source = json.loads(file.read_text("utf-8"))
    parents = {f["properties"]["code"]: f["properties"]["parent"] for f in source["features"]}
    shapes = {
        feature["properties"]["code"]: _rings(feature["geometry"])
        for feature in source["features"]
        if feature["properties"]["code"] in codes
    }
    points = [point for rings in shapes.values() for ring in rings for point in ring]
    if not points:
        return None
    west, east = min(x for x, _y in points), max(x for x, _y in points)
    south, north = min(y for _x, y in points), max(y for _x, y in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / max((east - west) * squeeze, north - south)

    def place(point: Point) -> tuple[int, int]:
        x, y = point
        return round((x - west) * squeeze * scale), round((north - y) * scale)

    corners = {code: [[*map(place, ring)] for ring in rings] for code, rings in shapes.items()}
    within: dict[str, list[Ring]] = {}
    for code, rings in corners.items():
        within.setdefault(parents[code], []).extend(rings)
    width, height = place((east, south))
    return Outline(
        {code: "".join(map(_path, rings)) for code, rings in corners.items()},
        width,
        height,
        source["attribution"],
        borders="".join(_path(line, "") for line in border_lines(corners, parents)),
        middles={code: middle(rings) for code, rings in (corners | within).items()},
    )


@lru_cache(maxsize=1)
def short_names() -> dict[str, tuple[str, str]]:
    """What stands on the map for each region: its name without kind and peoples, Chinese and
    English: 湘西, Xiangxi.

    Of the reference data, as the shapes are.
    """
    with (config.REFERENCE / "regions.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: (
                row["short_name"],
                _PEOPLES.sub("", short_english_name(row["name_en"])),
            )
            for row in csv.DictReader(file)
        }


def _rings(geometry: dict[str, Any]) -> list[list[Point]]:
    coordinates = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return [[(x, y) for x, y in ring] for polygon in polygons for ring in polygon]


def _path(points: Iterable[Corner], end: str = "z") -> str:
    """A ring as relative steps, without those that a unit can't show; a line without an end."""
    (x, y), *rest = points
    steps = []
    start = (x, y)
    for nx, ny in rest:
        if (nx, ny) != (x, y):
            steps.append(f"{nx - x},{ny - y}")
            x, y = nx, ny
    if len(steps) < (3 if end else 1):
        return ""
    return f"M{start[0]},{start[1]}l{' '.join(steps)}{end}".replace(",-", "-").replace(" -", "-")


def level_limits(amounts: Iterable[int]) -> list[int]:
    """Where each level above the first begins, so that the levels hold about as many each."""
    ordered = sorted(fen for fen in amounts if fen > 0)
    cuts = (
        {ordered[len(ordered) * level // LEVELS] for level in range(1, LEVELS)}
        if ordered
        else set()
    )
    return sorted(cuts - {ordered[0]}) if ordered else []


def level_of(amount: int, cuts: Sequence[int]) -> int:
    """0 for nothing, else 1 up to LEVELS."""
    return 1 + sum(amount >= cut for cut in cuts) if amount > 0 else 0


def shapes(
    rows: Iterable[CountyRow], drawn: Outline, figure: Figure
) -> tuple[list[Shape], list[int]]:
    """(the counties to draw by `figure`, the limits of their levels); a zone counts with its
    host."""
    rows = list(rows)
    counties = {row.code: row for row in rows if row.host_code is None}
    zones: dict[str, list[CountyRow]] = {}
    for row in rows:
        if row.host_code is not None:
            zones.setdefault(row.host_code, []).append(row)
    amounts = {
        code: sum(figure.of(r) or 0 for r in [counties.get(code), *zones.get(code, ())] if r)
        for code in drawn.paths
    }
    cuts = level_limits(amounts.values())
    drawn_shapes = [
        Shape(code, counties.get(code), zones.get(code, ()), path, level_of(amounts[code], cuts))
        for code, path in drawn.paths.items()
    ]
    return drawn_shapes, cuts


def colours(folder: Path = config.ROOT / "static" / "css") -> dict[str, str]:
    """The map's tokens: an image can't reach the page's stylesheet."""
    return dict(
        re.findall(r"--(map-\d|card|line): (#\w+);", (folder / "tokens.css").read_text("utf-8"))
    )
