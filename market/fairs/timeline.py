"""A fair's history as text, for the steps component and for the loser of a concurrent change."""

from __future__ import annotations

from typing import Any

from wtforms import Field, SelectField, SelectMultipleField

from market.fairs.checks import FairChanged
from market.fairs.labels import EVENT_LABELS, FIELD_LABELS
from market.fairs.models import Fair, FairEvent, FairEventKind
from market.fairs.queries import events_of
from market.text.days import local_day
from market.web.errors import DomainError, add_form_error
from market.web.filters import day, format_datetime, local_name
from market.web.home_time import home_zone
from market.web.language import gettext as _

# The form's fields of an event's field, where their names differ.
FORM_FIELDS = {"themes": ("categories", "products")}
# What visitors are told of, with its reason.
PUBLISHED = frozenset(
    {
        FairEventKind.POSTPONED,
        FairEventKind.EXTENDED,
        FairEventKind.CLOSED_EARLY,
        FairEventKind.ABSORBED,
    }
)


def timeline(fair: Fair) -> list[tuple[str, str, str, str]]:
    """Rows (label, state, when, who and why) for the steps component, the latest first."""
    return [
        (format_event(event), "done", format_datetime(event.at), format_actor(event))
        for event in events_of(fair)
    ]


def published_changes(fair: Fair) -> list[tuple[str, str, str]]:
    """(what was done, when, why) that visitors are told, the latest first."""
    return [
        (
            _("Emergency fair") if is_emergency(event) else format_event(event),
            day(local_day(event.at, home_zone())),
            event.reason,
        )
        for event in events_of(fair)
        if event.kind in PUBLISHED or is_emergency(event)
    ]


def is_emergency(event: FairEvent) -> bool:
    """Whether a fair was announced at once, for a reason; the calendar's reasons are its own."""
    is_reasoned = event.by_id is not None and event.reason != ""
    return event.kind is FairEventKind.ANNOUNCED and is_reasoned


def format_event(event: FairEvent) -> str:
    """What was done, with the days, names or fields it is about."""
    label, about = str(EVENT_LABELS[event.kind]), event.about
    if event.kind is FairEventKind.POSTPONED:
        about = _(
            "from %(after)s instead of %(before)s",
            after=day(event.to_day),
            before=day(event.from_day),
        )
    elif event.from_day and event.to_day:
        about = _(
            "until %(after)s instead of %(before)s",
            after=day(event.to_day),
            before=day(event.from_day),
        )
    elif event.kind is FairEventKind.MERGED:
        about = event.about
    elif event.source:
        about = local_name(event.source)
    elif event.kind is FairEventKind.EDITED:
        about = _(", ").join(str(FIELD_LABELS[name]) for name in event.about.split())
    return _("%(name)s: %(reason)s", name=label, reason=about) if about else label


def format_actor(event: FairEvent) -> str:
    """Who did it, and the reason if there is one."""
    name = event.by.name if event.by else _("by its dates")
    return _("%(name)s: %(reason)s", name=name, reason=event.reason) if event.reason else name


def put_on_fair_form(error: DomainError, form: Any, stored: Any = None) -> None:
    """Show `error` on the form; for a FairChanged the changes and the fields' present values.

    The form's `seen` is then the last of these changes: sending it again overwrites them.

    Args:
        stored: the form with the stored values.
    """
    if not isinstance(error, FairChanged):
        add_form_error(error, form)
        return
    for event in error.events:
        done = _(
            "%(when)s %(who)s: %(what)s",
            when=format_datetime(event.at),
            who=format_actor(event),
            what=format_event(event),
        )
        form.form_errors.append(done)
    form.form_errors.append(_("What you wrote is still here: look at it and send it again."))
    form.seen.data = error.events[-1].id
    for name in _changed(error) if stored else ():
        if name in form and format_field(form[name]) != (now := format_field(stored[name])):
            form[name].errors = [*form[name].errors, _("Now it is: %(value)s", value=now or "–")]


def format_field(field: Field) -> str:
    """A field's value as text."""
    if isinstance(field, SelectField | SelectMultipleField):
        return _(", ").join(
            str(label) for _value, label, chosen, *_rest in field.iter_choices() if chosen
        )
    return str(field._value())


def _changed(error: FairChanged) -> list[str]:
    """The form's names of the fields that the events changed."""
    names: list[str] = []
    for event in error.events:
        if event.kind is FairEventKind.EDITED:
            names += (n for name in event.about.split() for n in FORM_FIELDS.get(name, (name,)))
        elif event.kind is FairEventKind.SESSION_EDITED:
            names += ("name", "name_en", "slug", "products", "starts_on", "ends_on", "note")
        elif event.kind is FairEventKind.POSTPONED:
            names += ("starts_on", "ends_on")
        elif event.to_day:
            names.append("ends_on")
    return list(dict.fromkeys(names))
