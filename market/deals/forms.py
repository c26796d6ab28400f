"""The forms of deals: proposing, revising, giving reasons, adding proofs, filtering lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Optional, ValidationError

from market.accounts.forms import PlaceNeeded, no_phone_inside
from market.deals.checks import MAX_NOTE_LENGTH, DealTerms, NewParty
from market.deals.models import Deal
from market.deals.rules import AMOUNT_TOLERANCE, Gap, amount_gap
from market.offers.forms import Required
from market.offers.labels import BASES
from market.offers.models import Offer, PriceBasis, Side
from market.offers.photo_field import PhotosField
from market.products.amount_fields import PriceField, QuantityField
from market.products.forms import ProductField
from market.products.quantities import full_quantity
from market.products.units import UNITS, comparable, convert, convert_price
from market.regions.forms import RegionField
from market.text.days import Nearest
from market.web.filters import trimmed
from market.web.forms import (
    DayField,
    Form,
    IdempotencyKey,
    Length,
    PhoneField,
    YuanField,
)
from market.web.language import lazy_gettext as _l
from market.web.reasons import MAX_REASON_LENGTH


class TermsForm(Form):
    """Quantity, price and total, which belong together, and the day they were agreed."""

    quantity = QuantityField(_l("Quantity"), [InputRequired(_l("How much?"))], price="unit_price")
    unit = SelectField(_l("Unit"))
    unit_price = PriceField(
        _l("Price (CNY)"), [InputRequired(_l("At what price?"))], places=4, digits=7
    )
    price_unit = SelectField(_l("Per"), [InputRequired(_l("Per what?"))])
    amount = YuanField(
        _l("Amount (CNY)"),
        [Optional()],
        places=2,
        digits=11,
        description=_l(
            "Leave it empty for quantity times price. Where it differs by more than 1%, say why;"
            " by more than half, in a whole sentence."
        ),
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
    # Quantity and price with their units as the page showed them; a script that has converted them
    # empties it.
    shown = HiddenField()

    def process(self, *args: Any, **kwargs: Any) -> None:
        super().process(*args, **kwargs)
        if self.shown.data is None:
            self._set_shown()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        valid = super().validate(*args, **kwargs)
        if valid:
            valid = self._convert_shown()
        if not valid:
            self._set_shown()
        return valid

    def _set_shown(self) -> None:
        pairs = ((self.quantity, self.unit), (self.unit_price, self.price_unit))
        self.shown.data = " ".join(
            f"{_plain(number.data)}/{unit.data or ''}" for number, unit in pairs
        )

    def _convert_shown(self) -> bool:
        """Convert numbers that stand as the page showed them, where another unit was chosen:
        whether none was. What was converted is looked at before it is sent."""
        pairs = (
            (self.quantity, self.unit, convert),
            (self.unit_price, self.price_unit, convert_price),
        )
        before = (self.shown.data or "").split(" ")
        if len(before) != len(pairs):
            return True
        converted = [
            _convert_field(number, unit, was, by)
            for (number, unit, by), was in zip(pairs, before, strict=True)
        ]
        return not any(converted)

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


def _plain(number: Decimal | None) -> str:
    return "" if number is None else f"{number.normalize():f}"


def _convert_field(number: Any, unit: Any, was: str, by: Callable[..., Decimal]) -> bool:
    """Whether the number stood on the page in another unit than is chosen now; converts it."""
    text, _slash, code = was.partition("/")
    if code not in UNITS or code == unit.data or number.typed_unit:
        return False
    if number.data is None or text != _plain(number.data) or not comparable(code, unit.data):
        return False
    exact = by(number.data, code, unit.data)
    written = exact.quantize(Decimal(1).scaleb(-number.exact_places), ROUND_HALF_UP)
    if abs(written - exact) > exact * AMOUNT_TOLERANCE:
        unit.data = code
        number.errors = [_l("That is too little to write in this unit: keep the one before.")]
        return True
    before = trimmed(number.data), UNITS[code].name
    number.data = Decimal(trimmed(written).replace(",", ""))
    number.raw_data = [trimmed(written)]
    number.errors = [
        _l(
            "%(before)s %(unit)s are %(after)s %(other)s: converted. Look once more and send it.",
            **dict(zip(("before", "unit"), before, strict=True)),
            after=trimmed(written),
            other=UNITS[unit.data].name,
        )
        if by is convert
        else _l(
            "CNY %(before)s/%(unit)s is CNY %(after)s/%(other)s: converted. Look once more and"
            " send it.",
            **dict(zip(("before", "unit"), before, strict=True)),
            after=trimmed(written),
            other=UNITS[unit.data].name,
        )
    ]
    return True


class ProposalForm(TermsForm):
    """Terms that the other side agrees to."""

    key = IdempotencyKey()
    basis = SelectField(
        _l("Where the price holds"),
        [Optional()],
        choices=[
            SelectChoice("", _l("not said")),
            *(SelectChoice(basis.value, word) for basis, word in BASES.items()),
        ],
    )
    proof = PhotosField(
        _l("Proof"),
        folder="proofs",
        max_photos=1,
        description=_l("A picture of the contract, weighing slip or receipt."),
    )

    def terms(self) -> DealTerms:
        basis = PriceBasis(self.basis.data) if self.basis.data else None
        return replace(super().terms(), basis=basis)

    def ask_for_paper(self) -> None:
        """The other side has no account: what proves the deal is how it agrees."""
        self.proof.label.text = _l("Signed paper")
        self.proof.description = _l(
            "A picture of the paper that both signed. Without one, they get a code by text message"
            " and tell it to you."
        )


class ActingForm(ProposalForm):
    """For whom a deal is proposed: for an assistant a farmer, unless they say it is themself."""

    party = SelectField(_l("For whom"), coerce=int)

    def choose_party(self, parties: Sequence[tuple[int, str]]) -> None:
        """Offer these to choose from: (id, name), the account itself first. One who has nobody
        else is chosen; of several none is until somebody says whom."""
        own, *farmers = parties
        known = self.party.object_data in dict(parties)
        choices = [SelectChoice(str(id_), name) for id_, name in (*farmers, own)]
        if farmers and not known:
            choices.insert(0, SelectChoice("0", _l("Choose the farmer")))
        self.party.choices = choices

    def validate_party(self, field: Any) -> None:
        if field.data == 0:
            raise ValidationError(_l("Still missing: for whom."))


class ProposeForm(ActingForm):
    """A proposal to the owner of an offer.

    Args:
        offer: the one answered.
        parties: (id, name) of those the account represents, itself first.
        own_offers: rows (id, title, remaining, unit) of theirs that answer it.
        party: the id selected at first; own_offer: the one of own_offers, if any.
    """

    own_offer = SelectField(
        _l("My own offer this answers"),
        coerce=int,
        description=_l("It is reduced too once the deal is agreed."),
    )

    def __init__(
        self,
        offer: Offer,
        parties: Sequence[tuple[int, str]],
        own_offers: Sequence[Any],
        party: int | None = None,
        own_offer: Any = None,
    ) -> None:
        own = {"party": preset_party(parties, party), "own_offer": own_offer.id if own_offer else 0}
        more = quantity_of_both(offer, own_offer) if own_offer else {}
        super().__init__(data=terms_of_offer(offer) | own | more)
        self.choose_units(offer.unit, self.price_unit.object_data or None)
        self.choose_party(parties)
        self.own_offer.choices = [SelectChoice("0", _l("None of them"))] + [
            SelectChoice(str(o.id), f"{o.title} · {full_quantity(o.remaining, o.unit)}")
            for o in own_offers
        ]


class RepeatForm(ProposalForm):
    """Other terms in answer to a proposal, or one that was declined once more: filled in."""

    def __init__(self, deal: Deal) -> None:
        more = {"agreed_on": deal.dated_on, "basis": deal.basis}
        super().__init__(data=terms_of_deal(deal) | more)
        self.choose_units(deal.unit, deal.unit)
        if deal.unregistered_id is not None:
            self.ask_for_paper()


class RecordForm(ActingForm):
    """A deal with somebody without an account.

    Args:
        offer: of the own side, which it comes from; without one, side and product are asked.
        parties: (id, name) of those the account represents, itself first.
        party: the id selected at first.
    """

    side = RadioField(
        _l("I"),
        choices=[
            SelectChoice(Side.SELL.value, _l("sold")),
            SelectChoice(Side.BUY.value, _l("bought")),
        ],
        default=Side.SELL.value,
    )
    product = ProductField(_l("Product"), [Required()])
    name = StringField(
        _l("Their name"),
        [InputRequired(_l("Still missing: their name.")), Length(max=60), no_phone_inside],
        description=_l("Of the person or the firm. Only the county and you see it in full."),
    )
    phone = PhoneField(
        _l("Their phone"),
        [InputRequired(_l("Still missing: their phone."))],
        description=_l("The county rings it to check. They can have name and number erased there."),
    )
    region = RegionField(_l("Their county"), [PlaceNeeded()])

    def __init__(
        self,
        offer: Offer | None,
        parties: Sequence[tuple[int, str]],
        party: int | None = None,
    ) -> None:
        data = {"unit": "jin", "price_unit": ""} if offer is None else terms_of_offer(offer)
        super().__init__(data=data | {"party": preset_party(parties, party)})
        if offer is None:
            self.unit.choices = [SelectChoice(u.code, u.name) for u in UNITS.values()]
            follows = SelectChoice("", _l("unit of the quantity"))
            self.price_unit.choices = [follows, *self.unit.choices]
            self.price_unit.validators = [Optional()]
            self.choose_party(parties)
        else:
            self.choose_units(offer.unit, self.price_unit.object_data or None)
            del self.side, self.product, self.party
        self.ask_for_paper()

    def other(self) -> NewParty:
        """The side without an account."""
        region = self.region.data
        assert region is not None
        return NewParty(self.name.data or "", self.phone.data or "", region.code)


def preset_party(parties: Sequence[tuple[int, str]], wanted: int | None) -> int:
    """Who is selected at first: the one asked for, or the only one; 0 for none."""
    if wanted in dict(parties):
        return wanted or 0
    return parties[0][0] if len(parties) == 1 else 0


def terms_of_offer(offer: Offer) -> dict[str, Any]:
    """What a form begins with at an offer: all that is left, at its price."""
    priced = offer.price_low is not None and comparable(offer.price_unit, offer.unit)
    return {
        "quantity": offer.remaining,
        "unit": offer.unit,
        "unit_price": offer.price_low if priced else None,
        "price_unit": offer.price_unit if priced else "",
        "basis": offer.price_basis,
    }


def quantity_of_both(offer: Offer, own: Any) -> dict[str, Any]:
    """The most that both offers have left, in the unit of the sale; {} in units that can't be
    compared."""
    if not comparable(offer.unit, own.unit):
        return {}
    unit = offer.unit if offer.side is Side.SELL else own.unit
    left = min(convert(each.remaining, each.unit, unit) for each in (offer, own))
    return {"quantity": left.quantize(Decimal("0.001"), ROUND_DOWN), "unit": unit}


def terms_of_deal(deal: Deal) -> dict[str, Any]:
    """What a form begins with at a deal."""
    computed = amount_gap(deal.amount_fen, deal.quantity, deal.unit_price) is Gap.NONE
    names = ("quantity", "unit", "unit_price", "amount_reason", "agreed_on", "day_reason", "note")
    return {
        **{name: getattr(deal, name) for name in names},
        "price_unit": deal.unit,
        "amount": None if computed else Decimal(deal.amount_fen) / 100,
    }


class RevisionForm(TermsForm):
    """The new figures of a returned deal."""

    def __init__(self, deal: Deal) -> None:
        super().__init__(data=terms_of_deal(deal))
        self.choose_units(deal.unit, deal.unit)
