"""Posting and editing an offer, and giving a reason."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import groupby
from typing import Any

from flask_wtf.form import _Auto
from wtforms import (
    BooleanField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional, StopValidation, ValidationError

from market.offers import rules
from market.offers.fields import OFFER_FIELDS, OfferValues
from market.offers.labels import BASES
from market.offers.models import Offer, PriceBasis, Side
from market.offers.photo_field import PhotosField
from market.offers.plausibility import (
    price_question,
    price_unit_problem,
    quantity_question,
)
from market.offers.purchase_fields import PurchaseFields, purchase_data
from market.offers.sentence_fields import SentenceFields
from market.products.amount_fields import PartOfQuantityField, PriceField, QuantityField
from market.products.forms import ProductField
from market.products.unit_field import UNIT_CHOICES, UnitField
from market.products.units import UNITS, comparable, convert, convert_price
from market.regions.forms import RegionField
from market.regions.models import Region
from market.regions.township_field import BelowCounty
from market.text.days import Nearest
from market.text.money import parse_price, parse_quantity
from market.web.form_recovery import refill
from market.web.forms import (
    DayField,
    ExactIntegerField,
    Form,
    IdempotencyKey,
    Length,
    PhoneField,
)
from market.web.home_time import home_today
from market.web.language import lazy_gettext as _l

MAX_DETAIL_LENGTH = MAX_PRODUCT_WORDS_LENGTH = 60


class Required:
    """Refuses an empty field, and leaves alone one that already says what is wrong."""

    def __init__(self) -> None:
        self.field_flags = {"required": True}

    def __call__(self, form: Any, field: Any) -> None:
        if field.errors:
            raise StopValidation()
        if field.data in (None, ""):
            raise StopValidation(_l("Still missing."))


def _is_typed(field: Any) -> bool:
    return bool(field.raw_data and field.raw_data[0].strip())


class OfferForm(SentenceFields, PurchaseFields, BelowCounty):
    """What a person says about an offer of `side`; labels come from `OFFER_FIELDS`.

    Args:
        near: where its owner lives; the county for a purchase that goes to a whole region
            around it.
        data: the initial data (`form_data`).
        formdata: what is filled in, where that is not what the request sent.
    """

    key = IdempotencyKey()
    product = ProductField(validators=[Required()])
    quantity = QuantityField(validators=[Required()], digits=10, price="price_low")
    unit = UnitField(choices=UNIT_CHOICES, default="jin")
    price_low = PriceField(places=4, digits=7, other="price_high", lower=True)
    price_high = PriceField(
        places=4,
        digits=7,
        other="price_low",
        description=_l("For one price fill in the first box only."),
    )
    price_unit = UnitField(
        choices=[SelectChoice("", _l("unit of the quantity")), *UNIT_CHOICES],
        default="",
    )
    negotiable = BooleanField(_l("Price on request"))
    region = RegionField(validators=[Required()], with_detail=True)
    keeps_detail = True
    contact_phone = PhoneField(description=_l("The number that people ring about this offer."))

    title = StringField(
        validators=[Length(max=80)],
        description=_l("What makes it special, in a few words; left empty, we write one."),
    )
    grade = StringField(validators=[Length(max=60)])
    min_lot = PartOfQuantityField(description=_l("In the same unit as the quantity."), digits=10)
    price_basis = RadioField(
        choices=[SelectChoice(basis.value, word) for basis, word in BASES.items()],
        default=PriceBasis.EX_FARM.value,
    )
    supply_from = DayField()
    supply_to = DayField(nearest=Nearest.NOT_PAST)
    packaging = StringField(validators=[Length(max=60)])
    delivery = StringField(validators=[Length(max=120)])
    days = ExactIntegerField(
        validators=[Optional(), NumberRange(1, rules.MAX_DAYS, _l("Between 1 and 180 days."))],
        default=rules.DEFAULT_DAYS,
    )
    photos = PhotosField(description=_l("Up to six, at most 8 MB each. The first is the cover."))
    description = TextAreaField(validators=[Length(max=2000)])

    def __init__(
        self, side: Side, near: Region, data: dict[str, Any], formdata: Any = _Auto
    ) -> None:
        self.side, self.near = side, near
        super().__init__(formdata, data=data)
        for described in OFFER_FIELDS.values():
            if described.only not in (None, side):
                del self[described.name]
            elif described.on_form and described.label is not None:
                self[described.name].label.text = described.label_for(side)

    def process(self, *args: Any, **kwargs: Any) -> None:
        # A purchase may go to a whole prefecture; a sale comes from one county.
        self.product.words = (kwargs.get("data") or {}).get("product_words", "")
        self.region.whole_from = self.near if self.side is Side.BUY else None
        self.region.detail = (kwargs.get("data") or {}).get("place_detail", "")
        super().process(*args, **kwargs)
        self.price_unit.fit(self.product.data)
        self.unit.fit(self.product.data)
        # The usual unit of a new offer, where nobody trades this product in it: the product's own.
        is_given = self.unit.raw_data or "unit" in (kwargs.get("data") or {})
        if self.product.data and not (is_given or self.unit.fits(self.unit.data)):
            self.unit.data = self.unit.object_data = self.product.data.unit
        self._spread()

    def _spread(self) -> None:
        """Put the amounts in the product's box into their own, where these are empty."""
        if (parsed := self.product.parsed) is None:
            return
        for field, typed in ((self.quantity, parsed.quantity), (self.price_low, parsed.price)):
            if typed and not _is_typed(field):
                field.raw_data = [typed]
                field.process_formdata([typed])
                self.product.leave_out(typed)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        self.move_phones()
        return bool(super().validate(*args, **kwargs))

    def validate_product(self, field: Any) -> None:
        if len(field.words) > MAX_PRODUCT_WORDS_LENGTH:
            raise ValidationError(_l("Too long: the name is enough, the rest may go below."))

    def validate_region(self, field: Any) -> None:
        if len(field.detail) > MAX_DETAIL_LENGTH:
            raise ValidationError(_l("Too long: the town or village is enough."))

    def validate_quantity(self, field: Any) -> None:
        if self.product.parsed and field.data:
            self._compare(field, self.product.parsed.quantity, parse_quantity, convert, self.unit)
        if field.data and self.unit.data in UNITS and rules.is_absurd(field.data, self.unit.data):
            raise ValidationError(
                _l("That is more than anybody has: check the number and the unit.")
            )
        if self.product.data and field.data and field.data != field.object_data:
            question = quantity_question(self.product.data, field.data, self.unit.data)
            self._ask(question, f"{field.data:f}{self.unit.data}")

    def _ask(self, question: Any, about: str) -> None:
        """Refuse what is seldom meant, once.

        Raises:
            ValidationError: the question.
        """
        product = self.product.data
        if question and product and self.ask_once(f"{product.code}:{about}"):
            raise ValidationError(_l("%(question)s If it is so, send it again.", question=question))

    def _compare(
        self,
        field: Any,
        typed: str,
        parse: Callable[..., Any],
        convert_to: Callable[..., Any],
        unit: Any,
    ) -> None:
        """Ask which is right where the product's box has another amount than its own field."""
        number, its_unit = parse(typed)
        chosen = unit.data or self.unit.data
        its_unit = its_unit or chosen
        if number is None or chosen not in UNITS or not comparable(its_unit, chosen):
            return
        if convert_to(number, its_unit, chosen) != field.data:
            raise ValidationError(
                _l("With the product you wrote %(amount)s: which is it?", amount=typed)
            )
        self.product.leave_out(typed)

    def validate_price_low(self, field: Any) -> None:
        if self.product.parsed and field.data and not self.negotiable.data:
            price = self.product.parsed.price
            self._compare(field, price, parse_price, convert_price, self.price_unit)
        if not (field.data or field.errors or self.price_high.data or self.negotiable.data):
            raise ValidationError(_l("Write a price, or choose price on request."))
        self._ask_about_price(field)

    def _ask_about_price(self, field: Any) -> None:
        """Ask about a price that is far from what such goods cost, unless it stood there before."""
        unit = self.price_unit.data or self.unit.data
        if self.negotiable.data or field.errors or not self.product.data or unit not in UNITS:
            return
        if field.data and field.data != field.object_data:
            question = price_question(self.product.data, field.data, unit)
            self._ask(question, f"{field.data:f}/{unit}")

    def validate_price_high(self, field: Any) -> None:
        if self.negotiable.data or not (field.data and self.price_low.data):
            return
        if field.data < self.price_low.data:
            raise ValidationError(_l("The highest price is below the lowest."))
        self._ask_about_price(field)

    def validate_price_unit(self, field: Any) -> None:
        if self.negotiable.data:
            return
        price = self.price_low.data
        if problem := price_unit_problem(self.unit.data, field.data, price):
            raise ValidationError(problem)

    def validate_min_lot(self, field: Any) -> None:
        if field.data and self.quantity.data and field.data > self.quantity.data:
            raise ValidationError(_l("The minimum lot is more than the whole quantity."))

    def validate_supply_to(self, field: Any) -> None:
        start = self.supply_from.data
        if field.data and start and field.data < start:
            raise ValidationError(_l("The last day is before the first."))
        today = home_today()
        if field.data and field.data < today:
            raise ValidationError(_l("That day has passed."))

    def values(self) -> OfferValues:
        """The values of a valid form."""
        low, high = self.price_low.data, self.price_high.data
        if self.negotiable.data:
            low = high = None
        return OfferValues(
            side=self.side,
            price_low=low if low is not None else high,
            price_high=high if high is not None else low,
            price_unit=self.price_unit.data or self.unit.data,
            price_basis=PriceBasis(self.price_basis.data),
            photos=tuple(self.photos.data),
            village=self.village.data or "",
            place_detail=self.region.detail,
            product_words=self.product.words,
            contact_phone=self.contact_phone.data or "",
            days=self.days.data or rules.DEFAULT_DAYS,
            **{name: self[name].data for name in _PLAIN},
            **(self.purchase_values() if self.side is Side.BUY else {}),
        )

    @property
    def folded_rows(self) -> list[list[Any]]:
        """The fields below the fold but for the photos, in rows of those side by side."""
        folded = (f for f in _FOLDED if f.name in self)
        rows = groupby(folded, lambda f: f.form_row or f.name)
        return [[self[f.name] for f in row] for name, row in rows if name != "photos"]

    @property
    def opens_fold(self) -> bool:
        """Whether something below the fold is filled in or wrong, or the form came back."""
        folded = [(f, self[f.name]) for f in _FOLDED if f.name in self]
        if refill() is not None or any(field.errors for _, field in folded):
            return True
        return any(field.raw_data and field.data for f, field in folded if f.opens_fold)


