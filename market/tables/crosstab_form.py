"""What a cross-tabulation is asked for with: a GET form, so that each has an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from wtforms import SelectField
from wtforms.fields import SelectChoice
from wtforms.validators import Optional, ValidationError

from market.deals.labels import EVIDENCE_NAMES
from market.deals.unregistered_models import Evidence
from market.fairs.models import Fair
from market.products.queries import all_categories, named_products
from market.products.units import UNITS, base_unit, measure
from market.tables.crosstab_labels import AXIS_LABELS, MEASURE_LABELS
from market.tallies.crosstab_query import (
    OF_FAIRS,
    PRODUCT_DIGITS,
    Axis,
    EvidenceKind,
    Measure,
)
from market.tallies.trees import Node, Tree
from market.web.filters import local_name
from market.web.forms import DayField, FilterForm
from market.web.language import lazy_gettext as _l

# Beside the slugs of fairs, which have no underscores.
EVERYTHING, ANY_FAIR, DAILY = "_all", "_fairs", "_daily"
# As columns: the measures side by side, or the one measure alone.
MEASURES, NO_COLUMNS = "measures", "none"
CHARTS = ("bars", "line", "map")

_AXES = [SelectChoice(axis.value, AXIS_LABELS[axis]) for axis in Axis]
_DIMENSIONS = dict.fromkeys(measure(code) for code in UNITS)


class CrosstabForm(FilterForm):
    """Rows, columns, what is counted, and of what.

    Args:
        given: the query string.
        fairs: those to choose from.
    """

    measure = SelectField(
        _l("What is counted"),
        [Optional()],
        choices=[SelectChoice(one.value, MEASURE_LABELS[one]) for one in Measure],
    )
    rows = SelectField(_l("Rows"), [Optional()], choices=_AXES)
    within = SelectField(
        _l("Rows, divided by"), [Optional()], choices=[SelectChoice("", _l("nothing")), *_AXES]
    )
    columns = SelectField(
        _l("Columns"),
        [Optional()],
        choices=[
            SelectChoice(MEASURES, _l("Figures side by side")),
            SelectChoice(NO_COLUMNS, _l("none")),
            *_AXES,
        ],
    )
    fair = SelectField(_l("Fair"), [Optional()])
    region = SelectField(_l("Place"), [Optional()])
    product = SelectField(_l("Product"), [Optional()])
    first = DayField(_l("From day"), [Optional()])
    last = DayField(_l("To day"), [Optional()])
    evidence = SelectField(
        _l("Deals that stand on"),
        [Optional()],
        choices=[
            SelectChoice("", _l("All")),
            SelectChoice(EvidenceKind.ACCOUNTS.value, EVIDENCE_NAMES[None]),
            SelectChoice(EvidenceKind.CODE.value, EVIDENCE_NAMES[Evidence.CODE]),
            SelectChoice(EvidenceKind.PAPER.value, EVIDENCE_NAMES[Evidence.PAPER]),
        ],
    )
    dimension = SelectField(
        _l("Quantities in"),
        [Optional()],
        choices=[
            SelectChoice(one, UNITS["ton" if one == "mass" else base_unit(one)].name)
            for one in _DIMENSIONS
        ],
    )
    order = SelectField(
        _l("Order of the rows"),
        [Optional()],
        choices=[SelectChoice("", _l("as listed")), SelectChoice("value", _l("largest first"))],
    )
    chart = SelectField(validators=[Optional()], choices=list(CHARTS))

    def __init__(self, given: Mapping[str, Any], fairs: Sequence[Fair]) -> None:
        super().__init__(given)
        self.fairs = {fair.slug: fair for fair in fairs}
        self.fair.choices = [
            *(SelectChoice(slug, local_name(fair)) for slug, fair in self.fairs.items()),
            SelectChoice(ANY_FAIR, _l("All fairs")),
            SelectChoice(DAILY, _l("Outside fairs")),
            SelectChoice(EVERYTHING, _l("At fairs and outside")),
        ]
        if self.fair.data not in [choice.value for choice in self.fair.choices]:
            self.fair.data = self.fair.choices[0].value
        for field in (self.measure, self.columns):
            field.data = field.data or field.choices[0].value
        self.product.choices = _product_choices(self.product.data or "")

    def offer_places(self, tree: Tree, nodes: Iterable[Node]) -> None:
        """Set the places to choose from; the rest is no choice."""
        self.region.choices = [SelectChoice("", _l("All"))] + [
            SelectChoice(node.code, _full_name(tree, node)) for node in nodes
        ]

    def set_rows(self, usual: Axis) -> None:
        """Set the rows where none are chosen."""
        self.rows.data = self.rows.data or usual.value

    @property
    def axes(self) -> list[str]:
        """What is chosen for rows and columns."""
        return [f.data for f in (self.rows, self.within, self.columns) if f.data]

    def validate_within(self, field: Any) -> None:
        if field.data == self.rows.data:
            raise ValidationError(_l("Choose something else than for the rows."))

    def validate_columns(self, field: Any) -> None:
        if field.data in (self.rows.data, self.within.data):
            raise ValidationError(_l("Choose something else than for the rows."))

    def validate_last(self, field: Any) -> None:
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError(_l("The last day is before the first."))

    def validate_measure(self, field: Any) -> None:
        """Of what a measure says nothing it is not counted."""
        if field.data not in OF_FAIRS:
            return
        if self.fair.data == DAILY:
            raise ValidationError(_l("That is counted at fairs only."))
        if self.evidence.data:
            raise ValidationError(_l("Only deals stand on evidence: leave that filter out."))
        if field.data == Measure.MERCHANTS:
            self._check_merchants()

    def _check_merchants(self) -> None:
        if self.product.data or any(axis in PRODUCT_DIGITS for axis in self.axes):
            raise ValidationError(_l("Merchants are counted by place and day, not by product."))
        if self.fair.data not in self.fairs and Axis.FAIR not in self.axes:
            raise ValidationError(
                _l("Choose one fair: who trades at two of them is one merchant at each.")
            )


def _product_choices(asked: str) -> list[SelectChoice]:
    """The categories with their subcategories, and the product asked for."""
    names = all_categories()
    choices = [SelectChoice("", _l("All"))]
    for code, named in names.items():
        above = names.get(code[:2]) if len(code) > 2 else None
        label = f"{local_name(above)} · {local_name(named)}" if above else local_name(named)
        choices.append(SelectChoice(code, label))
    if asked not in names and len(asked) == 7:
        found = named_products([asked])
        choices += [SelectChoice(code, local_name(named)) for code, named in found.items()]
    return choices


def _full_name(tree: Tree, node: Node) -> str:
    """A county after its prefecture."""
    parent = tree.parent(node)
    if parent is None or parent is tree.root:
        return local_name(node)
    return f"{local_name(parent)} · {local_name(node)}"
