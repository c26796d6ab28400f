"""Borders and middles of areas that share their corners: pure geometry on whole units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

Corner = tuple[int, int]
Ring = Sequence[Corner]
Edge = tuple[Corner, Corner]


def border_lines(areas: Mapping[str, Iterable[Ring]], group: Mapping[str, str]) -> list[Ring]:
    """The lines between areas of different groups, and around all: as few lines as it takes.

    Args:
        areas: the rings of each area, by its code; neighbours have the same corners.
        group: which group each area is of.
    """
    groups: dict[Edge, list[str]] = defaultdict(list)
    for code, rings in areas.items():
        for ring in rings:
            for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
                if a != b:
                    groups[min(a, b), max(a, b)].append(group[code])
    return _joined(edge for edge, found in groups.items() if len(found) < 2 or len({*found}) > 1)


def _joined(edges: Iterable[Edge]) -> list[Ring]:
    """The edges as lines that go on for as long as there is an edge left at their end."""
    ends: dict[Corner, dict[Corner, None]] = defaultdict(dict)
    for a, b in edges:
        ends[a][b] = ends[b][a] = None
    lines: list[Ring] = []
    # Where an odd number meet, a line has to end: those first, what remains are rings.
    for start in [*(c for c, to in ends.items() if len(to) % 2), *ends]:
        while ends[start]:
            line = [start]
            while onward := ends[line[-1]]:
                corner = next(iter(onward))
                del ends[line[-1]][corner], ends[corner][line[-1]]
                line.append(corner)
            lines.append(line)
    return lines


def middle(rings: Iterable[Ring]) -> Corner:
    """The centre of gravity of the rings together; of their corners where they have no area."""
    rings = [list(ring) for ring in rings]
    area = x = y = 0.0
    for ring in rings:
        for (ax, ay), (bx, by) in zip(ring, [*ring[1:], ring[0]], strict=True):
            cross = ax * by - bx * ay
            area, x, y = area + cross, x + (ax + bx) * cross, y + (ay + by) * cross
    if not area:
        corners = [corner for ring in rings for corner in ring]
        return round(sum(c[0] for c in corners) / len(corners)), round(
            sum(c[1] for c in corners) / len(corners)
        )
    return round(x / (3 * area)), round(y / (3 * area))
