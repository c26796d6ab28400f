"""Forms of asking and continuing a question, and the filters of the queue."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import BooleanField, HiddenField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional

from market.accounts.forms import Needed, PlaceNeeded
from market.messages.models import MAX_TEXT_LENGTH
from market.regions.forms import RegionField
from market.web.filters import local_name
from market.web.forms import ExactIntegerField, FilterForm, Form, IdempotencyKey, Length
from market.web.language import lazy_gettext as _l


class TextForm(Form):
    """One text of a thread."""

    key = IdempotencyKey()
    text = TextAreaField(
        _l("Text"),
        [Needed(_l("Still missing: the text.")), Length(max=MAX_TEXT_LENGTH)],
        description=_l("At most 600 characters."),
    )


class AskForm(TextForm):
    """A question in general: to which county it goes is asked too."""

    region = RegionField(_l("Office of"), [PlaceNeeded()])


class AnswerForm(TextForm):
    """`latest`: the number of the last text that was on the page."""

    latest = HiddenField()

    @property
    def read_up_to(self) -> int:
        """The number of the last text read; 0 when it is not known."""
        given = self.latest.data or ""
        return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else 0


class QuestionFilter(FilterForm):
    """What of the queue to list.

    Args:
        given: the query string.
        counties: rows of market.desk.queries.counties; a county outside is no choice.
    """

    region = SelectField(_l("County"), validators=[Optional()])
    late = BooleanField(_l("Only late ones"))
    page = ExactIntegerField(validators=[Optional(), NumberRange(1, 10_000)])

    def __init__(self, given: Any, counties: Iterable[Any]) -> None:
        super().__init__(given)
        self.paths = {county.code: county.path for county in counties}
        self.region.choices = [SelectChoice("", _l("All counties"))] + [
            SelectChoice(county.code, local_name(county)) for county in counties
        ]

    def arguments(self) -> dict[str, Any]:
        """The filters in force as arguments of an address, without the page."""
        chosen = self.chosen()
        found = {"region": chosen.get("region"), "late": "y" if chosen.get("late") else None}
        return {name: value for name, value in found.items() if value}
