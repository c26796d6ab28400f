"""What of a fair to look at: all GET forms, so that every view of it has an address."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField, StringField
from wtforms.validators import NumberRange, Optional, Regexp

from market.tallies.daily_matching import DailySelection
from market.tallies.figures import BY_NAME, FIGURES, MEASURES, RATES, Figure
from market.tallies.region_queries import DealSelection
from market.web.forms import DayField, ExactIntegerField, FilterForm


class MeasureForm(FilterForm):
    """By which figure the map, the ranking and the days are drawn."""

    by = SelectField(validators=[Optional()], choices=[figure.name for figure in MEASURES])

    def figure(self) -> Figure:
        """The figure asked for; value where none, or none of these, is."""
        return BY_NAME[self.chosen().get("by", MEASURES[0].name)]


class CountiesForm(FilterForm):
    """By which figure the counties are ordered; without one they stand by prefecture."""

    sort = SelectField(
        validators=[Optional()], choices=[figure.name for figure in (*FIGURES, *RATES)]
    )

    def figure(self) -> Figure | None:
        """The figure asked for."""
        return BY_NAME.get(self.chosen().get("sort", ""))


class ProductsForm(FilterForm):
    """Of which category (2 digits) to show the products."""

    category = StringField(validators=[Optional(), Regexp(r"^\d\d$")])

    def code(self) -> str:
        """The category asked for; empty for none."""
        return str(self.chosen().get("category", ""))


class DealsForm(FilterForm):
    """Which of a region's deals: of a product or category, of a local day, sold or bought."""

    product = StringField(validators=[Optional(), Regexp(r"^(\d\d|\d{7})$")])
    day = DayField(validators=[Optional()])
    side = SelectField(validators=[Optional()], choices=["sold", "bought"])
    page = ExactIntegerField(validators=[Optional(), NumberRange(1, 100_000)])

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        self.asked = self.chosen()

    def deals(self) -> DealSelection:
        """The deals asked for."""
        return DealSelection(
            **{name: self.asked[name] for name in ("product", "day", "side") if name in self.asked}
        )


class DailyForm(FilterForm):
    """Which deals of daily matching: of a year, a month, a region, a product or category."""

    year = ExactIntegerField(validators=[Optional(), NumberRange(2000, 2200)])
    month = ExactIntegerField(validators=[Optional(), NumberRange(1, 12)])
    region = StringField(validators=[Optional(), Regexp(r"^\d{6}$")])
    product = StringField(validators=[Optional(), Regexp(r"^(\d\d|\d{7})$")])
    page = ExactIntegerField(validators=[Optional(), NumberRange(1, 100_000)])

    def __init__(self, given: Any) -> None:
        super().__init__(given)
        self.asked = self.chosen()

    def deals(self) -> DailySelection:
        """The deals asked for."""
        names = ("year", "month", "region", "product")
        return DailySelection(**{n: self.asked[n] for n in names if n in self.asked})
