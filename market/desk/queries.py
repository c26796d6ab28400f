"""What an official's roles let them see, and what waits there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g as kept_for_request
from flask import url_for
from sqlalchemy import ColumnElement, Row, or_, select
from sqlalchemy.orm import Session

from market.accounts.models import OFFICIALS, Account
from market.database import db
from market.desk.labels import QUEUE_NAMES
from market.desk.queue_types import QUEUES
from market.desk.queues import State, Waiting
from market.fairs.models import Fair, FairStatus
from market.regions.models import Region, is_within, within
from market.web.desk_registry import Awaits, add_awaits


def scope(account: Account) -> list[str]:
    """The region paths the account's official roles act in."""
    return [g.region.path for g in account.grants if g.role in OFFICIALS]


def inside(paths: Collection[str]) -> ColumnElement[bool]:
    """SQL: the joined Region is in one of the subtrees."""
    return or_(*(within(Region.path, path) for path in paths))


def counties(session: Session, paths: Collection[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Code and names of the reporting regions in the subtrees, in the order of their paths."""
    return session.execute(
        select(Region.code, Region.path, Region.name, Region.name_en)
        .where(Region.is_leaf, inside(paths))
        .order_by(Region.path)
    ).all()


def waiting(session: Session, kind: str, codes: Collection[str]) -> list[Waiting]:
    """What waits in these counties in the queue of that kind; asked once a request."""
    kept: dict[Any, list[Waiting]] = kept_for_request.setdefault("desk_waiting", {})
    key = kind, frozenset(codes)
    if key not in kept:
        kept[key] = QUEUES[kind].waiting(session, codes)
    return kept[key]


def counts(found: Collection[Waiting], codes: Collection[str]) -> dict[State, int]:
    """How many of each state wait in the counties of `codes`."""
    return {
        state: sum(row.count for row in found if row.state is state and row.county in codes)
        for state in State
    }


def queues_awaiting(account: Account) -> list[Awaits]:
    """What the queues of this room tell the desk's first page."""
    codes = [county.code for county in counties(db.session(), scope(account))]
    rows = []
    for (kind, state), label in QUEUE_NAMES.items():
        own = [row for row in waiting(db.session(), kind, codes) if row.state is state]
        asked: Any = {} if state is State.WAITING else {"state": state.value}
        rows.append(
            Awaits(
                label,
                sum(row.count for row in own),
                url_for("desk.queue", kind=kind, **asked),
                sum(row.late for row in own),
                min((row.oldest for row in own), default=None),
            )
        )
    return rows


@dataclass
class CountyLine:
    """A county of a wider desk, and what waits there to be verified."""

    county: Any
    deals: int = 0
    offers: int = 0
    late: int = 0
    oldest: datetime | None = None


def county_lines(session: Session, of: Sequence[Any]) -> list[CountyLine]:
    """The counties where something waits to be verified, the one with most late first."""
    lines = {county.code: CountyLine(county) for county in of}
    for kind in QUEUES:
        for row in waiting(session, kind, list(lines)):
            if row.state is not State.WAITING:
                continue
            line = lines[row.county]
            setattr(line, kind, row.count)
            line.late += row.late
            line.oldest = min(line.oldest or row.oldest, row.oldest)
    busy = [line for line in lines.values() if line.deals or line.offers]
    return sorted(busy, key=lambda line: (-line.late, line.county.path))


def running_fairs(session: Session, account: Account) -> list[tuple[Any, Region]]:
    """Each open fair with the region of the account whose line in it they look at first."""
    fairs = session.execute(
        select(Fair.slug, Fair.name, Fair.name_en, Fair.ends_on, Region.path)
        .join(Region, Region.code == Fair.region_code)
        .where(Fair.status == FairStatus.OPEN)
        .order_by(Fair.ends_on)
    ).all()
    regions = [g.region for g in account.grants if g.role in OFFICIALS]
    return [
        (fair, region)
        for fair in fairs
        for region in regions[:1]
        if is_within(region.path, fair.path) or is_within(fair.path, region.path)
    ]


add_awaits(10, queues_awaiting)
