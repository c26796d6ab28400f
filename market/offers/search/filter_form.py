"""Narrowing the list of offers: the form of its address."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional, ValidationError

from market.offers.labels import SIDES, SORTS
from market.offers.models import Side
from market.offers.search.filters import AREAS, BOTH_SIDES
from market.products.amount_fields import PriceField, QuantityField
from market.products.forms import ProductField
from market.products.quantities import quoted_unit
from market.products.queries import named_products
from market.products.unit_field import UNIT_CHOICES, UnitField
from market.regions.forms import RegionField
from market.regions.queries import region_lexicon
from market.web.filters import local_name
from market.web.forms import DayField, ExactIntegerField, FilterForm
from market.web.language import is_english
from market.web.language import lazy_gettext as _l

# Of the text searched for, in characters; the box takes no more.
MAX_SEARCH_LENGTH = 100


class ProductOrCategoryField(ProductField):
    """Also takes the code of a category; `data` is a Named or None."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        code = valuelist[-1].strip() if valuelist else ""
        self.data = named_products([code]).get(code)
        if self.data is None:
            super().process_formdata(valuelist)
            if self.data is not None:
                self.data = named_products([self.data.code]).get(self.data.code)

    def _value(self) -> str:
        return local_name(self.data) if self.data is not None else super()._value()


class AnyRegionField(RegionField):
    """A region of any level or a township; a code is used as it is. `data` is a Place or None."""

    data: Any

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        super().__init__(label, validators, leaves_only=False, with_detail=True, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        code = valuelist[-1].strip() if valuelist else ""
        regions = region_lexicon()
        is_code = regions.is_known(code)
        self.data = regions.open_place(code) if is_code else regions.read_township(code)
        if self.data is None:
            super().process_formdata(valuelist)
            if self.data is not None:
                self.data = regions.open_place(self.data.code)

    def _value(self) -> str:
        if self.data is None:
            return super()._value()
        lexicon = region_lexicon()
        return (lexicon.name_in_english if is_english() else lexicon.full_name)(self.data)


# The list's other view.
TABLE = "table"


class SearchTextField(StringField):
    """What is searched for; of a longer text the beginning, and `is_cut` says so."""

    data: str | None
    is_cut = False

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data and len(self.data) > MAX_SEARCH_LENGTH:
            self.data, self.is_cut = self.data[:MAX_SEARCH_LENGTH], True


def _usual_unit() -> str:
    """What amounts are typed in who chooses no unit."""
    return quoted_unit("jin")


class OfferFilterForm(FilterForm):
    """How to narrow the list of offers; read from the query string."""

    q = SearchTextField(_l("Words"))
    side = SelectField(
        _l("Side"),
        choices=[SelectChoice(name, _l("Both")) for name in ("", BOTH_SIDES)]
        + [SelectChoice(s.value, SIDES[s]) for s in Side],
        default="",
    )
    product = ProductOrCategoryField(_l("Product"))
    region = AnyRegionField(_l("Place"))
    price_min = PriceField(_l("Price from"), places=4, digits=7, other="price_max", lower=True)
    price_max = PriceField(_l("Price to"), places=4, digits=7, other="price_min")
    price_unit = UnitField(_l("Yuan per"), choices=UNIT_CHOICES, default=_usual_unit)
    quantity_min = QuantityField(_l("At least"), unit="quantity_unit", digits=10)
    quantity_unit = UnitField(_l("Unit"), choices=UNIT_CHOICES, default=_usual_unit)
    supply_from = DayField(_l("Needed from"))
    supply_to = DayField(_l("Needed until"))
    verified = BooleanField(_l("Verified only"))
    area = SelectField(choices=[SelectChoice(name) for name in ("", *AREAS)], default="")
    sort = SelectField(
        _l("Order"), choices=[SelectChoice(*s) for s in SORTS.items()], default="relevance"
    )
    # How what is found is shown: as cards, or as a table to compare and take away.
    view = SelectField(choices=[SelectChoice(""), SelectChoice(TABLE)], default="")
    page = ExactIntegerField(validators=[Optional(), NumberRange(1, 500)], default=1)
    # Milliseconds since 1970; see market.offers.search.results_page.
    as_of = ExactIntegerField(validators=[Optional()])

    def validate_price_max(self, field: Any) -> None:
        low = self.price_min.data
        if field.data and low and field.data < low:
            raise ValidationError(_l("The highest price is below the lowest."))

    def validate_supply_to(self, field: Any) -> None:
        start = self.supply_from.data
        if field.data and start and field.data < start:
            raise ValidationError(_l("The last day is before the first."))
