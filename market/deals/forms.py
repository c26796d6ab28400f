"""The forms of deals: proposing, revising, giving reasons, adding proofs, filtering lists."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional

from market.deals.checks import MAX_NOTE_LENGTH, DealTerms
from market.deals.labels import TABS
from market.deals.models import Deal
from market.deals.queries import DealTab
from market.deals.rules import Gap, amount_gap
from market.offers.models import Offer
from market.offers.photo_field import PhotosField
from market.products.amount_fields import PriceField, QuantityField
from market.products.units import UNITS, comparable
from market.text.days import Nearest
from market.web.filters import trimmed
from market.web.forms import (
    DayField,
    ExactIntegerField,
    FilterForm,
    Form,
    IdempotencyKey,
    Length,
    YuanField,
)
from market.web.language import lazy_gettext as _l
from market.web.reasons import MAX_REASON_LENGTH


class TermsForm(Form):
    """Quantity, price and total, which belong together, and the day they were agreed."""

    quantity = QuantityField(_l("Quantity"), [InputRequired(_l("How much?"))], price="unit_price")
    unit = SelectField(_l("Unit"))
    unit_price = PriceField(
        _l("Price (yuan)"), [InputRequired(_l("At what price?"))], places=4, digits=7
    )
    price_unit = SelectField(_l("Per"), [InputRequired(_l("Per what?"))])
    amount = YuanField(
        _l("Amount (yuan)"),
        [Optional()],
        places=2,
        digits=11,
        description=_l("Leave it empty for quantity times price."),
    )
    amount_reason = StringField(
        _l("Why the figures are right all the same"), [Length(max=MAX_REASON_LENGTH)]
    )
    agreed_on = DayField(
        _l("Day of agreement"),
        [Optional()],
        description=_l("Leave it empty for today. At most 30 days back."),
        nearest=Nearest.NOT_FUTURE,
    )
    day_reason = StringField(_l("Why it is entered only now"), [Length(max=MAX_REASON_LENGTH)])
    note = TextAreaField(
        _l("Note"),
        [Length(max=MAX_NOTE_LENGTH)],
        description=_l("Delivery, payment, packaging: what both should remember."),
    )

    def choose_units(self, unit: str, price_unit: str | None) -> None:
        """Offer the units that quantities in `unit` can be converted to.

        A price without a unit yet must have one chosen.
        """
        units = [u for u in UNITS.values() if comparable(u.code, unit)]
        self.unit.choices = [SelectChoice(u.code, u.name) for u in units]
        placeholder = [] if price_unit or len(units) == 1 else [SelectChoice("", _l("Choose …"))]
        self.price_unit.choices = placeholder + self.unit.choices

    def terms(self) -> DealTerms:
        """The form's values, the amount in fen."""
        amount: Decimal | None = self.amount.data
        return DealTerms(
            quantity=self.quantity.data,  # type: ignore[arg-type]
            unit=self.unit.data,
            unit_price=self.unit_price.data,  # type: ignore[arg-type]
            price_unit=self.price_unit.data,
            amount_fen=None if amount is None else int(amount * 100),
            amount_reason=self.amount_reason.data or "",
            agreed_on=self.agreed_on.data,
            day_reason=self.day_reason.data or "",
            note=self.note.data or "",
        )


class ProposeForm(TermsForm):
    """A proposal to the owner of an offer.

    Args:
        offer: the one answered.
        parties: (id, name) of those the account represents, itself first.
        own_offers: rows (id, title, remaining, unit) of theirs that answer it.
        party, own_offer: ids selected at first.
    """

    key = IdempotencyKey()
    party = SelectField(_l("For whom"), coerce=int)
    own_offer = SelectField(
        _l("My own offer this answers"),
        coerce=int,
        description=_l("It is reduced too once the deal is agreed."),
    )
    proof = PhotosField(
        _l("Proof"),
        folder="proofs",
        max_photos=1,
        description=_l("A picture of the contract, weighing slip or receipt."),
    )

    def __init__(
        self,
        offer: Offer,
        parties: Sequence[tuple[int, str]],
        own_offers: Sequence[Any],
        party: int | None = None,
        own_offer: int = 0,
    ) -> None:
        priced = offer.price_low is not None and comparable(offer.price_unit, offer.unit)
        super().__init__(
            data={
                "quantity": offer.remaining,
                "unit": offer.unit,
                "unit_price": offer.price_low if priced else None,
                "price_unit": offer.price_unit if priced else "",
                "party": party or parties[0][0],
                "own_offer": own_offer,
            }
        )
        self.choose_units(offer.unit, offer.price_unit if priced else None)
        self.party.choices = [SelectChoice(str(id_), name) for id_, name in parties]
        self.own_offer.choices = [SelectChoice("0", _l("None of them"))] + [
            SelectChoice(str(o.id), f"{o.title} · {trimmed(o.remaining)} {UNITS[o.unit].name}")
            for o in own_offers
        ]


class RevisionForm(TermsForm):
    """The new figures of a returned deal."""

    def __init__(self, deal: Deal) -> None:
        computed = amount_gap(deal.amount_fen, deal.quantity, deal.unit_price) is Gap.NONE
        super().__init__(
            data={
                **{name: getattr(deal, name) for name in ("quantity", "unit", "unit_price")},
                **{name: getattr(deal, name) for name in ("amount_reason", "agreed_on", "note")},
                "price_unit": deal.unit,
                "amount": None if computed else Decimal(deal.amount_fen) / 100,
                "day_reason": deal.day_reason,
            }
        )
        self.choose_units(deal.unit, deal.unit)


class ReasonForm(Form):
    """The reason of an action."""

    reason = StringField(_l("Reason"), [Length(max=200)])


class ProofForm(Form):
    """A picture that proves the deal."""

    proof = PhotosField(_l("Proof"), folder="proofs", max_photos=1)


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
