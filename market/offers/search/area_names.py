"""What a list covers that goes on around the place asked for."""

from __future__ import annotations

from market.regions.lexicon import Place
from market.regions.queries import region_lexicon
from market.web.filters import local_name
from market.web.language import gettext as _


def area_name(area: str, place: Place) -> str:
    """One of `filters.AREAS` around `place`, in words."""
    county = region_lexicon().county_of(place)
    prefecture, province = _above(county)
    match area:
        case "county":
            return _("all of %(place)s", place=local_name(county))
        case "prefecture":
            return _("all of %(place)s", place=prefecture)
        case "neighbours":
            return _("the neighbouring counties")
        case "province":
            return _("all of %(place)s", place=province)
    return _("the whole country")


def _above(county: Place) -> tuple[str, str]:
    """The names of its prefecture (itself, when it is none's) and of its province."""
    lexicon = region_lexicon()
    parent = lexicon.above(county)
    if parent is None:
        return local_name(county), local_name(county)
    province = lexicon.above(parent)
    if province is None:
        return local_name(county), local_name(parent)
    return local_name(parent), local_name(province)
