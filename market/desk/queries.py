"""What an official's roles let them see, and what waits there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, Row, func, or_, select

from market.accounts.models import OFFICIALS, Account
from market.database import db
from market.deals.models import Deal, DealStatus
from market.desk.queue_types import QUEUES
from market.desk.queues import QueueState, WaitingCount
from market.fairs.models import Fair, FairStatus
from market.regions.models import Region, is_within, within


def scope(account: Account) -> list[str]:
    """The region paths the account's official roles act in."""
    return [grant.region.path for grant in account.grants if grant.role in OFFICIALS]


def inside(paths: Collection[str]) -> ColumnElement[bool]:
    """SQL: the joined Region is in one of the subtrees."""
    return or_(*(within(Region.path, path) for path in paths))


def counties(paths: Collection[str]) -> Sequence[Row[*tuple[Any, ...]]]:
    """Code and names of the reporting regions in the subtrees, in the order of their paths; read
    once a request."""
    known: dict[Any, Sequence[Row[*tuple[Any, ...]]]] = g.setdefault("desk_counties", {})
    key = frozenset(paths)
    if key not in known:
        known[key] = db.session.execute(
            select(Region.code, Region.path, Region.name, Region.name_en)
            .where(Region.is_leaf, inside(paths))
            .order_by(Region.path)
        ).all()
    return known[key]


def waiting(kind: str, codes: Collection[str]) -> list[WaitingCount]:
    """What waits in these counties in the queue of that kind; read once a request."""
    known: dict[Any, list[WaitingCount]] = g.setdefault("desk_waiting", {})
    key = kind, frozenset(codes)
    if key not in known:
        known[key] = QUEUES[kind].waiting(codes)
    return known[key]


def counts(found: Collection[WaitingCount], codes: Collection[str]) -> dict[QueueState, int]:
    """How many of each state wait in the counties of `codes`."""
    return {
        state: sum(row.count for row in found if row.state is state and row.county in codes)
        for state in QueueState
    }


@dataclass
class CountyBacklog:
    """A county of a wider desk, and what waits there to be verified."""

    county: Any
    deals: int = 0
    offers: int = 0
    late: int = 0
    oldest: datetime | None = None


def county_backlogs(counties: Sequence[Any]) -> list[CountyBacklog]:
    """The counties where something waits to be verified, the one with most late first."""
    lines = {county.code: CountyBacklog(county) for county in counties}
    for kind in QUEUES:
        for row in waiting(kind, list(lines)):
            if row.state is not QueueState.WAITING:
                continue
            line = lines[row.county]
            setattr(line, kind, row.count)
            line.late += row.late
            line.oldest = min(line.oldest or row.oldest, row.oldest)
    busy = [line for line in lines.values() if line.deals or line.offers]
    return sorted(busy, key=lambda line: (-line.late, line.county.path))


def running_fairs(account: Account) -> list[tuple[Any, Region]]:
    """Each open fair with the region of the account whose line in it they look at first."""
    fairs = db.session.execute(
        select(Fair.slug, Fair.name, Fair.name_en, Fair.ends_on, Region.path)
        .join(Region, Region.code == Fair.region_code)
        .where(Fair.status == FairStatus.OPEN)
        .order_by(Fair.ends_on)
    ).all()
    regions = [grant.region for grant in account.grants if grant.role in OFFICIALS]
    return [
        (fair, region)
        for fair in fairs
        for region in regions[:1]
        if is_within(region.path, fair.path) or is_within(fair.path, region.path)
    ]


def count_to_ring(codes: Collection[str]) -> int:
    """How many deals of these counties wait until the side without an account is rung back."""
    query = select(func.count()).where(
        Deal.unregistered_id.is_not(None),
        Deal.status == DealStatus.AGREED,
        Deal.called_back_by_id.is_(None),
        Deal.home_region_code.in_(codes),
    )
    return db.session.scalar(query) or 0
