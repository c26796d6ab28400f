"""The product field: a name, alias, pinyin or initials."""

from __future__ import annotations

from typing import Any

from flask import url_for
from wtforms import StringField

from market.choosing import ChoosingInput, process_choice
from market.filters import local_name
from market.language import lazy_gettext as _l
from market.products.models import Product
from market.products.queries import resolve_product
from market.text.characters import tidy


class ProductField(StringField):
    """A product; `data` is a Product or None.

    A word that means several (地瓜) is refused with the choices to pick from.

    Attributes:
        options: (code, name) of what an ambiguous word may mean.
    """

    widget = ChoosingInput()

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        self.options: list[tuple[str, str]] = []
        super().__init__(label, validators, **kwargs)

    @property
    def suggest_url(self) -> str:
        return url_for("products.suggest")

    def _value(self) -> str:
        if isinstance(self.data, Product):
            return self.data.name
        return (tidy(self.raw_data[-1]) or "") if self.raw_data else ""

    def process_data(self, value: Product | None) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data, found = process_choice(valuelist, resolve_product)
        if self.data is None and found:
            self.options = [(p.code, local_name(p)) for p in found]
            raise ValueError(_l("This word means several products: choose one."))
        if self.data is None and self._value():
            raise ValueError(_l("We don't know this product: try its common name."))
