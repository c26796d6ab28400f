"""The product field: a name, alias, pinyin or initials."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import url_for
from wtforms import StringField

from market.products.models import Product
from market.products.product_text import (
    ProductText,
    is_other_name,
    parse_product_text,
    strip_sentence_start,
    without_quantities,
)
from market.products.queries import resolve_product
from market.text.characters import tidy
from market.web.filters import local_name
from market.web.language import is_english
from market.web.language import lazy_gettext as _l
from market.web.lookup import ChoosingInput, process_choice


class ProductField(StringField):
    """A product; `data` is a Product or None.

    A word that means several (地瓜) is refused with the choices to pick from.

    Attributes:
        options: (code, name) of what an ambiguous word may mean; `chosen`: the code chosen.
        words: the person's own word for it, where that is not the product's name.
        parsed: what else stands in the text; only with amounts in it.
    """

    widget = ChoosingInput()

    def __init__(self, label: Any = None, validators: Any = None, **kwargs: Any) -> None:
        self.options: list[tuple[str, str]] = []
        self.chosen, self.words = "", ""
        self.parsed: ProductText | None = None
        super().__init__(label, validators, **kwargs)

    @property
    def suggest_url(self) -> str:
        return url_for("products.suggest")

    def _value(self) -> str:
        if isinstance(self.data, Product):
            # Who switched to English finds the Chinese word that was typed.
            typed = self.raw_data[-1] if self.raw_data and is_english() else ""
            return self.words or tidy(typed) or local_name(self.data)
        return (tidy(self.raw_data[-1]) or "") if self.raw_data else ""

    @property
    def unmatched(self) -> str:
        """What was typed, where no product was understood in it; else empty."""
        return "" if self.data is not None or self.options else self._value()

    def process_data(self, value: Product | None) -> None:
        self.data = value

    def process_formdata(self, valuelist: list[str]) -> None:
        before, text = self.words, valuelist[-1] if valuelist else ""
        self.words, self.parsed = strip_sentence_start(text), None
        self.data, found = process_choice(valuelist, self._resolve)
        if self.data is None and self.words == before and self.object_data in found:
            self.data = self.object_data
        if len(found) > 1 or (self.data is not None and len(valuelist) > 1):
            self.options = [(p.code, local_name(p)) for p in found or [self.data]]
            self.chosen = self.data.code if self.data is not None else ""
        if self.data is not None:
            self.words = self.words if is_other_name(self.words, self.data.name) else ""
        elif found:
            raise ValueError(_l("This word means several products: choose one."))
        if self.data is None and self._value():
            raise ValueError(_l("We don't know this product: try its common name."))

    def _resolve(self, text: str) -> Sequence[Product]:
        """What the text means, or what it does without the amounts in it."""
        parsed = parse_product_text(text)
        if parsed.quantity or parsed.price:
            self.parsed = parsed
        found = resolve_product(text)
        return found or resolve_product(parsed.words) or resolve_product(without_quantities(text))

    def leave_out(self, amount: str) -> None:
        """Take an amount out of the words: it stands in a field of its own."""
        if isinstance(self.data, Product):
            words = strip_sentence_start(self.words.replace(amount, " ", 1))
            self.words = words if is_other_name(words, self.data.name) else ""
