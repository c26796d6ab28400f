"""What administrators send about regions and townships."""

from __future__ import annotations

from typing import Any

from wtforms import StringField
from wtforms.validators import InputRequired, ValidationError

from market.regions.forms import RegionField
from market.text.days import Nearest
from market.web.forms import DayField, FilterForm, Form, Length
from market.web.language import lazy_gettext as _l

MAX_NAME, MAX_SHORT_NAME, MAX_NAME_EN = 30, 20, 80


class RegionSearchForm(FilterForm):
    """Which region an administrator looks for."""

    q = StringField(_l("Name or code"), [Length(max=40)])


class TownshipForm(Form):
    """The names of a township."""

    name = StringField(
        _l("Name"), [InputRequired(_l("Still missing: the name.")), Length(2, MAX_NAME)]
    )
    name_en = StringField(
        _l("Name in English"),
        [InputRequired(_l("Still missing: the name.")), Length(2, MAX_NAME_EN)],
    )


class RegionForm(TownshipForm):
    """The names of a region."""

    short_name = StringField(
        _l("Short name"),
        [InputRequired(_l("Still missing: the name.")), Length(1, MAX_SHORT_NAME)],
        description=_l("Without 省, 市, 县 or 区, as tables and maps have it."),
    )

    def names(self) -> tuple[str, str, str]:
        """(name, short name, name in English), once validated."""
        return self.name.data or "", self.short_name.data or "", self.name_en.data or ""


class EndRegionForm(Form):
    """When a region ended, and what it became."""

    last_day = DayField(
        _l("Its last day"),
        [InputRequired(_l("Still missing: the day."))],
        nearest=Nearest.NOT_FUTURE,
    )
    became = RegionField(_l("Became"), leaves_only=False)

    def validate_became(self, field: Any) -> None:
        if field.data is None and not field.process_errors:
            raise ValidationError(_l("Still missing: the region that it became."))
