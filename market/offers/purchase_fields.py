"""What only a purchase asks: until when, whether parts will do, and for which certificates."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from wtforms import RadioField, SelectMultipleField
from wtforms.fields import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from market.offers import rules
from market.offers.certificates import CERTIFICATES, join_codes, split_codes
from market.offers.fields import OfferValues
from market.offers.labels import PARTS
from market.text.days import Nearest
from market.web.forms import DayField
from market.web.home_time import home_today
from market.web.language import lazy_gettext as _l


class PurchaseFields:
    """The fields of an offer's form that are a purchase's alone."""

    quotation_deadline = DayField(
        nearest=Nearest.NOT_PAST,
        description=_l("The last day for sellers to quote; left empty, as long as it is up."),
    )
    parts_allowed = RadioField(choices=[SelectChoice(*one) for one in PARTS.items()], default="yes")
    certificates = SelectMultipleField(
        choices=[SelectChoice(code.value, word) for code, word in CERTIFICATES.items()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )

    def validate_quotation_deadline(self, field: Any) -> None:
        # One that has passed stays as it is while the rest is changed.
        if field.data is None or field.data == field.object_data:
            return
        if field.data < home_today():
            raise ValidationError(_l("That day has passed."))
        if field.data > home_today() + timedelta(days=rules.MAX_DAYS):
            raise ValidationError(_l("At most 180 days from today."))

    def purchase_values(self) -> dict[str, Any]:
        """Their values, once the form is valid."""
        return {
            "quotation_deadline": self.quotation_deadline.data,
            "parts_allowed": self.parts_allowed.data != "no",
            "certificates": join_codes(self.certificates.data),
        }


def purchase_data(values: OfferValues) -> dict[str, Any]:
    """Of `values`, the data of these fields."""
    return {
        "parts_allowed": "yes" if values.parts_allowed else "no",
        "certificates": split_codes(values.certificates),
    }
