"""The filters of the monitoring pages, read from the query string."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional

from market.monitoring.labels import KIND_LABELS, LEVEL_LABELS
from market.products.queries import NamedProduct
from market.regions.lexicon import Place
from market.regions.queries import region_lexicon
from market.web.filters import local_name
from market.web.forms import ExactIntegerField, FilterForm
from market.web.language import lazy_gettext as _l


class RegionFilter(FilterForm):
    """A region inside the official's own; one outside is no choice.

    Args:
        given: the query string.
        places: the places to choose from.
        shown: paths of the official's own places, shown without choosing and so no choice.
    """

    region = SelectField(_l("Place"), validators=[Optional()], default="")

    def __init__(self, given: Any, places: Iterable[Place], shown: Iterable[str]) -> None:
        super().__init__(given)
        known = set(shown)
        self.places = {place.code: place for place in places if place.path not in known}
        self.region.choices = [SelectChoice("", _l("All"))] + [
            SelectChoice(place.code, _full_name(place)) for place in self.places.values()
        ]

    @property
    def path(self) -> str | None:
        """The path of the region chosen."""
        place = self.places.get(self.region.data or "")
        return place.path if place else None


class MarketFilter(RegionFilter):
    """Which findings to show; the categories are those with findings."""

    by = SelectField(
        choices=[SelectChoice(level, level) for level in ("county", "prefecture", "province")],
        default="county",
    )
    kind = SelectField(
        _l("Kind"),
        [Optional()],
        choices=[SelectChoice("", _l("All")), *(SelectChoice(*k) for k in KIND_LABELS.items())],
        default="",
    )
    level = SelectField(
        _l("Level"),
        [Optional()],
        choices=[SelectChoice("", _l("All")), *(SelectChoice(*k) for k in LEVEL_LABELS.items())],
        default="",
    )
    category = SelectField(_l("Category"), [Optional()], default="")
    page = ExactIntegerField(validators=[Optional(), NumberRange(1, 10_000)])

    def offer_categories(self, categories: Iterable[NamedProduct]) -> None:
        """Set the categories to choose from."""
        self.category.choices = [SelectChoice("", _l("All"))] + [
            SelectChoice(named.code, local_name(named)) for named in categories
        ]


class ActivityFilter(RegionFilter):
    """The region and order of the counties."""

    sort = SelectField(
        choices=[
            SelectChoice(name, name) for name in ("idle", "offer", "verification", "deal", "place")
        ],
        default="idle",
    )


def _full_name(place: Place) -> str:
    """A county after its prefecture, in the page's language."""
    above = region_lexicon().above(place)
    if place.level < 2 or above is None:
        return local_name(place)
    return f"{local_name(above)} · {local_name(place)}"
