"""Choosing statements, and what is typed into one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from market.statements.explanations import EXPLAIN
from market.statements.labels import STATEMENT_KINDS, STATEMENT_STATUSES
from market.statements.models import MAX_REMARK_LENGTH, StatementKind
from market.statements.rules import Period
from market.statements.units import ReportingUnit
from market.statements.validation import ValidationFinding, ValidationSeverity
from market.statements.validation_labels import RULE_NAMES
from market.web.filters import day, local_name
from market.web.forms import ExactIntegerField, FilterForm, Form, Length
from market.web.language import lazy_gettext as _l

# The orders of the table; review_table.SORTS says how.
ORDERS = {
    "unit": _l("As on the map"),
    "state": _l("By state"),
    "increment": _l("Largest increment first"),
    "total": _l("Largest total first"),
    "earlier": _l("Largest total of the day before first"),
}


def period_name(period: Period) -> str:
    """'Daily statement 2026-09-16', or 'Final statement'."""
    name = str(STATEMENT_KINDS[period.kind])
    return name if period.kind is StatementKind.FINAL else f"{name} {day(period.day)}"


class StatementFilter(FilterForm):
    """Which fair, which period, whose counties, and in which state.

    Args:
        given: the query string.
        fairs: those with statements; periods: of the fair that is chosen.
        parents: the units whose counties may be shown, by code.
    """

    fair = SelectField(_l("Fair"), validators=[Optional()])
    period = SelectField(_l("Statement"), validators=[Optional()])
    parent = SelectField(_l("Submitted to"), validators=[Optional()])
    state = SelectField(_l("State"), validators=[Optional()])
    sort = SelectField(_l("Order"), validators=[Optional()])

    def __init__(
        self,
        given: Any,
        fairs: Iterable[Any],
        periods: Sequence[Period],
        parents: dict[str | None, ReportingUnit | None],
    ) -> None:
        super().__init__(given)
        self.fair.choices = [SelectChoice(fair.slug, local_name(fair)) for fair in fairs]
        self.period.choices = [SelectChoice(p.key, period_name(p)) for p in reversed(periods)]
        self.parent.choices = [
            SelectChoice(code or "", local_name(unit) if unit else _l("The province"))
            for code, unit in parents.items()
        ]
        self.sort.choices = [SelectChoice(name, label) for name, label in ORDERS.items()]
        self.state.choices = [SelectChoice("", _l("All"))] + [
            SelectChoice(status.value, label) for status, label in STATEMENT_STATUSES.items()
        ]


class Checkboxes(SelectMultipleField):
    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class MissingForm(Form):
    """Who is not waited for, and why.

    Args:
        lines: the standings of those who are not in.
    """

    missing = Checkboxes(_l("Not in: don't wait for"), [Optional()])
    reason = StringField(_l("Why you don't wait"), [Length(max=MAX_REMARK_LENGTH)])

    def __init__(self, lines: Iterable[Any] = ()) -> None:
        super().__init__()
        self.missing.choices = [
            SelectChoice(line.unit.code, local_name(line.unit)) for line in lines
        ]


class SubmitForm(MissingForm):
    """A statement before it is submitted: the figures are counted, only this is typed."""

    remark = StringField(
        _l("Remark"),
        [Length(max=MAX_REMARK_LENGTH)],
        description=_l("If anything needs saying; the figures speak for themselves."),
    )


def submit_form(lines: Iterable[Any], findings: Iterable[ValidationFinding]) -> SubmitForm:
    """The form with a field for the explanation of each warning, named by its key."""
    fields = {
        finding.key: StringField(
            RULE_NAMES[finding.rule], [DataRequired(EXPLAIN), Length(max=MAX_REMARK_LENGTH)]
        )
        for finding in findings
        if finding.severity is ValidationSeverity.WARNING
    }
    return type("ExplainingForm", (SubmitForm,), fields)(lines)


class CorrectionForm(Form):
    """Why the figures have become others."""

    reason = StringField(
        _l("Why the figures change"),
        [DataRequired(_l("Give a reason.")), Length(max=MAX_REMARK_LENGTH)],
    )


class DecisionForm(Form):
    """What the next level says to a correction."""

    number = ExactIntegerField(validators=[InputRequired()])
    reason = StringField(_l("Reason"), [Length(max=MAX_REMARK_LENGTH)])
