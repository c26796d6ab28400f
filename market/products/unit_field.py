"""The field of a unit: of all units those are shown that fit the product."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from flask import url_for
from markupsafe import Markup
from wtforms import SelectField
from wtforms.fields import SelectChoice

from market.products.fitting_units import fitting_units
from market.products.models import Product
from market.products.units import UNITS

UNIT_CHOICES = [SelectChoice(unit.code, unit.name) for unit in UNITS.values()]


class UnitField(SelectField):
    """A unit; any may be typed or sent, as what is posted is not refused for it.

    Attributes:
        fitting: the units that are shown, beside the one chosen; None: all.
    """

    choices: list[SelectChoice]
    fitting: Container[str] | None = None

    def fit(self, product: Product | None) -> None:
        """Show the units of the product alone, where it is known."""
        self.fitting = fitting_units(product.code, product.unit) if product else None

    def fits(self, unit: str) -> bool:
        """Whether the product is traded in that unit (a code), as far as is known."""
        return self.fitting is None or unit in self.fitting

    def is_shown(self, unit: str) -> bool:
        """Whether the unit (a code) is among those shown."""
        always = ("", self.data, self.object_data)
        return self.fits(unit) or unit in always

    def __call__(self, **kwargs: Any) -> Markup:
        # For units.js, once another product is chosen.
        kwargs["data_units"] = url_for("products.units")
        every = self.choices
        self.choices = [choice for choice in every if self.is_shown(choice.value)]
        try:
            return super().__call__(**kwargs)
        finally:
            self.choices = every
