"""A fair's history in words, for the steps component and for whoever was overtaken."""

from __future__ import annotations

from typing import Any

from wtforms import Field, SelectField, SelectMultipleField

from market.fairs.checks import Overtaken
from market.fairs.labels import EVENTS, FIELDS
from market.fairs.models import Fair, FairEvent, FairEventKind
from market.fairs.queries import events_of
from market.web.errors import DomainError, put_on_form
from market.web.filters import day, local_name, moment
from market.web.language import gettext as _

# Where the form asks for a field of an event under other names.
ASKED_AS = {"themes": ("categories", "products")}


def timeline(fair: Fair) -> list[tuple[str, str, str, str]]:
    """Rows (label, state, when, who and why) for the steps component, the latest first."""
    return [(what(event), "done", moment(event.at), who(event)) for event in events_of(fair)]


def what(event: FairEvent) -> str:
    """What was done, with the days, names or fields it is about."""
    label, about = str(EVENTS[event.kind]), event.about
    if event.from_day and event.to_day:
        about = _(
            "until %(after)s instead of %(before)s",
            after=day(event.to_day),
            before=day(event.from_day),
        )
    elif event.source:
        about = local_name(event.source)
    elif event.kind is FairEventKind.EDITED:
        about = _(", ").join(str(FIELDS[name]) for name in event.about.split())
    return _("%(name)s: %(reason)s", name=label, reason=about) if about else label


def who(event: FairEvent) -> str:
    """Who did it, and why where they said so."""
    name = event.by.name if event.by else _("by its dates")
    return _("%(name)s: %(reason)s", name=name, reason=event.reason) if event.reason else name


def put_refusal(error: DomainError, form: Any, stored: Any = None) -> None:
    """Show `error` on the form; of an Overtaken what was done and what the fields hold now.

    The form then counts as having seen it: sent again, it is what its writer wants.

    Args:
        stored: the form as it would be shown afresh.
    """
    if not isinstance(error, Overtaken):
        put_on_form(error, form)
        return
    for event in error.events:
        done = _(
            "%(when)s %(who)s: %(what)s", when=moment(event.at), who=who(event), what=what(event)
        )
        form.form_errors.append(done)
    form.form_errors.append(_("What you wrote is still here: look at it and send it again."))
    form.seen.data = error.events[-1].id
    for name in _changed(error) if stored else ():
        if name in form and shown(form[name]) != (now := shown(stored[name])):
            form[name].errors = [*form[name].errors, _("Now it is: %(value)s", value=now or "–")]


def shown(field: Field) -> str:
    """What a field holds, in words."""
    if isinstance(field, SelectField | SelectMultipleField):
        return _(", ").join(
            str(label) for _value, label, chosen, *_rest in field.iter_choices() if chosen
        )
    return str(field._value())


def _changed(error: Overtaken) -> list[str]:
    """The form's names of the fields that the events changed."""
    names: list[str] = []
    for event in error.events:
        if event.kind is FairEventKind.EDITED:
            names += (n for name in event.about.split() for n in ASKED_AS.get(name, (name,)))
        elif event.kind is FairEventKind.SESSION_EDITED:
            names += ("name", "name_en", "slug", "products", "starts_on", "ends_on", "note")
        elif event.to_day:
            names.append("ends_on")
    return list(dict.fromkeys(names))