# Fields of the form whose data are not the values themselves.
_READ_APART = (
    *("price_low", "price_high", "price_unit", "price_basis", "days", "photos"),
    *("contact_phone", "village"),
)
_PLAIN = [
    f.name
    for f in OFFER_FIELDS.values()
    if f.on_form and f.only is None and f.name not in _READ_APART
]
_FOLDED = [f for f in OFFER_FIELDS.values() if f.is_folded]


def form_data(values: OfferValues) -> dict[str, Any]:
    """`values` as the data of an OfferForm."""
    high = values.price_high if values.price_high != values.price_low else None
    return {
        **{name: getattr(values, name) for name in OFFER_FIELDS},
        "price_high": high,
        "price_basis": values.price_basis.value,
        "negotiable": values.price_low is None,
        **purchase_data(values),
        "photos": list(values.photos),
    }


class NewPriceForm(Form):
    """What a sale costs or a purchase pays from now on, in the offer's own unit.

    Args:
        offer: whose price it is.
    """

    price = PriceField(
        _l("New price"),
        [Required(), NumberRange(0.0001, message=_l("A price is more than nothing."))],
        places=4,
        digits=7,
    )
    price_unit = SelectField(choices=UNIT_CHOICES)

    def __init__(self, offer: Offer) -> None:
        super().__init__(price_unit=offer.price_unit)
        self.price_unit.choices = [SelectChoice(offer.price_unit, UNITS[offer.price_unit].name)]

    @property
    def new_price(self) -> Decimal:
        """Of a form that is valid."""
        assert self.price.data is not None
        return self.price.data


class DecisionReasonForm(Form):
    """An official's reason for returning or rejecting."""

    reason = TextAreaField(_l("Reason"), [Required(), Length(max=200)])
