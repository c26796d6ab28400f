"""Merging a fair of which nothing is counted into another of its season.

The ledger is append-only and a county answers for each of its entries, so what was counted in a
fair stays there: a fair with counted deals is closed early instead, and deals agreed from the next
day on are the other's. Rooms above add their check to `merging_checks`, and move what is theirs on
`signals.fair_merged`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.fairs import rules
from market.fairs.checks import (
    REASON_IS_PUBLISHED,
    check_action,
    check_province_official,
    check_unchanged,
    takes_products,
)
from market.fairs.history import record_event
from market.fairs.models import (
    Fair,
    FairAction,
    FairEventKind,
    FairListing,
    FairSession,
    FairStatus,
)
from market.fairs.queries import sessions_of, themes_of
from market.fairs.services import enrol_from_publications
from market.fairs.signals import fair_merged, fair_merging
from market.regions.models import is_within
from market.text.days import local_day
from market.web.errors import Invalid
from market.web.home_time import home_zone
from market.web.reasons import require_reason

merging_checks: list[Callable[[Fair], None]] = []


def merge_fair(
    actor: Account,
    fair: Fair,
    into: Fair,
    reason: str,
    seen: int | None = None,
    at: datetime | None = None,
) -> Fair:
    """Merge an announced or open fair into another; its address leads there from now on.

    Sessions that lie on the other's days go with it, offers posted on its days are listed there,
    and deals that nobody has verified yet become the other's.

    Args:
        seen: the last event of `fair` the actor saw; None for programs.
        at: the moment; now when None.

    Raises:
        Refused: the actor is no province official of both regions.
        FairChanged: it was changed since the actor saw it.
        InvalidTransition: it is over already.
        Invalid: there is no reason, or `into` can't take it over.
        DomainError: a check says what the fair has.
    """
    fair_merging.send(fair=fair)
    for one in sorted((fair, into), key=lambda each: each.id):
        lock(one)
    check_province_official(actor, fair.region.path, into.region.path)
    check_unchanged(fair, seen)
    check_action(fair, FairAction.MERGE)
    require_reason(reason, REASON_IS_PUBLISHED)
    at = at or utcnow()
    if into not in merge_targets(fair, at):
        raise Invalid(_("It can't be merged into that fair."), "into")
    for check in merging_checks:
        check(fair)
    # While it is open still, its sessions may move.
    for session in movable_sessions(fair, into):
        _move_session(session, into)
        record_event(into, FairEventKind.SESSION_ADDED, actor, about=session.name, at=at)
    fair.status, fair.merged_into = FairStatus.MERGED, into
    db.session.flush()
    if into.status is FairStatus.OPEN:
        enrol_from_publications(into)
    fair_merged.send(fair=fair, into=into)
    why = reason.strip()
    record_event(fair, FairEventKind.MERGED, actor, reason=why, about=into.name, at=at)
    record_event(into, FairEventKind.ABSORBED, actor, reason=why, source_id=fair.id, at=at)
    return into


def merge_targets(fair: Fair, at: datetime) -> list[Fair]:
    """The fairs of its year and season not yet over that take whatever this one takes; once it
    is open, only open ones."""
    states = [FairStatus.OPEN]
    if fair.status is FairStatus.ANNOUNCED:
        states.append(FairStatus.ANNOUNCED)
    others = db.session.scalars(
        select(Fair)
        .options(joinedload(Fair.region, innerjoin=True))
        .where(
            Fair.id != fair.id,
            Fair.status.in_(states),
            Fair.season == fair.season,
            Fair.year == fair.year,
            Fair.is_replay == fair.is_replay,
            Fair.ends_on >= local_day(at, home_zone()),
        )
        .order_by(Fair.starts_on, Fair.id)
    ).all()
    themes = themes_of([fair.id, *(other.id for other in others)])
    mine = themes[fair.id]
    return [
        other
        for other in others
        if is_within(fair.region.path, other.region.path)
        and (takes_products(themes[other.id], mine) if mine else not themes[other.id])
    ]


def movable_sessions(fair: Fair, into: Fair) -> list[FairSession]:
    """The sessions of `fair` that lie on the days of `into`; the others end with it."""
    return [
        session
        for session in sessions_of(fair)
        if session.starts_on >= into.starts_on and session.ends_on <= into.ends_on
    ]


def count_left_behind(fair: Fair, into: Fair) -> tuple[int, int]:
    """(listings of `fair` that `into` has or will have, those that it won't): an offer is listed
    in a fair once it is posted or renewed on its days."""
    begin, _end = rules.listing_window(into.starts_on, into.ends_on, home_zone())
    listed = select(FairListing.offer_id).where(FairListing.fair_id == into.id)
    is_listed = FairListing.offer_id.in_(listed) | (FairListing.listed_at >= begin)
    rows = select(is_listed, func.count()).where(FairListing.fair_id == fair.id, FairListing.counts)
    found = {bool(key): number for key, number in db.session.execute(rows.group_by(is_listed))}
    return found.get(True, 0), found.get(False, 0)


def _move_session(session: FairSession, into: Fair) -> None:
    used: Sequence[str] = [other.slug for other in sessions_of(into)]
    session.slug = rules.unused_slug(session.slug, used)
    session.fair_id = into.id
    db.session.flush()
