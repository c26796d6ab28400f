"""Actions on a whole fair besides editing it: extend, close early, announce again, open at once.

Dates open and close a fair, so each of these changes a day and leaves the rest to the calendar.
Called inside transaction(); each adds a FairEvent.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.fairs import rules
from market.fairs.checks import (
    REASON_IS_PUBLISHED,
    check_action,
    check_days,
    check_province_official,
    check_unchanged,
)
from market.fairs.history import record_event
from market.fairs.models import Fair, FairAction, FairEventKind, FairStatus
from market.fairs.queries import sessions_of, themes_of
from market.fairs.services import create_fair
from market.fairs.session_services import store_session
from market.text.days import local_day
from market.web.errors import Invalid, InvalidTransition
from market.web.filters import local_name
from market.web.home_time import home_today, home_zone
from market.web.idempotency import bound_key, refuse_repeated
from market.web.reasons import require_reason


def extend_fair(
    actor: Account,
    fair: Fair,
    ends_on: date,
    reason: str,
    seen: int | None = None,
    at: datetime | None = None,
) -> Fair:
    """Let an open fair last longer: deals agreed on the added days are the fair's.

    Args:
        seen: the last event the actor saw; None for programs. at: the moment; now when None.

    Raises:
        Refused: the actor is no province official of the fair's region.
        FairChanged: it was changed since the actor saw it.
        InvalidTransition: it is not open, or its last day is over.
        Invalid: the day is not later than the last one, or there is no reason.
    """
    _check(actor, fair, FairAction.EXTEND, seen, at)
    require_reason(reason, REASON_IS_PUBLISHED)
    if ends_on <= fair.ends_on:
        raise Invalid(
            _("Choose a day after the last one now, %(day)s.", day=fair.ends_on.isoformat()),
            "ends_on",
        )
    check_days(fair.starts_on, ends_on)
    return _set_last_day(actor, fair, FairEventKind.EXTENDED, ends_on, reason, at)


def close_early(
    actor: Account,
    fair: Fair,
    reason: str,
    seen: int | None = None,
    at: datetime | None = None,
) -> Fair:
    """Make today the last day of an open fair; it closes at the end of it, as fairs do.

    What was agreed today stays the fair's; what is agreed from tomorrow on is daily. Its
    sessions end with it, and later ones are removed.

    Raises:
        As extend_fair; Invalid where today is the last day already.
    """
    today = _check(actor, fair, FairAction.CLOSE_EARLY, seen, at)
    require_reason(reason, REASON_IS_PUBLISHED)
    if fair.ends_on == today:
        raise Invalid(_("Today is its last day already."), "reason")
    for session in sessions_of(fair):
        if session.starts_on > today:
            db.session.delete(session)
        elif session.ends_on > today:
            session.ends_on = today
    return _set_last_day(actor, fair, FairEventKind.CLOSED_EARLY, today, reason, at)


def clone_fair(
    actor: Account, source: Fair, values: dict[str, Any], session_ids: Collection[int]
) -> Fair:
    """Announce the next edition of `source` with those of its sessions, their days moved.

    Args:
        values: as for create_fair.

    Raises:
        Refused, Invalid: as create_fair; or at `sessions` where one does not fit inside.
        InvalidTransition: `source` is known by its totals alone.
    """
    refuse_repeated(Fair, bound_key(actor, Fair, values.get("key")))
    check_action(source, FairAction.CLONE)
    sessions = [session for session in sessions_of(source) if session.id in set(session_ids)]
    fair = create_fair(actor, values, source=source)
    for session in sessions:
        copy = {
            "name": session.name,
            "name_en": session.name_en,
            "slug": session.slug,
            "note": session.note,
            "themes": session.prefixes,
            "starts_on": rules.shift_day(session.starts_on, source.starts_on, fair.starts_on),
            "ends_on": rules.shift_day(session.ends_on, source.starts_on, fair.starts_on),
        }
        try:
            store_session(fair, copy)
        except Invalid as error:
            message = _("%(name)s: %(error)s", name=local_name(session), error=error.message)
            raise Invalid(message, "sessions") from error
    return fair


def open_emergency_fair(actor: Account, values: dict[str, Any], days: int, reason: str) -> Fair:
    """Open a fair at once, from today on for so many days, today included.

    What was published or renewed today already is listed in it.

    Args:
        values: slug, name, name_en, season, year, region, themes, as for create_fair.

    Raises:
        Refused, Invalid: as create_fair; or without a reason or products, or where the
            same region has a fair of the same products that is not over.
    """
    refuse_repeated(Fair, bound_key(actor, Fair, values.get("key")))
    check_province_official(actor, values["region"].path)
    require_reason(reason, REASON_IS_PUBLISHED)
    if not values["themes"]:
        raise Invalid(_("Name at least one product."), "products")
    today = home_today()
    ends_on = today + timedelta(days=days - 1)
    if same := _find_same_fair(values["region"].code, set(values["themes"]), today, ends_on):
        raise Invalid(
            _(
                "%(name)s is for the same products in the same region, until %(day)s: "
                "extend that one, every deal would count in it.",
                name=local_name(same),
                day=same.ends_on.isoformat(),
            ),
            "products",
        )
    return create_fair(actor, {**values, "starts_on": today, "ends_on": ends_on}, reason)


def _check(
    actor: Account, fair: Fair, action: FairAction, seen: int | None, at: datetime | None
) -> date:
    """Lock the fair and see that the action is allowed; returns the local day."""
    lock(fair)
    check_province_official(actor, fair.region.path)
    check_unchanged(fair, seen)
    check_action(fair, action)
    today = local_day(at or utcnow(), home_zone())
    if fair.ends_on < today:  # the calendar only has not turned it yet
        raise InvalidTransition(_("The fair is over: its last day can't change."))
    return today


def _set_last_day(
    actor: Account,
    fair: Fair,
    kind: FairEventKind,
    ends_on: date,
    reason: str,
    at: datetime | None,
) -> Fair:
    before, fair.ends_on = fair.ends_on, ends_on
    moved = {"from_day": before, "to_day": ends_on, "at": at or utcnow()}
    record_event(fair, kind, actor, reason=reason.strip(), **moved)
    return fair


def _find_same_fair(region_code: str, themes: set[str], first: date, last: date) -> Fair | None:
    """A fair of that very region and theme which shares days with these and is not over."""
    fairs = db.session.scalars(
        select(Fair)
        .options(joinedload(Fair.region, innerjoin=True))
        .where(
            Fair.region_code == region_code,
            Fair.status.in_((FairStatus.ANNOUNCED, FairStatus.OPEN)),
            Fair.starts_on <= last,
            Fair.ends_on >= first,
        )
        .order_by(Fair.id)
    ).all()
    known = themes_of([fair.id for fair in fairs])
    return next((fair for fair in fairs if known[fair.id] == themes), None)
