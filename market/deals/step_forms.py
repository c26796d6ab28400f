"""Short forms of a deal's steps: reasons, codes, papers, calls, proofs; and the list's filter."""

from __future__ import annotations

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from market.deals.call_backs import unregistered_side
from market.deals.labels import CALL_OUTCOMES, PARTY_LABELS, TABS
from market.deals.models import Deal
from market.deals.queries import DealTab
from market.offers.models import Side
from market.offers.photo_field import PhotosField
from market.web.forms import (
    ExactIntegerField,
    FilterForm,
    Form,
    Length,
)
from market.web.language import lazy_gettext as _l
from market.web.reasons import MAX_REASON_LENGTH


class ReasonForm(Form):
    """The reason of an action."""

    reason = StringField(_l("Reason"), [Length(max=200)])


class CodeForm(Form):
    """The code that the side without an account was sent."""

    code = StringField(
        _l("Code from the message"),
        [InputRequired(_l("Still missing: the code.")), Length(max=20)],
        description=_l("The six digits in their text message."),
    )

    def digits(self) -> str:
        """What was typed, without spaces and dashes; full-width digits are read too."""
        return "".join(char for char in self.code.data or "" if char.isdigit())


class PaperForm(Form):
    """A picture of the paper that both sides signed."""

    paper = PhotosField(_l("Signed paper"), folder="proofs", max_photos=1)


class CallForm(Form):
    """What came of a call of the county to one side of `deal`."""

    side = RadioField(_l("Who was rung"), [InputRequired(_l("Still missing: who was rung."))])
    outcome = RadioField(
        _l("What came of it"),
        [InputRequired(_l("Still missing: what came of the call."))],
        choices=[SelectChoice(each.value, word) for each, word in CALL_OUTCOMES.items()],
    )
    answer = TextAreaField(
        _l("What was said"),
        [InputRequired(_l("Still missing: what was said.")), Length(max=MAX_REASON_LENGTH)],
        description=_l("Whom you spoke to, and which figures they named."),
    )

    def __init__(self, deal: Deal) -> None:
        missing = unregistered_side(deal)
        super().__init__(data={"side": missing.value if missing else None})
        self.side.choices = [
            SelectChoice(side.value, f"{PARTY_LABELS[side]} · {deal.party(side).name}")
            for side in Side
        ]


class ProofForm(Form):
    """A picture that proves the deal."""

    proof = PhotosField(_l("Add a picture"), folder="proofs", max_photos=1)


class DealFilter(FilterForm):
    """Which of my deals to list."""

    tab = SelectField(
        choices=[SelectChoice(tab.value, name) for tab, name in TABS.items()],
        validators=[Optional()],
    )
    page = ExactIntegerField(validators=[Optional(), NumberRange(1, 10_000)])

    def chosen_tab(self, waiting: int) -> DealTab:
        """The tab of the query string; else the waiting deals if there are any, or all."""
        return DealTab(self.chosen().get("tab", DealTab.WAITING if waiting else DealTab.ALL))
