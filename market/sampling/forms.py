"""Deciding about a drawn deal, and answering a doubt."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional

from market.accounts.forms import Needed
from market.sampling.labels import STATES
from market.sampling.models import MAX_NOTE_LENGTH, SampleState
from market.web.forms import Form, Length
from market.web.language import lazy_gettext as _l


class SampleCheckForm(Form):
    """What was found of a drawn deal."""

    outcome = RadioField(
        _l("What did you find?"),
        [Needed(_l("Still missing: what you found."))],
        choices=[
            SelectChoice(SampleState.GENUINE.value, STATES[SampleState.GENUINE]),
            SelectChoice(SampleState.DOUBTFUL.value, _l("Doubtful: back to the county")),
        ],
    )
    note = TextAreaField(
        _l("Note"),
        [Optional(), Length(max=MAX_NOTE_LENGTH)],
        description=_l(
            "Whom you rang, what you looked at. Of a doubt: what the county looks into."
        ),
    )


class DoubtAnswerForm(Form):
    """What the county found of a doubt."""

    note = TextAreaField(
        _l("What the county found"),
        [Needed(_l("Write what you looked at and whom you asked.")), Length(max=MAX_NOTE_LENGTH)],
    )
