"""What the price pages are asked for, read from the query string."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from market.prices.queries import home_place
from market.regions.lexicon import Place
from market.regions.queries import region_lexicon
from market.web.filters import local_name
from market.web.forms import FilterForm, Length
from market.web.language import lazy_gettext as _l

MAX_SEARCH_LENGTH = 60


class ProductSearch(FilterForm):
    """A product, as people write it, or a category."""

    q = StringField(_l("Product"), validators=[Optional(), Length(max=MAX_SEARCH_LENGTH)])
    category = StringField(validators=[Optional(), Length(max=2)])


class PlaceFilter(FilterForm):
    """The home region, one of its prefectures or counties, and which prices.

    A place that is none of them is the home region.
    """

    region = SelectField(_l("Place"), validators=[Optional()], default="", validate_choice=False)
    measure = StringField(validators=[Optional(), Length(max=12)])

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        lexicon, home = region_lexicon(), home_place()
        known = lexicon.places.get(self.region.data or "")
        self.place: Place = known if known and lexicon.at_home(known.code) else home
        choices = [home, *lexicon.directly_inside(home)]
        if self.place not in choices:
            choices.append(self.place)
        self.region.choices = [
            SelectChoice("" if place is home else place.code, local_name(place))
            for place in choices
        ]
        self.region.data = "" if self.place is home else self.place.code
