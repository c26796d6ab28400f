"""How to look at a comparison; read from the query string."""

from __future__ import annotations

from wtforms import SelectField
from wtforms.fields import SelectChoice

from market.matching.comparison import MASS_UNITS
from market.products.units import UNITS
from market.regions.forms import RegionField
from market.web.forms import FilterForm
from market.web.language import lazy_gettext as _l


class ComparisonForm(FilterForm):
    """For which place, and in which unit."""

    to = RegionField(_l("Your county"))
    unit = SelectField(
        _l("Unit"),
        choices=[SelectChoice("", _l("as the first"))]
        + [SelectChoice(code, UNITS[code].name) for code in MASS_UNITS],
        default="",
    )
