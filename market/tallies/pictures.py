"""What the pictures of a fair are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app

from market.tallies import county_map as county_map
from market.tallies.figures import Figure
from market.tallies.queries import CountyRow
from market.tallies.trees import Node


def map_drawing(rows: Sequence[CountyRow], by: Figure) -> dict[str, Any] | None:
    """What the map by a figure and its legend need; None where there is no map to draw."""
    drawn = _outline(rows)
    if drawn is None:
        return None
    shapes, cuts = county_map.shapes(rows, drawn, by)
    zones = [(row, shape.county) for shape in shapes for row in shape.zones]
    return {"outline": drawn, "shapes": shapes, "cuts": cuts, "zones": zones}


def has_map(rows: Sequence[CountyRow | Node]) -> bool:
    """Whether there is a map of these counties."""
    return _outline(rows) is not None


def _outline(rows: Sequence[CountyRow | Node]) -> county_map.Outline | None:
    return county_map.outline(
        current_app.config["HOME_REGION"], frozenset(row.host_code or row.code for row in rows)
    )


def top_counties(rows: Sequence[CountyRow], by: Figure, number: int) -> list[CountyRow]:
    """The first `number` counties by a figure, the largest first; those with nothing last,
    and beyond `number` of those with something, none. Where no county has anything, none is
    first."""
    ordered = sorted(rows, key=lambda row: (-(by.of(row) or 0), row.code))
    if not any(by.of(row) for row in rows):
        return []
    return [row for row in ordered if by.of(row) or number >= len(rows)][:number]
