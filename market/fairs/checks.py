"""Checks of a fair's values, of who may arrange it, and of what may still change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from market.accounts.models import Account, Role
from market.database import db
from market.fairs import rules
from market.fairs.models import Fair, FairAction, FairEvent, FairSession, FairStatus
from market.fairs.queries import theme_paths, themes_of
from market.regions.models import Region
from market.web.errors import ConcurrentDecision, Invalid, InvalidTransition, Refused
from market.web.filters import local_name
from market.web.language import lazy_gettext as _l

MAX_DURATION = timedelta(days=366)
REASON_IS_PUBLISHED = _l("Say why: it stands on the fair's page and in its history.")
# Known to the public once a fair opens; changing them would move its count. The last day
# changes by extending the fair or closing it early, with a reason.
DAYS = ("starts_on", "ends_on")
FIXED_ONCE_OPEN = ("slug", "region", "starts_on", "ends_on", "season", "year")


class FairChanged(ConcurrentDecision):
    """The fair was changed since the form was shown; `events` are the changes."""

    def __init__(self, events: Sequence[FairEvent]) -> None:
        super().__init__(_l("Somebody changed the fair while you were writing."), events[-1].by_id)
        self.events = events


def check_province_official(actor: Account, *paths: str) -> None:
    """Raise Refused unless the actor is a province official over all the region paths."""
    for path in paths:
        if not actor.has_role(Role.PROVINCE_OFFICIAL, within=path):
            raise Refused(_("Fairs of this region are not yours to arrange."), "region")


def check_action(fair: Fair, action: FairAction) -> None:
    """Raise InvalidTransition where the fair's state doesn't allow the action."""
    if action not in rules.allowed_actions(fair.status, fair.totals_only):
        raise InvalidTransition()


def check_unchanged(fair: Fair, seen: int | None) -> None:
    """Raise FairChanged when the fair has events after the one numbered `seen`.

    None: the caller is a program, which showed nobody a form.
    """
    if seen is None:
        return
    later = select(FairEvent).where(FairEvent.fair_id == fair.id, FairEvent.id > seen)
    if events := db.session.scalars(later.order_by(FairEvent.id)).all():
        raise FairChanged(events)


def check_fair_values(actor: Account, values: dict[str, Any], fair: Fair | None = None) -> None:
    """Raise where these values make no possible fair, or the actor may not arrange it."""
    region: Region = values["region"]
    check_province_official(actor, region.path, *([fair.region.path] if fair else []))
    days = (values["starts_on"], values["ends_on"])
    check_days(*days)
    moved = fair is None or any(values[n] != getattr(fair, n) for n in ("year", *DAYS, "season"))
    if moved and not rules.fits_year(values["year"], values["season"], *days):
        raise Invalid(_("The fair is not held in that year: check the year and the days."), "year")
    if before := _baseline(values, "previous_id"):
        _check_earlier(before, values["starts_on"], "previous_id")
    if last_year := _baseline(values, "same_season_id"):
        _check_earlier(last_year, values["starts_on"], "same_season_id")
        if (last_year.season, last_year.year) != (values["season"], values["year"] - 1):
            raise Invalid(_("That is not the same season of the year before."), "same_season_id")


def check_days(starts_on: date, ends_on: date) -> None:
    """Raise Invalid at ends_on for days upside down or too many."""
    if ends_on < starts_on:
        raise Invalid(_("The last day is before the first."), "ends_on")
    if ends_on - starts_on > MAX_DURATION:
        raise Invalid(_("A fair lasts a year at most: check the dates."), "ends_on")


def check_not_past(starts_on: date, today: date) -> None:
    """Raise Invalid at starts_on for a day that is over: a fair is announced beforehand, or
    on its first day."""
    if starts_on < today:
        raise Invalid(_("That day is over: a fair can't lie in the past."), "starts_on")


def check_editable(fair: Fair, values: dict[str, Any], sessions: Collection[FairSession]) -> None:
    """Raise where the fair's state, or its sessions, forbid what `values` would change."""
    check_action(fair, FairAction.EDIT)
    themes = set(values.get("themes", ()))
    if fair.status is FairStatus.ANNOUNCED:
        if values["starts_on"] > fair.starts_on:
            raise Invalid(
                _("To let it begin later, postpone it: then its page says why."), "starts_on"
            )
        for session in sessions:
            _check_stays_inside(session, values["starts_on"], values["ends_on"], themes)
        return
    for field in FIXED_ONCE_OPEN:
        if values[field] != getattr(fair, field):
            raise Invalid(_("This can't change once the fair has opened."), field)
    if themes != themes_of([fair.id])[fair.id]:
        raise Invalid(_("This can't change once the fair has opened."), "products")


def check_takes_sessions(fair: Fair, today: date) -> None:
    """Raise InvalidTransition once the fair is over, also where nobody has closed it yet."""
    check_action(fair, FairAction.SESSIONS)
    if fair.ends_on < today:
        raise InvalidTransition()


def check_session(fair: Fair, values: dict[str, Any]) -> None:
    """Raise Invalid where a session's days or products are not inside the fair's."""
    if values["ends_on"] < values["starts_on"]:
        raise Invalid(_("The last day is before the first."), "ends_on")
    for field in ("starts_on", "ends_on"):
        if not fair.starts_on <= values[field] <= fair.ends_on:
            raise Invalid(_("That day is outside the fair."), field)
    if not values["themes"]:
        raise Invalid(_("Name at least one product."), "products")
    if not takes_products(themes_of([fair.id])[fair.id], values["themes"]):
        raise Invalid(_("The fair is not about all of these products."), "products")


def takes_products(themes: Collection[str], prefixes: Collection[str]) -> bool:
    """Whether a fair of these themes takes every product of these prefixes."""
    return all(rules.admits(themes, path) for path in theme_paths(prefixes))


def _check_stays_inside(
    session: FairSession, starts_on: date, ends_on: date, themes: set[str]
) -> None:
    """Raise Invalid where the session would be left outside its fair."""
    message = _(
        "%(name)s would be left outside: change that session first.", name=local_name(session)
    )
    if session.starts_on < starts_on:
        raise Invalid(message, "starts_on")
    if session.ends_on > ends_on:
        raise Invalid(message, "ends_on")
    if not takes_products(themes, session.prefixes):
        raise Invalid(message, "products")


def _baseline(values: dict[str, Any], field: str) -> Fair | None:
    id_ = values.get(field)
    if id_ is None:
        return None
    found = db.session.get(Fair, id_)
    if found is None:
        raise Invalid(_("No such fair."), field)
    return found


def _check_earlier(baseline: Fair, starts_on: date, field: str) -> None:
    if baseline.starts_on >= starts_on:
        raise Invalid(_("That fair is not an earlier one."), field)
