"""The forms of a fair, and of an earlier one known by its totals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select
from wtforms import (
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import (
    DataRequired,
    InputRequired,
    NoneOf,
    NumberRange,
    Optional,
    Regexp,
)
from wtforms.widgets import CheckboxInput, ListWidget

from market.database import db
from market.fairs.checks import FIXED_ONCE_OPEN
from market.fairs.figure_names import FIGURE_LABELS
from market.fairs.labels import SEASONS
from market.fairs.models import Fair, FairSeason, FairStatus
from market.fairs.queries import comparable, last_event, themes_of
from market.products.models import Category, Product
from market.products.queries import resolve_product
from market.regions.forms import RegionField
from market.web.filters import local_name
from market.web.forms import DayField, ExactIntegerField, Form, IdempotencyKey, Length, WanField
from market.web.language import lazy_gettext as _l

FEN_PER_WAN = 1_000_000
COUNTED = NumberRange(0, 1_000_000_000, _l("Write a whole number, 0 or more."))
SEPARATORS = re.compile(r"[,，、;；\n]+")


# Addresses of the site's own pages, which no fair can have.
RESERVED_SLUGS = ("new", "totals", "emergency")
NOT_VALUES = ("csrf_token", "seen")


def _number(value: Any) -> int | None:
    return int(value) if value else None


class SeenField(HiddenField):
    """The last event of the fair that whoever fills in the form has seen, as a number."""

    def process_formdata(self, valuelist: list[str]) -> None:
        given = valuelist[0] if valuelist else ""
        self.data = int(given) if given.isdecimal() and len(given) < 10 else 0


def slug_field(required: bool, hint: Any) -> StringField:
    """The last part of a page's address."""
    needed = DataRequired(_l("Give the page an address, such as 2026-autumn."))
    return StringField(
        _l("Page address"),
        [
            needed if required else Optional(),
            Length(max=60),
            Regexp(
                r"^[a-z0-9]+(-[a-z0-9]+)*$",
                message=_l("Lower case letters, digits and hyphens only, such as 2026-autumn."),
            ),
            NoneOf(RESERVED_SLUGS, message=_l("This address is taken by the site itself.")),
        ],
        description=hint,
    )


