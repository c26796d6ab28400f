"""Adding, changing and removing sessions 专场 while their fair is announced or open."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm.exc import ObjectDeletedError

from market.accounts.models import Account
from market.database import db, lock, utcnow, violated
from market.fairs.checks import (
    check_province_official,
    check_session,
    check_takes_sessions,
    check_unchanged,
)
from market.fairs.history import record_event
from market.fairs.models import (
    Fair,
    FairEventKind,
    FairSession,
    FairSessionTheme,
)
from market.text.days import local_day
from market.web.errors import Invalid, InvalidTransition
from market.web.home_time import home_zone
from market.web.idempotency import add_once, bound_key, refuse_repeated

COLUMNS = ("name", "name_en", "slug", "note", "starts_on", "ends_on")


def add_session(
    actor: Account,
    fair: Fair,
    values: dict[str, Any],
    seen: int | None = None,
    at: datetime | None = None,
) -> FairSession:
    """Add a session to the fair.

    Args:
        values: name, name_en, slug, note, starts_on, ends_on (local days, both included),
            themes (codes of categories or products, at least one), key (of the form, if any).
        seen: the last event of the fair that the actor saw; None for programs.
        at: the moment; now when None.

    Raises:
        Repeated: the actor sent a form with this key before.
        Refused: the actor is no province official of the fair's region.
        FairChanged: the fair was changed since the actor saw it.
        InvalidTransition: the fair is over.
        Invalid: with the field that is outside the fair, or an address already in use.
    """
    at = at or utcnow()
    key = bound_key(actor, FairSession, values.get("key"))
    refuse_repeated(FairSession, key)
    _check(actor, fair, seen, at)
    session = store_session(fair, values, key)
    record_event(fair, FairEventKind.SESSION_ADDED, actor, about=session.name, at=at)
    return session


def edit_session(
    actor: Account, session: FairSession, values: dict[str, Any], seen: int | None = None
) -> FairSession:
    """Change a session; raises as add_session."""
    fair = _fair_of(session)
    _check(actor, fair, seen, utcnow())
    lock(session)
    check_session(fair, values)
    before = ({name: getattr(session, name) for name in COLUMNS}, set(session.prefixes))
    if before == ({name: values[name] for name in COLUMNS}, set(values["themes"])):
        return session
    _fill(session, values)
    record_event(fair, FairEventKind.SESSION_EDITED, actor, about=session.name)
    return session


def remove_session(actor: Account, session: FairSession, seen: int | None = None) -> None:
    """Remove a session; the fair's own figures stay. Raises as add_session."""
    fair, name = _fair_of(session), session.name
    _check(actor, fair, seen, utcnow())
    db.session.delete(session)
    record_event(fair, FairEventKind.SESSION_REMOVED, actor, about=name)


def store_session(fair: Fair, values: dict[str, Any], key: str | None = None) -> FairSession:
    """Put a session of these values into the fair; raises Invalid as add_session."""
    check_session(fair, values)
    session = FairSession(fair_id=fair.id, key=key)
    _fill(session, values)
    return session


def _fair_of(session: FairSession) -> Fair:
    try:
        return session.fair
    except ObjectDeletedError:  # removed after the page was loaded
        raise InvalidTransition() from None


def _check(actor: Account, fair: Fair, seen: int | None, at: datetime) -> None:
    lock(fair)
    check_province_official(actor, fair.region.path)
    check_unchanged(fair, seen)
    check_takes_sessions(fair, local_day(at, home_zone()))


def _fill(session: FairSession, values: dict[str, Any]) -> None:
    for name in COLUMNS:
        setattr(session, name, values[name])
    _set_themes(session, values["themes"])
    try:
        add_once(session)
    except IntegrityError as error:
        if violated(error, "fair_sessions_fair_id_slug") or violated(error, "fair_sessions.slug"):
            raise Invalid(_("Another session of the fair has this address."), "slug") from error
        raise


def _set_themes(session: FairSession, prefixes: Collection[str]) -> None:
    wanted = set(prefixes)
    present = [theme for theme in session.themes if theme.product_prefix in wanted]
    new = wanted - {theme.product_prefix for theme in present}
    session.themes = [
        *present,
        *(FairSessionTheme(product_prefix=prefix) for prefix in sorted(new)),
    ]
