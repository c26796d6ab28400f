"""Taking quotations for a purchase, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.fields import SelectChoice

from market.messages.purchase_outcomes import MAX_NOTE_LENGTH
from market.messages.purchase_quotations import QuotedPrice
from market.offers.labels import OUTCOME_REASONS, OUTCOMES
from market.offers.models import Offer, OutcomeReason, OutcomeResult
from market.products.amount_fields import PartOfQuantityField
from market.web.forms import Form, IdempotencyKey, Length
from market.web.language import lazy_gettext as _l


class TakeForm(Form):
    """How much is taken of each seller; `take_form` adds a field for each."""

    key = IdempotencyKey()
    unit = HiddenField()

    @property
    def takes_any(self) -> bool:
        """Whether there is a quotation to take."""
        return any(field.name.startswith("take_") for field in self)

    def takes(self) -> dict[int, Decimal]:
        """Of a valid form, how much of each quotation, by its number, in the offer's unit."""
        fields = (field for field in self if field.name.startswith("take_"))
        return {int(f.name.removeprefix("take_")): f.data for f in fields if f.data}


def take_form(offer: Offer, rows: Sequence[QuotedPrice]) -> TakeForm:
    """The form for those of the quotations that can be taken, filled with the suggestion."""
    fields = {
        f"take_{row.quotation.id}": PartOfQuantityField(row.seller.name, digits=10)
        for row in rows
        if row.is_open
    }
    data = {f"take_{row.quotation.id}": row.suggested for row in rows}
    form: TakeForm = type("TakeForm", (TakeForm,), fields)(data={**data, "unit": offer.unit})
    form.unit.data = offer.unit
    return form


class OutcomeForm(Form):
    """What came of a purchase request."""

    result = RadioField(
        _l("What came of it?"),
        choices=[SelectChoice(one.value, word) for one, word in OUTCOMES.items()],
    )
    reason = SelectField(
        _l("Why was it not filled whole?"),
        choices=[SelectChoice("", _l("choose"))]
        + [SelectChoice(one.value, word) for one, word in OUTCOME_REASONS.items()],
        default="",
    )
    note = TextAreaField(_l("In your own words"), [Length(max=MAX_NOTE_LENGTH)])

    @property
    def chosen_result(self) -> OutcomeResult:
        return OutcomeResult(self.result.data)

    @property
    def chosen_reason(self) -> OutcomeReason | None:
        return OutcomeReason(self.reason.data) if self.reason.data else None
