"""What an official's roles let them see, and what waits there."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, Row, false, func, or_, select

from market.accounts.models import OFFICIALS, Account, Role
from market.database import db
from market.deals.models import Deal, DealStatus
from market.desk.queue_types import QUEUES
from market.desk.queues import QueueState, WaitingCount
from market.regions.models import Region, within


def scope(account: Account) -> list[str]:
    """The region paths the account's official roles act in."""
    return [grant.region.path for grant in account.grants if grant.role in OFFICIALS]


def paths_of(account: Account, role: Role) -> list[str]:
    """The region paths that the account holds that role over."""
    return [grant.region.path for grant in account.grants if grant.role is role]


def inside(paths: Collection[str]) -> ColumnElement[bool]:
    """SQL: the joined Region is in one of the subtrees; of none, nothing is."""
    return or_(false(), *(within(Region.path, path) for path in paths))


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


def count_to_ring(codes: Collection[str]) -> int:
    """How many deals of these counties wait until the side without an account is rung back."""
    query = select(func.count()).where(
        Deal.unregistered_id.is_not(None),
        Deal.status == DealStatus.AGREED,
        Deal.called_back_by_id.is_(None),
        Deal.home_region_code.in_(codes),
    )
    return db.session.scalar(query) or 0
