"""What of the record to look for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from wtforms import SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import NumberRange, Optional

from market.audit.action_labels import names_by_label
from market.audit.labels import object_label
from market.audit.queries import ActSearch
from market.regions.forms import RegionField
from market.text.days import Nearest, local_midnight
from market.web.converters import MAX_ID
from market.web.forms import DayField, ExactIntegerField, FilterForm, Length
from market.web.home_time import home_zone
from market.web.language import lazy_gettext as _l


class ActFilter(FilterForm):
    """Every field narrows the record; all of them together.

    Args:
        given: the query string.
        kinds: the kinds of objects that are recorded.
    """

    account = StringField(_l("Who: name or phone"), [Optional(), Length(max=60)])
    act = SelectField(_l("What was done"), [Optional()])
    kind = SelectField(_l("Object"), [Optional()])
    object_id = StringField(_l("Its number"), [Optional(), Length(max=80)])
    region = RegionField(_l("Region"), [Optional()], leaves_only=False)
    since = DayField(_l("From day"), [Optional()], nearest=Nearest.NOT_FUTURE)
    until = DayField(_l("To day"), [Optional()], nearest=Nearest.NOT_FUTURE)
    before = ExactIntegerField(validators=[Optional(), NumberRange(1, MAX_ID)])

    def __init__(self, given: Any, kinds: Iterable[str]) -> None:
        super().__init__(given)
        self.names = names_by_label()
        everything = SelectChoice("", _l("All"))
        acts = sorted(self.names.items())
        self.act.choices = [everything, *(SelectChoice(n[0], label) for label, n in acts)]
        self.kind.choices = [everything, *(SelectChoice(k, object_label(k)) for k in kinds)]

    def search(self) -> ActSearch:
        """What is looked for, by the fields that are right."""
        chosen = self.chosen()
        act = chosen.get("act")
        return ActSearch(
            account=chosen.get("account"),
            kind=chosen.get("kind"),
            object_id=chosen.get("object_id"),
            acts=next((names for names in self.names.values() if act in names), None),
            since=_midnight(chosen.get("since")),
            until=_midnight(chosen.get("until"), 1),
            region=chosen["region"].path if "region" in chosen else None,
        )

    def address(self) -> dict[str, Any]:
        """The filters as they stand in an address."""
        chosen = {k: v for k, v in self.chosen().items() if k != "before"}
        return {k: getattr(v, "code", v) for k, v in chosen.items()}


def _midnight(day: Any, later: int = 0) -> datetime | None:
    """The beginning of a local day, or of the one so many days later."""
    if day is None:
        return None
    try:
        return local_midnight(day + timedelta(days=later), home_zone())
    except OverflowError:
        return None
