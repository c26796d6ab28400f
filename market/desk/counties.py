"""What waits to be verified in each county of a wider desk, prefecture by prefecture."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from market.desk import queries
from market.desk.queue_types import QUEUES
from market.desk.queues import QueueState
from market.regions.queries import region_lexicon


class CountyOrder(enum.StrEnum):
    """Orders of the counties, and of their prefectures."""

    LATE = "late"
    DEALS = "deals"
    OFFERS = "offers"
    OLDEST = "oldest"
    PLACE = "place"


@dataclass
class Waiting:
    """What waits to be verified in a county, or in all of a prefecture's together."""

    place: Any
    deals: int = 0
    offers: int = 0
    late: int = 0
    oldest: datetime | None = None
    counties: list[Waiting] = field(default_factory=list)

    def add(self, deals: int, offers: int, late: int, oldest: datetime | None) -> None:
        """Put more of the same to it."""
        self.deals += deals
        self.offers += offers
        self.late += late
        self.oldest = min((at for at in (self.oldest, oldest) if at), default=None)


def waiting_by_prefecture(counties: Sequence[Any], order: CountyOrder) -> list[Waiting]:
    """The prefectures where something waits, each with its counties, in that order.

    Args:
        counties: rows of queries.counties().
    """
    lines = {county.code: Waiting(county) for county in counties}
    for kind in QUEUES:
        for row in queries.waiting(kind, list(lines)):
            if row.state is QueueState.WAITING:
                number = {"deals": 0, "offers": 0, kind: row.count}
                lines[row.county].add(**number, late=row.late, oldest=row.oldest)
    lexicon = region_lexicon()
    found: dict[str, Waiting] = {}
    for line in lines.values():
        if not (line.deals or line.offers):
            continue
        own = lexicon.places[line.place.code]
        above = lexicon.above(own) or own
        group = found.setdefault(above.code, Waiting(above))
        group.add(line.deals, line.offers, line.late, line.oldest)
        group.counties.append(line)
    for group in found.values():
        group.counties = _ordered(group.counties, order)
    return _ordered(found.values(), order)


def _ordered(lines: Iterable[Waiting], order: CountyOrder) -> list[Waiting]:
    """The most, or the longest waiting, first; equals in the order of their places."""
    by_place = sorted(lines, key=lambda line: line.place.path)
    if order is CountyOrder.PLACE:
        return by_place
    if order is CountyOrder.OLDEST:
        return sorted(by_place, key=lambda line: line.oldest or datetime.max)
    return sorted(by_place, key=lambda line: -getattr(line, order.value))
