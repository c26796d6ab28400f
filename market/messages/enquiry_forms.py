"""The forms of an enquiry: asking, writing, quoting, answering, reporting."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from market.messages.enquiries import DEFAULT_DAYS, QuotationTerms, Wish
from market.messages.models import MAX_TEXT_LENGTH, EnquiryThread, ReportDecision
from market.offers.labels import BASES
from market.offers.models import Offer, PriceBasis
from market.products.amount_fields import PriceField, QuantityField
from market.products.units import UNITS, comparable
from market.text.days import Nearest
from market.web.forms import DayField, Form, IdempotencyKey, Length
from market.web.home_time import home_today
from market.web.language import lazy_gettext as _l
from market.web.reasons import MAX_REASON_LENGTH

Parties = Sequence[tuple[int, str]]


def _units_for(offer: Offer) -> list[SelectChoice]:
    return [SelectChoice(u.code, u.name) for u in UNITS.values() if comparable(u.code, offer.unit)]


class MessageForm(Form):
    """Words for the other side."""

    key = IdempotencyKey()
    text = TextAreaField(_l("Message"), [Length(max=MAX_TEXT_LENGTH)])


class _PartyForm(Form):
    """For whom it is written: who is here, or a farmer they represent."""

    key = IdempotencyKey()
    party = SelectField(_l("For whom"), coerce=int)

    def choose_party(self, parties: Parties) -> None:
        self.party.choices = [SelectChoice(str(id_), name) for id_, name in parties]


class EnquireForm(_PartyForm):
    """What somebody wants of a sale. Empty fields are not said.

    Args:
        parties: (id, name) of those the account acts for; party: who is chosen at first.
    """

    quantity = QuantityField(_l("How much do you want?"), digits=10)
    unit = SelectField(_l("Unit"))
    wanted_on = DayField(_l("When do you want it?"), nearest=Nearest.NOT_PAST)
    text = TextAreaField(
        _l("What do you want to know?"),
        [Length(max=MAX_TEXT_LENGTH)],
        description=_l("Size, packing, freight, the lowest price for so much …"),
    )

    def __init__(self, offer: Offer, parties: Parties, party: int | None = None) -> None:
        super().__init__(data={"unit": offer.unit, "party": party or parties[0][0]})
        self.unit.choices = _units_for(offer)
        self.choose_party(parties)

    def wish(self) -> Wish:
        return Wish(self.quantity.data, self.unit.data, self.wanted_on.data)


class QuoteForm(_PartyForm):
    """Terms for the other side to accept.

    Args:
        thread: where it is quoted; None: to a purchase, right away.
    """

    price = PriceField(_l("Price"), [InputRequired(_l("At what price?"))], places=4, digits=7)
    price_unit = SelectField(_l("Yuan per"))
    quantity = QuantityField(
        _l("Quantity"), [InputRequired(_l("How much?"))], digits=10, price="price"
    )
    unit = SelectField(_l("Unit"))
    basis = RadioField(
        _l("Delivery"),
        choices=[SelectChoice(basis.value, word) for basis, word in BASES.items()],
    )
    valid_until = DayField(
        _l("The price holds until"),
        [InputRequired(_l("Until which day?"))],
        nearest=Nearest.NOT_PAST,
    )
    text = TextAreaField(_l("What else?"), [Length(max=MAX_TEXT_LENGTH)])

    def __init__(
        self,
        offer: Offer,
        parties: Parties,
        party: int | None = None,
        thread: EnquiryThread | None = None,
    ) -> None:
        data = {**_usual_terms(offer, thread), "party": party or parties[0][0]}
        super().__init__(data=data)
        self.unit.choices = _units_for(offer)
        self.price_unit.choices = self.unit.choices
        self.choose_party(parties)

    def terms(self) -> QuotationTerms:
        """The values of a valid form."""
        return QuotationTerms(
            price=self.price.data,  # type: ignore[arg-type]
            price_unit=self.price_unit.data,
            quantity=self.quantity.data,  # type: ignore[arg-type]
            unit=self.unit.data,
            basis=PriceBasis(self.basis.data),
            valid_until=self.valid_until.data,
        )


def _usual_terms(offer: Offer, thread: EnquiryThread | None) -> dict[str, Any]:
    """What the form starts with: the terms quoted last, else what was asked for and the offer's."""
    until = home_today() + timedelta(days=DEFAULT_DAYS)
    if thread is not None and thread.quotations:
        last = thread.quotations[-1]
        names = ("price", "price_unit", "quantity", "unit")
        terms = {name: getattr(last, name) for name in names}
        return {**terms, "basis": last.basis.value, "valid_until": until}
    wishes = [m for m in thread.messages if m.quantity] if thread else []
    priced = offer.price_low is not None and comparable(offer.price_unit, offer.unit)
    return {
        "price": offer.price_low if priced else None,
        "price_unit": offer.price_unit if priced else offer.unit,
        "quantity": wishes[-1].quantity if wishes else offer.remaining,
        "unit": wishes[-1].unit if wishes else offer.unit,
        "basis": offer.price_basis.value,
        "valid_until": until,
    }


class AnswerQuotationForm(Form):
    """Which quotation is accepted or declined."""

    key = IdempotencyKey()
    quotation = HiddenField()
    reason = StringField(validators=[Length(max=MAX_REASON_LENGTH)])


class ReportForm(Form):
    """What is wrong with a thread."""

    reason = StringField(validators=[Length(max=MAX_REASON_LENGTH)])


class DecideReportForm(ReportForm):
    """What an official decides about it."""

    decision = RadioField(
        _l("Decision"),
        [InputRequired(_l("Choose what to do."))],
        choices=[
            SelectChoice(ReportDecision.DISMISSED.value, _l("Nothing against the rules")),
            SelectChoice(
                ReportDecision.CLOSED.value, _l("Close the conversation: nobody writes in it more")
            ),
        ],
    )
    reason = TextAreaField(_l("Why?"), [Length(max=MAX_REASON_LENGTH)])
