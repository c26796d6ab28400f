"""Postponing a fair that has not begun: it and its sessions move by as many days."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import or_, select

from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.fairs import rules
from market.fairs.checks import (
    REASON_IS_PUBLISHED,
    check_action,
    check_province_official,
    check_unchanged,
)
from market.fairs.history import record_event
from market.fairs.models import WITHDRAWN, Fair, FairAction, FairEventKind
from market.fairs.queries import sessions_of
from market.text.days import local_day
from market.web.errors import Invalid, InvalidTransition
from market.web.filters import local_name
from market.web.home_time import home_zone
from market.web.reasons import require_reason


def postpone_fair(
    actor: Account,
    fair: Fair,
    starts_on: date,
    reason: str,
    seen: int | None = None,
    at: datetime | None = None,
) -> Fair:
    """Let an announced fair begin on `starts_on`; it lasts as many days, and its sessions move
    with it.

    Args:
        seen: the last event the actor saw; None for programs. at: the moment; now when None.

    Raises:
        Refused: the actor is no province official of the fair's region.
        FairChanged: it was changed since the actor saw it.
        InvalidTransition: it is not announced, or its first day has come.
        Invalid: there is no reason; or the day is not later, is of another year than the fair's
            name, or not before a fair that is compared with this one.
    """
    lock(fair)
    check_province_official(actor, fair.region.path)
    check_unchanged(fair, seen)
    check_action(fair, FairAction.POSTPONE)
    at = at or utcnow()
    if fair.starts_on <= local_day(at, home_zone()):  # the calendar only has not turned it yet
        raise InvalidTransition(_("The fair has begun: extend it, or close it early."))
    require_reason(reason, REASON_IS_PUBLISHED)
    _check_first_day(fair, starts_on)
    before, shift = fair.starts_on, starts_on - fair.starts_on
    fair.starts_on, fair.ends_on = starts_on, fair.ends_on + shift
    for session in sessions_of(fair):
        session.starts_on, session.ends_on = session.starts_on + shift, session.ends_on + shift
    moved = {"from_day": before, "to_day": starts_on, "at": at}
    record_event(fair, FairEventKind.POSTPONED, actor, reason=reason.strip(), **moved)
    return fair


def _check_first_day(fair: Fair, starts_on: date) -> None:
    if starts_on <= fair.starts_on:
        message = _("Choose a day after the first one now, %(day)s.", day=fair.starts_on)
        raise Invalid(message, "starts_on")
    ends_on = fair.ends_on + (starts_on - fair.starts_on)
    if not rules.fits_year(fair.year, fair.season, starts_on, ends_on):
        raise Invalid(
            _("Then it would be of another year: cancel this fair and announce a new one."),
            "starts_on",
        )
    if later := _compared_with(fair, starts_on):
        raise Invalid(
            _(
                "%(name)s is compared with it and would begin before it: change that one first.",
                name=local_name(later),
            ),
            "starts_on",
        )


def _compared_with(fair: Fair, starts_on: date) -> Fair | None:
    """A fair that is compared with this one and begins by `starts_on`."""
    return db.session.scalars(
        select(Fair)
        .where(or_(Fair.previous_id == fair.id, Fair.same_season_id == fair.id))
        .where(Fair.starts_on <= starts_on, Fair.status.not_in(WITHDRAWN))
        .order_by(Fair.starts_on)
        .limit(1)
    ).first()
