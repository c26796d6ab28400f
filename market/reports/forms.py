"""What of the desk to look at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional

from market.filters import local_name
from market.forms import FilterForm


class QueueFilter(FilterForm):
    """The county and page of a queue.

    Args:
        given: the query string.
        counties: rows of market.reports.queries.counties; a county outside is no choice.
    """

    region = SelectField(_l("County"), validators=[Optional()])
    page = IntegerField(validators=[Optional(), NumberRange(1, 10_000)])

    def __init__(self, given: Any, counties: Iterable[Any]) -> None:
        super().__init__(given)
        self.paths = {county.code: county.path for county in counties}
        self.region.choices = [SelectChoice("", _l("All counties"))] + [
            SelectChoice(county.code, local_name(county)) for county in counties
        ]
