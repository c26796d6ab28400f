"""Fields of quantities and prices: a number, with its unit in a field beside or typed behind it.

A unit that is typed belongs to its own number. Where several numbers share the field beside,
one of them leads: its typed unit chooses there, the others are converted or asked about.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel.speaklater import LazyString
from wtforms.validators import ValidationError

from market.products.units import UNITS, comparable, convert, convert_price, is_too_cheap
from market.text.money import parse_price, parse_price_range, parse_quantity
from market.web.forms import ExactDecimalField, FilterForm, YuanField
from market.web.language import lazy_gettext as _l


class UnitInOtherField:
    """A number with a unit typed behind it (5吨, 2.2元/斤), where a field beside has the unit.

    Where that field says another, a form that changes something comes back with the typed one
    chosen: one of the two was a slip, and only whoever typed knows which.
    """

    typed_unit = ""
    unit_field: str
    data: Decimal | None

    def pre_validate(self, form: Any) -> None:
        beside = form[self.unit_field]
        if self.data is None or not self.typed_unit or self.typed_unit == beside.data:
            return
        if self.typed_unit not in _units_of(beside):
            raise ValidationError(_l("It can't be in this unit: choose one beside."))
        chosen, beside.data = beside.data, self.typed_unit
        if chosen and not isinstance(form, FilterForm):
            raise ValidationError(self._changed(form, chosen))

    def _changed(self, form: Any, chosen: str) -> LazyString:
        return _l("You wrote another unit than is chosen beside: it is yours now. Send it again.")


class QuantityField(UnitInOtherField, ExactDecimalField):
    """A quantity in the unit chosen in the field called `unit`: 2000, 8万, 5吨.

    Args:
        price: the field of the price for one of these: its unit follows this one's, unless
            somebody chose or typed another, or the price stood there before.
    """

    def __init__(self, *args: Any, unit: str = "unit", price: str = "", **kwargs: Any) -> None:
        self.unit_field, self.price = unit, price
        super().__init__(*args, **kwargs)

    def read(self, text: str) -> Decimal | None:
        number, self.typed_unit = parse_quantity(text)
        return number

    def _changed(self, form: Any, chosen: str) -> LazyString:
        if not self.price or not _follow(form[self.price], form, chosen, self.typed_unit):
            return super()._changed(form, chosen)
        return _l(
            "You wrote another unit than is chosen beside: it is yours now, and the price is "
            "for one %(unit)s too. Send it again.",
            unit=UNITS[self.typed_unit].name,
        )


def _follow(price: Any, form: Any, before: str, now: str) -> bool:
    """Let the unit of the price follow from `before` to `now`; whether it is for `now`."""
    unit = form[price.unit_field]
    if price.typed_unit or unit.data not in ("", before) or now not in _units_of(unit):
        return False
    if unit.data:
        stood_there = unit.object_data == before and price.data == price.object_data
        if comparable(before, now) and (stood_there or is_too_cheap(price.data, now)):
            return False
        unit.data = now
    return price.data is not None


class PartOfQuantityField(QuantityField):
    """A part of the quantity beside, converted to its unit: 1吨 of 4000 斤 is 2000."""

    def pre_validate(self, form: Any) -> None:
        unit = form[self.unit_field].data
        if self.data is None or not self.typed_unit or self.typed_unit == unit:
            return
        if unit not in UNITS or not comparable(self.typed_unit, unit):
            raise ValidationError(_l("Write it in the unit of the quantity."))
        converted = convert(self.data, self.typed_unit, unit)
        if converted != round(converted, self.exact_places):
            raise ValidationError(_l("Write it in the unit of the quantity."))
        self.data = converted


class PriceField(UnitInOtherField, YuanField):
    """Yuan for one of the unit chosen in the field called `unit`: 2.2, 1块6, 30元/箱.

    Args:
        other: the field of the other end of a range, in the same unit.
        lower: this one is the lower end, and takes a whole range too (3~4).
    """

    def __init__(
        self,
        *args: Any,
        unit: str = "price_unit",
        other: str = "",
        lower: bool = False,
        **kwargs: Any,
    ) -> None:
        self.unit_field, self.other, self.lower = unit, other, lower
        self.ends: tuple[str, str] | None = None
        super().__init__(*args, **kwargs)

    def read(self, text: str) -> Decimal | None:
        number, self.typed_unit = parse_price(text)
        if number is None and self.lower and (found := parse_price_range(text)):
            number, high, self.typed_unit = found
            self.ends = f"{number:f}", f"{high:f}"
        return number

    def pre_validate(self, form: Any) -> None:
        other = form[self.other] if self.other else None
        unit = form[self.unit_field]
        if self.ends:
            self._share(other, *self.ends)
        if isinstance(form, FilterForm):
            self._convert(unit, other)
        elif other is not None and self._differs(other, unit.data or form["unit"].data):
            raise ValidationError(
                _l("The two prices are for different units: write both for the same one.")
            )
        super().pre_validate(form)

    def _differs(self, other: Any, chosen: str) -> bool:
        """Whether this price has a unit of its own that the other one has not."""
        if self.data is None or other.data is None or not self.typed_unit:
            return False
        return self.typed_unit != (other.typed_unit or chosen)

    def _share(self, other: Any, low: str, high: str) -> None:
        """Put the upper end of the range where it belongs."""
        if other.raw_data and other.raw_data[0].strip():
            raise ValidationError(_l("Write the lowest price here and the highest beside."))
        self.raw_data, self.ends = [low], None
        other.process_formdata([high])
        other.raw_data, other.typed_unit = [high], self.typed_unit

    def _convert(self, unit: Any, other: Any) -> None:
        """Tell a price in the unit beside, where that is not this price's alone to choose."""
        if self.data is None or not self.typed_unit or self.typed_unit == unit.data:
            return
        alone = other is None or other.data is None or other.typed_unit == self.typed_unit
        if alone and self.typed_unit in _units_of(unit):
            return
        if unit.data in UNITS and comparable(self.typed_unit, unit.data):
            converted = convert_price(self.data, self.typed_unit, unit.data)
            self.data, self.typed_unit = round(converted, self.exact_places), ""


def _units_of(field: Any) -> set[str]:
    return {choice[0] for choice in field.iter_choices()}
