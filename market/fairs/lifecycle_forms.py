"""The forms of the actions on a fair (postpone, extend, close
early, announce again, merge, open at once), and of
its sessions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, NumberRange
from wtforms.widgets import CheckboxInput, ListWidget

from market.fairs import suggestions
from market.fairs.checks import REASON_IS_PUBLISHED
from market.fairs.forms import NOT_VALUES, FairForm, ProductsField, SeenField, slug_field
from market.fairs.models import Fair, FairSession
from market.fairs.queries import last_event
from market.regions.forms import RegionField
from market.web.filters import day, local_name
from market.web.forms import DayField, ExactIntegerField, Form, IdempotencyKey, Length
from market.web.language import lazy_gettext as _l
from market.web.reasons import MAX_REASON_LENGTH

MAX_EMERGENCY_DAYS = 60


class CloseForm(Form):
    """Why a fair is closed early, or cancelled."""

    reason = StringField(
        _l("Reason"),
        [DataRequired(REASON_IS_PUBLISHED), Length(max=MAX_REASON_LENGTH)],
    )
    seen = SeenField()

    def __init__(self, fair: Fair, **kwargs: Any) -> None:
        super().__init__(seen=last_event(fair), **kwargs)


class PostponeForm(CloseForm):
    """Let a fair begin later."""

    starts_on = DayField(
        _l("New first day"),
        [DataRequired(_l("Choose the first day."))],
        description=_l("It lasts as many days as before; its sessions move with it."),
    )


class MergeForm(CloseForm):
    """Into which of `targets` a fair is merged."""

    into = SelectField(
        _l("Into which fair"),
        [InputRequired(_l("Choose the fair that takes it over."))],
        coerce=int,
    )

    def __init__(self, fair: Fair, targets: Sequence[Fair], **kwargs: Any) -> None:
        self.targets = {target.id: target for target in targets}
        super().__init__(fair, **kwargs)
        self.into.choices = [
            SelectChoice(t.id, f"{local_name(t)} · {day(t.starts_on)} – {day(t.ends_on)}")
            for t in targets
        ]

    def target(self) -> Fair:
        """The fair that was chosen."""
        return self.targets[self.into.data]


class ExtendForm(CloseForm):
    """Let a fair last longer."""

    ends_on = DayField(
        _l("New last day"),
        [DataRequired(_l("Choose the last day."))],
        description=_l("This day is included."),
    )


class CloneForm(FairForm):
    """The next edition of a fair, as suggested.

    Attributes:
        sessions: which of the fair's go with it.
    """

    sessions = SelectMultipleField(
        _l("Sessions"),
        coerce=int,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("On the same days of the year; they move with the first day."),
    )

    def __init__(self, edition: suggestions.NextEdition, **kwargs: Any) -> None:
        super().__init__(**edition.values, sessions=[row.id for row in edition.sessions], **kwargs)
        if not edition.sessions:
            del self.sessions
            return
        self.sessions.choices = [
            SelectChoice(row.id, f"{local_name(row)} · {day(row.starts_on)} – {day(row.ends_on)}")
            for row in edition.sessions
        ]

    def chosen(self) -> list[int]:
        """The ids of the sessions to take along."""
        return list(self.sessions.data or []) if "sessions" in self else []

    def values(self) -> dict[str, Any]:
        """The values for clone_fair()."""
        given = super().values()
        given.pop("sessions", None)
        return given


class EmergencyForm(Form):
    """A fair that opens now, for a product that can't wait."""

    key = IdempotencyKey()
    products = ProductsField(
        _l("Products"),
        [DataRequired(_l("Name at least one product."))],
        description=_l("Names separated by commas, such as navel orange, tea."),
    )
    region = RegionField(
        _l("Region"),
        [DataRequired(_l("Name the region the fair is for."))],
        leaves_only=False,
        description=_l("The whole province, or one prefecture or county of it."),
    )
    days = ExactIntegerField(
        _l("For how many days"),
        [
            InputRequired(_l("Write for how many days.")),
            NumberRange(
                1, MAX_EMERGENCY_DAYS, _l("From 1 to %(most)s days.", most=MAX_EMERGENCY_DAYS)
            ),
        ],
        description=_l("Today is the first; it closes at midnight after the last."),
    )
    reason = StringField(
        _l("Reason"),
        [DataRequired(REASON_IS_PUBLISHED), Length(max=MAX_REASON_LENGTH)],
    )
    name = StringField(
        _l("Name of the fair"),
        [Length(max=80)],
        description=_l("Leave empty: it is made of the region, the products and the month."),
    )
    name_en = StringField(_l("Name in English"), [Length(max=120)])
    slug = slug_field(False, _l("Leave empty: it is made of the day and the product."))

    def values(self) -> dict[str, Any]:
        """The values for open_emergency_fair(), empty ones suggested."""
        given = {
            "region": self.region.data,
            "themes": self.products.data,
            "name": self.name.data,
            "name_en": self.name_en.data,
            "slug": self.slug.data,
            "key": self.key.data,
        }
        return suggestions.suggest_emergency_values(given)


class SessionForm(Form):
    """A session of a fair."""

    key = IdempotencyKey()
    name = StringField(
        _l("Name of the session"), [DataRequired(_l("Give the session a name.")), Length(max=80)]
    )
    name_en = StringField(_l("Name in English"), [Length(max=120)])
    products = ProductsField(
        _l("Products"),
        [DataRequired(_l("Name at least one product."))],
        description=_l("Names separated by commas, such as navel orange, tea."),
    )
    starts_on = DayField(_l("First day"), [DataRequired(_l("Choose the first day."))])
    ends_on = DayField(_l("Last day"), [DataRequired(_l("Choose the last day."))])
    slug = slug_field(False, _l("Leave empty: it is made of the product's English name."))
    note = StringField(_l("Note"), [Length(max=200)])
    seen = SeenField()

    def __init__(self, fair: Fair, session: FairSession | None = None, **kwargs: Any) -> None:
        self.fair = fair
        if session is not None:
            kwargs |= {"obj": session, "products": session.prefixes}
        super().__init__(seen=last_event(fair), **kwargs)
        if session is not None:
            del self.key

    def values(self) -> dict[str, Any]:
        """The values for the services, an empty address suggested."""
        given = {field.name: field.data for field in self if field.name not in NOT_VALUES}
        given["themes"] = given.pop("products")
        if not given["slug"]:
            given["slug"] = suggestions.suggest_session_slug(self.fair, given["themes"])
        return given
