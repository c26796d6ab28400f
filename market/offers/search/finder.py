"""Finding offers: what may be asked, and the answer read from the database.

The search room installs a quicker finder over its index; when that can't answer, the
database does (`market.offers.search.database_search`), and the visitor sees no difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from flask import current_app

from market.offers.search.database_search import database_search
from market.offers.search.filters import Filters, Found
from market.regions.models import county_path, is_township, is_within
from market.regions.queries import region_lexicon

# With fewer than this in the place asked for, what lies around it is looked at as well.
MIN_RESULTS = 5
# Counties whose centroids are no farther apart are neighbours: an hour or two by road.
NEIGHBOURS_KM = 100

Finder = Callable[[Filters], Found | None]


def set_finder(finder: Finder | None) -> None:
    """Ask `finder` first from now on, in this app; it answers None when it can't."""
    current_app.extensions["offer_finder"] = finder


def find(filters: Filters) -> Found:
    """What is asked for; where a place has too little, what is around it after it."""
    found = _asked(filters)
    if len(filters.regions) != 1 or filters.area == "place":
        return found
    place, inside = filters.regions[0], found.total
    for name, regions in _wider(place):
        if filters.area not in ("", name):
            continue
        if not filters.area and found.total >= MIN_RESULTS:
            break
        wider = _asked(replace(filters, regions=regions, first=place))
        if wider.total > found.total:
            found = replace(wider, widened=name, inside=inside)
    return found


def _asked(filters: Filters) -> Found:
    """The answer of the installed finder, or else of the database."""
    finder = current_app.extensions.get("offer_finder")
    found = finder(filters) if finder else None
    return database_search(filters) if found is None else found


def _wider(place: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(name, paths) of what lies around a place, ever wider."""
    if is_township(place):
        place = county_path(place)
        yield "county", (place,)
    above = place.split("/")[:-1]
    if len(above) == 2:
        prefecture = "/".join(above)
        yield "prefecture", (prefecture,)
        near = region_lexicon().near_by(place, NEIGHBOURS_KM)
        outside = (path for path in near if not is_within(path, prefecture))
        yield "neighbours", (prefecture, *outside)
    if above:
        yield "province", (above[0],)
    yield "country", ()
