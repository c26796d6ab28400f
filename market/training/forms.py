"""Entering a training, and who came to it."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import RadioField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional, ValidationError

from market.accounts.forms import Needed
from market.regions.models import Region
from market.regions.queries import get_region
from market.text.characters import has_pictures
from market.text.days import Nearest
from market.training.labels import TRAINEES
from market.training.models import (
    MAX_HOURS,
    MAX_NAME_LENGTH,
    MAX_TEXT_LENGTH,
    MAX_TOPIC_LENGTH,
    MAX_VILLAGE_LENGTH,
    Trainee,
    TrainingSession,
)
from market.training.services import SessionValues
from market.web.filters import local_name
from market.web.forms import (
    DayField,
    ExactDecimalField,
    ExactIntegerField,
    FilterForm,
    Form,
    IdempotencyKey,
    Length,
    PhoneField,
)
from market.web.language import lazy_gettext as _l


def _no_pictures(_form: Form, field: StringField) -> None:
    """What certificates say is in letters: paper has no type for more."""
    if has_pictures(field.data or ""):
        raise ValidationError(_l("Leave pictures and signs out: they can't be printed."))


class TrainingForm(Form):
    """A training as it was held."""

    key = IdempotencyKey()
    region = SelectField(_l("County"))
    topic = StringField(
        _l("Topic"),
        [Needed(_l("Still missing: the topic.")), Length(max=MAX_TOPIC_LENGTH), _no_pictures],
    )
    held_on = DayField(
        _l("Day"), [Needed(_l("Still missing: the day."))], nearest=Nearest.NOT_FUTURE
    )
    hours = ExactDecimalField(
        _l("Hours"),
        [
            Needed(_l("Still missing: how many hours.")),
            NumberRange(max=MAX_HOURS, message=_l("At most %(count)s hours.", count=MAX_HOURS)),
        ],
        places=1,
        digits=3,
        description=_l("In all, such as 6 or 1.5."),
    )
    place = StringField(
        _l("Place"),
        [Needed(_l("Still missing: the place.")), Length(max=MAX_TEXT_LENGTH), _no_pictures],
    )
    teacher = StringField(
        _l("Teacher"),
        [Needed(_l("Still missing: the teacher.")), Length(max=MAX_TEXT_LENGTH), _no_pictures],
    )

    def __init__(self, counties: Sequence[Region], session: TrainingSession | None = None) -> None:
        """
        Args:
            counties: of the official.
            session: the one to correct.
        """
        super().__init__(obj=session, region=session and session.region_code)
        self.region.choices = [SelectChoice(c.code, local_name(c)) for c in counties]

    def values(self) -> SessionValues:
        """What a valid form says."""
        return SessionValues(
            region=get_region(self.region.data),
            topic=self.topic.data or "",
            held_on=self.held_on.data,
            hours=self.hours.data,  # type: ignore[arg-type]
            place=self.place.data or "",
            teacher=self.teacher.data or "",
        )


class ParticipantForm(Form):
    """Somebody who came. Sent twice it adds them once: nobody stands in a list twice."""

    phone = PhoneField(
        _l("Phone of their account"),
        description=_l("If they have an account; else leave it empty and write their name."),
    )
    name = StringField(_l("Name of the person"), [Length(max=MAX_NAME_LENGTH)])
    village = StringField(_l("Village"), [Length(max=MAX_VILLAGE_LENGTH), _no_pictures])
    trainee = RadioField(
        _l("Came as"),
        choices=[SelectChoice(each.value, word) for each, word in TRAINEES.items()],
        default=Trainee.FARMER.value,
    )


class TrainingFilter(FilterForm):
    """Of which year the trainings are."""

    year = ExactIntegerField(_l("Year"), [Optional(), NumberRange(1990, 2100)])
    page = ExactIntegerField(validators=[Optional(), NumberRange(1, 10_000)])
