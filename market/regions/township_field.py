"""What is below the county: the fields of township and village, for forms with a region."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from markupsafe import Markup
from wtforms import StringField
from wtforms.validators import ValidationError
from wtforms.widgets import TextInput

from market.database import db
from market.regions.forms import RegionField, whole_named
from market.regions.models import Region, Township
from market.regions.queries import region_lexicon
from market.regions.townships import NamedTownship
from market.web.filters import local_name
from market.web.forms import Form, Length
from market.web.language import lazy_gettext as _l

MAX_VILLAGE_LENGTH = 40


class TownshipInput(TextInput):
    """A line with the townships of the county to choose from."""

    def __call__(self, field: Any, **kwargs: Any) -> Markup:
        list_id = f"{field.id}-list"
        kwargs |= {"list": list_id, "data_townships": field.list_url, "autocomplete": "off"}
        option = Markup('<option value="{}">')
        options = Markup("").join(option.format(local_name(each)) for each in field.offered)
        line = super().__call__(field, **kwargs)
        return line + Markup('<datalist id="{}">{}</datalist>').format(list_id, options)


class TownshipField(StringField):
    """A township of the county that the form names; `data` is a Township or None.

    Attributes:
        offered: what one may choose from.
        typed: what was sent and names none of them.
    """

    widget = TownshipInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.offered: Sequence[NamedTownship] = ()
        self.typed = ""
        super().__init__(*args, **kwargs)

    @property
    def list_url(self) -> str:
        return url_for("regions.townships")

    @property
    def is_as_before(self) -> bool:
        """Whether it says what the form began with."""
        before = self.object_data
        return before is not None and self.typed in (before.name, before.name_en)

    def process_data(self, value: Township | None) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.typed, self.data = valuelist[0].strip(), None

    def choose(self, township: NamedTownship | None) -> None:
        """Take this one, or none."""
        self.data = db.session.get(Township, township.code) if township else None
        self.typed = ""

    def pre_validate(self, form: Any) -> None:
        if self.typed and form.region.data is not None:
            raise ValidationError(
                _l("Not a town of this county: choose one, or write it with the village.")
            )

    def _value(self) -> str:
        return local_name(self.data) if self.data is not None else self.typed


class BelowCounty(Form):
    """A form whose region goes on below the county.

    Attributes:
        keeps_detail: whether the form itself takes what was typed behind the county and
            names no township; else it is the village.
    """

    region: RegionField
    township = TownshipField(_l("Town or township"))
    village = StringField(_l("Village"), [Length(max=MAX_VILLAGE_LENGTH)])
    keeps_detail = False

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)
        if (county := self.region.data) is not None:
            self.township.offered = region_lexicon().townships.of(county.code)
            self._leave_former(county)
            self._read_detail(county)
            self._read_township(county)

    def _leave_former(self, county: Region) -> None:
        """Drop the place that the form began with where another county was chosen."""
        field, village = self.township, self.village
        before = field.object_data
        moved = before is not None and before.region_code != county.code
        is_whole = whole_named(county, self.region.detail) is not None
        if field.is_as_before and (moved or is_whole):
            field.choose(None)
            village.data = "" if village.data == village.object_data else village.data

    def _read_detail(self, county: Region) -> None:
        """Put what was typed behind the county in its own fields: 石门县皂市镇阳泉村."""
        detail, field, village = self.region.detail, self.township, self.village
        if not detail or whole_named(county, detail):
            return
        first, rest = region_lexicon().townships.split(detail, county.code)
        if first is not None and (field.is_as_before or not field.typed):
            is_other = field.object_data is None or first.code != field.object_data.code
            if is_other and village.data == village.object_data:
                village.data = ""
            field.choose(first)
            self.region.detail = rest
        rest = self.region.detail
        is_village = first is not None or not self.keeps_detail
        if rest and is_village and not village.data and len(rest) <= MAX_VILLAGE_LENGTH:
            village.data, self.region.detail = rest, ""

    def _read_township(self, county: Region) -> None:
        field = self.township
        if not field.typed:
            return
        if found := region_lexicon().townships.read(field.typed, county.code):
            field.choose(found)
        elif not field.offered:
            # Of other provinces they are not listed: it is said with the village.
            self.village.data = f"{field.typed}{self.village.data or ''}"
            field.choose(None)