class ProductsField(StringField):
    """Categories or products by name, separated by commas; `data` is a list of codes."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "、".join(_names(self.data or []))

    def process_formdata(self, valuelist: list[str]) -> None:
        words = [word.strip() for word in SEPARATORS.split(valuelist[0] if valuelist else "")]
        self.data = []
        for word in filter(None, words):
            self.data.append(_code(word))


def _names(codes: list[str]) -> list[str]:
    rows = [*db.session.scalars(select(Category).where(Category.code.in_(codes)))]
    rows += db.session.scalars(select(Product).where(Product.code.in_(codes)))
    return [local_name(row) for row in rows]


def _code(word: str) -> str:
    named = or_(Category.name == word, Category.name_en == word)
    category = db.session.scalar(select(Category.code).where(named).order_by(Category.code))
    if category:
        return category
    found = resolve_product(word)
    if not found:
        raise ValueError(_("We don't know %(word)s: try its common name.", word=word))
    if len(found) > 1:
        names = "、".join(local_name(product) for product in found)
        raise ValueError(
            _("%(word)s means several products: write one of %(names)s.", word=word, names=names)
        )
    return found[0].code


class BaseFairForm(Form):
    """The fields that all fairs have."""

    key = IdempotencyKey()
    name = StringField(
        _l("Name of the fair"), [DataRequired(_l("Give the fair a name.")), Length(max=80)]
    )
    name_en = StringField(_l("Name in English"), [Length(max=120)])
    slug = slug_field(True, _l("The last part of the page's address, such as 2026-autumn."))
    season = SelectField(
        _l("Season"), choices=[SelectChoice(s.value, label) for s, label in SEASONS.items()]
    )
    year = ExactIntegerField(
        _l("Year"),
        [
            InputRequired(_l("Write the year, four digits.")),
            NumberRange(2000, 2100, _l("Write the year, four digits.")),
        ],
    )
    region = RegionField(
        _l("Region"), [DataRequired(_l("Name the region the fair is for."))], leaves_only=False
    )
    starts_on = DayField(_l("First day"), [DataRequired(_l("Choose the first day."))])
    ends_on = DayField(
        _l("Last day"),
        [DataRequired(_l("Choose the last day."))],
        description=_l(
            "Both days are included. Once the fair is open it can be extended or closed early."
        ),
    )

    def values(self) -> dict[str, Any]:
        """What the services take."""
        given = {field.name: field.data for field in self if field.name not in NOT_VALUES}
        return given | ({"season": FairSeason(given["season"])} if "season" in given else {})


class TotalsForm(BaseFairForm):
    """An earlier fair of which only the totals are known."""

    total_listings = ExactIntegerField(FIGURE_LABELS["listings"], [Optional(), COUNTED])
    total_merchants = ExactIntegerField(FIGURE_LABELS["merchants"], [Optional(), COUNTED])
    total_deals = ExactIntegerField(FIGURE_LABELS["deals"], [Optional(), COUNTED])
    value = WanField(
        _l("Deal value (CNY million)"),
        [Optional()],
        places=6,  # to the fen
        digits=8,
        description=_l("Leave empty what is not known."),
    )
    derived = SelectMultipleField(
        _l("Worked out, not given"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        choices=[
            SelectChoice("total_listings", FIGURE_LABELS["listings"]),
            SelectChoice("total_merchants", FIGURE_LABELS["merchants"]),
            SelectChoice("total_deals", FIGURE_LABELS["deals"]),
            SelectChoice("total_fen", FIGURE_LABELS["amount_fen"]),
        ],
        description=_l("Tick what follows from other figures, such as a rate of growth."),
    )
    note = StringField(
        _l("Where these totals come from"),
        [DataRequired(_l("Say where these totals come from.")), Length(max=200)],
    )

    def values(self) -> dict[str, Any]:
        """What enter_totals takes."""
        given = super().values()
        value = given.pop("value")
        return {**given, "total_fen": None if value is None else int(value * FEN_PER_WAN)}


class FairForm(BaseFairForm):
    """A fair to be held; one that has opened keeps its days, its region and its theme."""

    categories = SelectMultipleField(
        _l("Theme"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("Choose nothing for a fair of all products."),
    )
    products = ProductsField(
        _l("Only certain products"),
        description=_l("Names separated by commas, such as navel orange, tea."),
    )
    previous_id = SelectField(
        _l("The fair before"), coerce=_number, description=_l("For the change since the last fair.")
    )
    same_season_id = SelectField(
        _l("The same season last year"),
        coerce=_number,
        description=_l("For the change over the year."),
    )
    organiser = StringField(
        _l("Organiser"),
        [Length(max=80)],
        description=_l("The office that arranges it, as its page and its poster name it."),
    )
    contact = StringField(
        _l("Phone for questions"),
        [Length(max=80)],
        description=_l("Everybody sees it: an office's number, and its hours."),
    )
    note = StringField(_l("Note"), [Length(max=200)])
    seen = SeenField()

    def __init__(self, fair: Fair | None = None, **kwargs: Any) -> None:
        self.fair = fair
        if fair is not None:
            kwargs |= {"obj": fair, "seen": last_event(fair)} | split_themes(
                themes_of([fair.id])[fair.id]
            )
        super().__init__(**kwargs)
        if fair is None:
            del self.seen
        else:
            del self.key
        if self.is_fixed:
            for name in (*FIXED_ONCE_OPEN, "categories", "products"):
                del self[name]
        else:
            top = select(Category).where(Category.parent_code.is_(None)).order_by(Category.code)
            self.categories.choices = [
                SelectChoice(c.code, local_name(c)) for c in db.session.scalars(top)
            ]
        fairs = [SelectChoice(row.id, local_name(row)) for row in comparable(fair)]
        for field in (self.previous_id, self.same_season_id):
            field.choices = [SelectChoice("", _("None")), *fairs]

    @property
    def is_fixed(self) -> bool:
        """Whether the fair has opened."""
        return self.fair is not None and self.fair.status is not FairStatus.ANNOUNCED

    def values(self) -> dict[str, Any]:
        """What the services take."""
        given = super().values()
        if self.fair is not None and self.is_fixed:
            given |= {name: getattr(self.fair, name) for name in FIXED_ONCE_OPEN}
            return {**given, "themes": sorted(themes_of([self.fair.id])[self.fair.id])}
        themes = [*(given.pop("categories") or []), *(given.pop("products") or [])]
        return {**given, "themes": themes}


def split_themes(themes: Iterable[str]) -> dict[str, list[str]]:
    """Theme codes as the form asks for them: whole categories, and all below."""
    codes = sorted(themes)
    return {
        "categories": [code for code in codes if len(code) == 2],
        "products": [code for code in codes if len(code) > 2],
    }
