"""Forms of the station's pages of sheets."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, ValidationError

from market.accounts.forms import Needed
from market.offers.photo_field import PhotosField
from market.sheets.labels import SHEET_PAPERS
from market.sheets.models import (
    MAX_COPIES,
    MAX_NOTE_LENGTH,
    MAX_SPOT_LENGTH,
    MAX_STATION_LENGTH,
    MAX_VILLAGE_LENGTH,
    PaperSize,
)
from market.sheets.weeks import SheetWeek
from market.sheets.wording import format_week
from market.text.days import Nearest
from market.web.forms import (
    DayField,
    ExactIntegerField,
    Form,
    IdempotencyKey,
    Length,
    PhoneField,
)
from market.web.language import lazy_gettext as _l

BY_VILLAGE, OF_PLACE = "villages", "place"


def _copies_field(label: Any) -> ExactIntegerField:
    return ExactIntegerField(
        label,
        [
            Needed(_l("Still missing: how many.")),
            NumberRange(1, MAX_COPIES, _l("From 1 to %(most)s.", most=MAX_COPIES)),
        ],
        default=2,
    )


class StackForm(Form):
    """Which sheets to make one file of."""

    key = IdempotencyKey()
    week = SelectField(_l("Which week"))
    by_village = RadioField(
        _l("Which sheets"),
        choices=[
            SelectChoice(BY_VILLAGE, _l("One for each village")),
            SelectChoice(OF_PLACE, _l("One for the whole place")),
        ],
        default=BY_VILLAGE,
    )
    paper = RadioField(
        _l("Paper"),
        choices=[SelectChoice(paper.value, label) for paper, label in SHEET_PAPERS.items()],
        default=PaperSize.A4.value,
    )
    copies = _copies_field(_l("Copies of each"))

    def __init__(self, weeks: list[SheetWeek], **values: Any) -> None:
        super().__init__(**values)
        self.week.choices = [SelectChoice(str(week), format_week(week)) for week in weeks]


class PostingForm(Form):
    """Where sheets hang now."""

    key = IdempotencyKey()
    village = StringField(
        _l("Village"),
        [Needed(_l("Still missing: the village.")), Length(2, MAX_VILLAGE_LENGTH)],
    )
    spot = StringField(
        _l("Where in the village"),
        [Needed(_l("Still missing: where it hangs.")), Length(2, MAX_SPOT_LENGTH)],
        description=_l("Such as the notice board of the village committee, or the shop."),
    )
    posted_on = DayField(
        _l("Day"), [Needed(_l("Still missing: the day."))], nearest=Nearest.NOT_FUTURE
    )
    copies = _copies_field(_l("Copies"))
    photo = PhotosField(
        _l("Picture of it hanging there"),
        folder="postings",
        max_photos=1,
        description=_l(
            "One is needed. The station and the county see it, nobody else. No faces, please."
        ),
    )
    note = StringField(_l("Note"), [Length(max=MAX_NOTE_LENGTH)])

    def validate_photo(self, field: PhotosField) -> None:
        if not field.data and not field.errors:
            raise ValidationError(_l("Still missing: the picture."))


class CardForm(Form):
    """What is printed of the station."""

    station = StringField(
        _l("Name of the station"),
        [Needed(_l("Still missing: the name.")), Length(2, MAX_STATION_LENGTH)],
    )
    phone = PhoneField(
        _l("Phone to print"),
        [Needed(_l("Still missing: the phone."))],
        description=_l(
            "Everybody who walks past reads it. It need not be the one you log in with."
        ),
    )


class VillagesForm(Form):
    """The villages that get a sheet."""

    villages = TextAreaField(
        _l("Villages"),
        description=_l("One on each line. Those that people and offers name are added."),
    )
