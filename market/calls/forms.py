"""What came of a call, and which pairs and figures to show."""

from __future__ import annotations

from wtforms import RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from market.calls.labels import OUTCOME_CHOICES, REASONS
from market.calls.models import MAX_NOTE_LENGTH, MatchCallOutcome, RefusalReason
from market.calls.pair_list import Whose
from market.calls.periods import PeriodKind
from market.calls.services import CallResult
from market.text.days import Nearest
from market.web.forms import DayField, ExactIntegerField, FilterForm, Form, IdempotencyKey, Length
from market.web.language import lazy_gettext as _l

# Whom somebody rang today wants peace until tomorrow.
QUIET_DAYS = 1


class MatchCallForm(Form):
    """What came of a call."""

    key = IdempotencyKey()
    outcome = RadioField(
        _l("How did it end?"),
        [InputRequired(_l("Still missing: how it ended."))],
        choices=[SelectChoice(each.value, word) for each, word in OUTCOME_CHOICES.items()],
    )
    back_on = DayField(
        _l("Ring again on"),
        [Optional()],
        description=_l("On that day the pair stands in the list again."),
        nearest=Nearest.NOT_PAST,
    )
    reason = SelectField(
        _l("Why they don't trade"),
        [Optional()],
        choices=[
            SelectChoice("", _l("Choose …")),
            *(SelectChoice(each.value, word) for each, word in REASONS.items()),
        ],
    )
    note = TextAreaField(
        _l("In a few words"),
        [Length(max=MAX_NOTE_LENGTH)],
        description=_l("Price, quantity, when. Colleagues read it."),
    )

    def result(self) -> CallResult:
        """What a valid form says."""
        return CallResult(
            MatchCallOutcome(self.outcome.data),
            self.back_on.data,
            RefusalReason(self.reason.data) if self.reason.data else None,
            self.note.data or "",
        )


class PairFilter(FilterForm):
    """Which pairs to list."""

    whose = SelectField(
        validators=[Optional()],
        choices=[SelectChoice(each.value, each.value) for each in Whose],
    )
    quiet = SelectField(
        _l("Leave out whom somebody rang"),
        [Optional()],
        choices=[
            SelectChoice("1", _l("today")),
            SelectChoice("3", _l("in three days")),
            SelectChoice("7", _l("in seven days")),
            SelectChoice("0", _l("nobody")),
        ],
    )
    page = ExactIntegerField(validators=[Optional(), NumberRange(1, 10_000)])

    def quiet_days(self) -> int:
        return int(self.chosen().get("quiet", QUIET_DAYS))


class FigureFilter(FilterForm):
    """Of which period the figures are, and which of them are followed down."""

    by = SelectField(
        validators=[Optional()],
        choices=[SelectChoice(each.value, each.value) for each in PeriodKind],
    )
    period = DayField(validators=[Optional()])
    page = ExactIntegerField(validators=[Optional(), NumberRange(1, 10_000)])
