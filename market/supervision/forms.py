"""Setting targets, choosing who supervises, and writing down what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask_babel import ngettext
from wtforms import RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional

from market.accounts.forms import Needed
from market.accounts.models import Account
from market.statements.units import ReportingUnit
from market.supervision.assessment import CountyAssessment
from market.supervision.assessment_rules import FULL
from market.supervision.labels import CONTACT_KINDS, figure_of
from market.supervision.models import (
    MAX_NOTE_LENGTH,
    AssessmentPart,
    ContactKind,
    TargetMeasure,
)
from market.supervision.part_labels import PART_NAMES, PART_RULES, part_choices
from market.supervision.rules import MAX_COUNTIES
from market.text.days import Nearest
from market.web.filters import fen_a_unit, local_name
from market.web.forms import (
    DayField,
    ExactIntegerField,
    FilterForm,
    Form,
    IdempotencyKey,
    Length,
    WanField,
)
from market.web.language import lazy_gettext as _l
from market.web.reasons import MAX_REASON_LENGTH

FEN_A_WAN = 1_000_000
MAX_TARGET = 10_000_000
NOBODY = "0"


def field_name(code: str, measure: TargetMeasure) -> str:
    """The name of the field of a unit's target."""
    return f"target_{code}_{measure.value}"


class TargetForm(Form):
    """A field for each unit and figure, made by target_form(); empty is no target."""

    def values(
        self, children: Sequence[ReportingUnit]
    ) -> dict[tuple[str, TargetMeasure], int | None]:
        """What a valid form says: fen for the value of deals, else numbers."""
        found: dict[tuple[str, TargetMeasure], int | None] = {}
        for unit in children:
            for measure in TargetMeasure:
                given = self[field_name(unit.code, measure)].data
                if given is not None and measure is TargetMeasure.AMOUNT_FEN:
                    given = int(given * FEN_A_WAN)
                found[unit.code, measure] = given
        return found


def target_form(
    children: Sequence[ReportingUnit], targets: Mapping[str, Mapping[TargetMeasure, int]]
) -> TargetForm:
    """The form for the targets of these units, filled with those they have."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {}
    for unit in children:
        for measure in TargetMeasure:
            name, value = field_name(unit.code, measure), targets[unit.code].get(measure)
            label = f"{local_name(unit)} {figure_of(measure).heading}"
            if measure is TargetMeasure.AMOUNT_FEN:
                fields[name] = WanField(label, [Optional()], places=6, digits=8)
                value = Decimal(value) / fen_a_unit() if value else None  # type: ignore[assignment]
            else:
                limits = NumberRange(
                    1, MAX_TARGET, _l("A number from 1 to %(most)s.", most=MAX_TARGET)
                )
                fields[name] = ExactIntegerField(label, [Optional(), limits])
            data[name] = value
    made: TargetForm = type("FilledTargetForm", (TargetForm,), fields)(data=data)
    return made


class SupervisorForm(Form):
    """Who supervises a county.

    Args:
        people: who may be chosen, each with how many counties they have.
        current: the id of who does now.
    """

    account = RadioField(_l("Supervisor"))

    def __init__(self, people: Sequence[tuple[Account, int]], current: int | None) -> None:
        super().__init__(account=str(current or NOBODY))
        self.account.choices = [
            *(SelectChoice(str(one.id), self._choice(one, number)) for one, number in people),
            SelectChoice(NOBODY, _l("Nobody for now")),
        ]

    @staticmethod
    def _choice(one: Account, number: int) -> str:
        many = ngettext("%(num)s county", "%(num)s counties", number)
        return f"{one.name} · {many} / {MAX_COUNTIES}"

    @property
    def account_id(self) -> int | None:
        """Who was chosen; None: nobody."""
        return int(self.account.data) or None


class NoteForm(Form):
    """What was found on a visit or a call."""

    key = IdempotencyKey()
    kind = RadioField(
        _l("How"),
        choices=[SelectChoice(each.value, word) for each, word in CONTACT_KINDS.items()],
        default=ContactKind.VISIT.value,
    )
    day = DayField(_l("Day"), [Needed(_l("Still missing: the day."))], nearest=Nearest.NOT_FUTURE)
    finding = TextAreaField(
        _l("What was found"),
        [Needed(_l("Say what you found.")), Length(max=MAX_NOTE_LENGTH)],
    )


class ProgressFilter(FilterForm):
    """Which fair, and by which target the units are ordered: the least done first."""

    fair = SelectField(_l("Fair"), validators=[Optional()])
    sort = SelectField(
        _l("Order"),
        validators=[Optional()],
        choices=[
            SelectChoice("", _l("by region")),
            *(
                SelectChoice(
                    each.value, _l("%(figure)s, least done first", figure=figure_of(each).label)
                )
                for each in TargetMeasure
            ),
        ],
    )

    def __init__(self, given: Any, fairs: Sequence[Any]) -> None:
        super().__init__(given)
        self.fair.choices = [SelectChoice(fair.slug, local_name(fair)) for fair in fairs]


class AssessmentFilter(FilterForm):
    """How the composite table is ordered."""

    sort = SelectField(_l("Order"), validators=[Optional()])

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        rows = [("", _l("by rank")), ("place", _l("by prefecture")), *part_choices()]
        self.sort.choices = [SelectChoice(value, words) for value, words in rows]


class WeightForm(Form):
    """A field for each part, in percent."""

    def values(self) -> dict[AssessmentPart, int]:
        """What a valid form says."""
        return {part: self[part.value].data for part in AssessmentPart}


def weight_form(weights: Mapping[AssessmentPart, int]) -> WeightForm:
    """The form for the weights of the parts, filled with those that hold."""
    limits = NumberRange(0, FULL, _l("A number from 0 to 100."))
    needed = Needed(_l("Still missing: the weight. Write 0 where it is not to count."))
    fields = {
        part.value: ExactIntegerField(name, [needed, limits], description=PART_RULES[part])
        for part, name in PART_NAMES.items()
    }
    data = {part.value: weight for part, weight in weights.items()}
    made: WeightForm = type("FilledWeightForm", (WeightForm,), fields)(data=data)
    return made


class CommendForm(Form):
    """Which counties are commended, and why; the template draws the table they are chosen in."""

    counties = SelectMultipleField(
        _l("Counties to commend"), [Needed(_l("Choose at least one county."))]
    )
    reason = StringField(
        _l("Why they are commended"),
        [Needed(_l("Say why.")), Length(max=MAX_REASON_LENGTH)],
        description=_l("As it stands in the list; the counties chosen together share it."),
    )

    def __init__(self, rows: Sequence[CountyAssessment]) -> None:
        super().__init__()
        self.counties.choices = [SelectChoice(row.unit.code, local_name(row.unit)) for row in rows]


class WithdrawForm(Form):
    """Why a commendation is withdrawn."""

    reason = StringField(
        _l("Why it is withdrawn"), [Needed(_l("Say why.")), Length(max=MAX_REASON_LENGTH)]
    )
