"""What a unit has submitted: each of its statements with day, state and total."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, or_, select

from market.accounts.models import Account, Role
from market.database import db
from market.fairs.models import Fair, FairStatus
from market.regions.models import Region, within
from market.statements import queries, version_queries
from market.statements.models import Statement, StatementStatus
from market.statements.rules import Period, is_late
from market.statements.version_queries import LastVersion, SentBack
from market.tallies.queries import Totals
from market.web.pagination import Pagination


class Named(NamedTuple):
    """A unit or fair, as far as the list shows it."""

    key: str
    name: str
    name_en: str


@dataclass(frozen=True)
class OwnStatement:
    """A statement of one of the official's own units.

    Attributes:
        late: whether it was first submitted after it was due.
        totals: the figures that count.
        last: the version that counts: by whom, when, and its remark.
        returned: who returned it last and why, whatever its state is now; None: nobody did.
        may_withdraw: whether nobody has reviewed it yet.
    """

    id: int
    unit: Named
    fair: Named
    period: Period
    status: StatementStatus
    late: bool
    totals: Totals
    last: LastVersion
    returned: SentBack | None
    may_withdraw: bool


def own_statements(
    account: Account, now: datetime, page: int, per_page: int
) -> tuple[Sequence[OwnStatement], Pagination]:
    """What the account's own units have submitted, of every fair, the latest day first."""
    is_own = _is_own(account)
    total = 0 if is_own is None else _count(is_own)
    pagination = Pagination(page, per_page, total)
    if is_own is None or not total:
        return [], pagination
    unit, fair = (Region.code, Region.name, Region.name_en), (Fair.slug, Fair.name, Fair.name_en)
    state = (Statement.id, Statement.day, Statement.kind, Statement.status, Statement.due_at)
    query = (
        select(*unit, *fair, *state, Statement.first_submitted_at, Fair.status)
        .join(Region, Region.code == Statement.region_code)
        .join(Fair, Fair.id == Statement.fair_id)
        .where(Statement.version > 0, is_own)
        .order_by(Statement.day.desc(), Statement.kind.desc(), Region.path, Statement.id)
    )
    rows = db.session.execute(pagination.limit(query)).all()
    ids = [row.id for row in rows]
    figures = queries.current_figures(ids)
    last, returned = version_queries.last_versions(ids), version_queries.last_returns(ids)
    found = []
    for row in rows:
        values: tuple[Any, ...] = tuple(row)
        id_, day, kind, status, due_at, submitted_at, fair_status = values[6:]
        found.append(
            OwnStatement(
                id=id_,
                unit=Named(*values[:3]),
                fair=Named(*values[3:6]),
                period=Period(day, kind),
                status=status,
                late=is_late(due_at, submitted_at, now),
                totals=figures[id_].totals,
                last=last[id_],
                returned=returned.get(id_),
                may_withdraw=status is StatementStatus.SUBMITTED
                and fair_status is not FairStatus.CERTIFIED,
            )
        )
    return found, pagination


def _count(is_own: ColumnElement[bool]) -> int:
    query = select(func.count()).select_from(Statement)
    query = query.join(Region, Region.code == Statement.region_code)
    return db.session.scalar(query.where(Statement.version > 0, is_own)) or 0


def _is_own(account: Account) -> ColumnElement[bool] | None:
    """SQL: the account submits for the region, as submits_for() says; None: for none at all."""
    roles = {Role.COUNTY_OFFICIAL: True, Role.PREFECTURE_OFFICIAL: False}
    own = [
        and_(Region.is_leaf.is_(roles[grant.role]), within(Region.path, grant.region.path))
        for grant in account.grants
        if grant.role in roles
    ]
    return or_(*own) if own else None
