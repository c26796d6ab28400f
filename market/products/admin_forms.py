"""What administrators send about products."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Optional

from market.products import labels
from market.products.admin_queries import CatalogueSearch, categories
from market.products.forms import ProductField
from market.products.models import Category, Relation
from market.products.units import UNITS
from market.web.filters import local_name
from market.web.forms import FilterForm, Form, Length
from market.web.language import lazy_gettext as _l

MAX_NAME, MAX_NAME_EN, MAX_WORD = 20, 60, 40


def _choices(categories: Any) -> list[SelectChoice]:
    return [SelectChoice(one.code, f"{one.code} {local_name(one)}") for one in categories]


class ProductFilter(FilterForm):
    """Which products an administrator looks for; every field narrows them."""

    q = StringField(_l("Name, word or code"), [Length(max=40)])
    category = SelectField(_l("Category"), [Optional()])
    listable = SelectField(
        _l("May be listed"),
        [Optional()],
        choices=[
            SelectChoice("", _l("All")),
            SelectChoice("yes", _l("Yes")),
            SelectChoice("no", _l("No")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.category.choices = [SelectChoice("", _l("All")), *_choices(categories(2))]

    def search(self) -> CatalogueSearch:
        """What is looked for; a field that says nothing valid narrows nothing."""
        found = self.chosen()
        listable = found.get("listable")
        return CatalogueSearch(
            found.get("q", ""), found.get("category", ""), listable and listable == "yes"
        )


class _ProductForm(Form):
    """What may be changed of any product."""

    name = StringField(
        _l("Name"), [InputRequired(_l("Still missing: the name.")), Length(1, MAX_NAME)]
    )
    name_en = StringField(
        _l("Name in English"),
        [InputRequired(_l("Still missing: the name.")), Length(1, MAX_NAME_EN)],
    )
    unit = SelectField(
        _l("Unit"),
        [InputRequired()],
        choices=[SelectChoice(code, unit.name) for code, unit in UNITS.items()],
        description=_l("What the form begins with; an offer may use another."),
    )
    storage_class = SelectField(
        _l("Storage"),
        [InputRequired()],
        choices=[SelectChoice(code, name) for code, name in labels.STORAGE_CLASSES.items()],
        description=_l("Freight and how far it is carried follow from it."),
    )
    perishable = BooleanField(_l("Perishable"))

    def values(self) -> dict[str, Any]:
        """The columns but the name, once validated."""
        names = ("name_en", "unit", "storage_class", "perishable")
        return {name: self[name].data for name in names}


class EditProductForm(_ProductForm):
    """Change a product."""

    listable = BooleanField(
        _l("May be listed"),
        description=_l("Without it nothing more is posted of it; what was agreed can be read."),
    )

    def values(self) -> dict[str, Any]:
        return {**super().values(), "listable": self.listable.data}


class NewProductForm(_ProductForm):
    """A product that the reference data doesn't have."""

    category = SelectField(_l("Category"), [InputRequired()])
    parent = ProductField(
        _l("Below the product"),
        [Optional()],
        description=_l("Empty: it stands directly in its category."),
    )
    relation = SelectField(
        _l("What it is to that product"),
        [Optional()],
        choices=[
            SelectChoice("", _l("None")),
            *(SelectChoice(str(code), name) for code, name in labels.RELATIONS.items()),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._categories = {one.code: one for one in categories(4)}
        self.category.choices = _choices(self._categories.values())

    @property
    def chosen_category(self) -> Category:
        return self._categories[self.category.data]

    @property
    def chosen_relation(self) -> Relation | None:
        return Relation(self.relation.data) if self.relation.data else None


class ProductWordForm(Form):
    """A further word for a product."""

    word = StringField(
        _l("Word"), [InputRequired(_l("Still missing: the word.")), Length(max=MAX_WORD)]
    )
