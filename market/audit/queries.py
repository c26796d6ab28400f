"""Reading the record: at the object, and searched by the administrator."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, Select, func, or_, select

from market.accounts.models import Account, Role
from market.accounts.queries import matching
from market.accounts.services import ERASED_NAME
from market.audit.models import Act, ActChange, Change
from market.database import db
from market.regions.models import Region, within

MAX_AT_OBJECT = 30
PER_PAGE = 25
# Of one act on a page of many; its own page shows them all.
MAX_CHANGES_SHOWN = 5
MAX_EXPORTED = 50_000


@dataclass(frozen=True)
class Difference:
    """One object of an act: (column, before, after) of what changed."""

    kind: str
    object_id: str
    change: Change
    columns: list[tuple[str, Any, Any]]


@dataclass(frozen=True)
class RecordedAct:
    """One act with what it changed.

    Attributes:
        name: the actor's; None for an erased account and on the command line.
        more: how many of its objects are not among the differences.
    """

    id: int
    at: datetime
    actor_id: int | None
    name: str | None
    role: Role | None
    role_region: str | None
    permission: str
    endpoint: str
    ip: str
    agent: str
    kind: str
    object_id: str
    changes: int
    differences: list[Difference] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.changes - len(self.differences)


@dataclass(frozen=True)
class ActSearch:
    """What to look for; None: everything.

    Attributes:
        account: a part of the actor's name, or their phone.
        acts: endpoints and permissions, any of which it was.
        since, until: instants, the second not included.
        region: the path of a subtree that a changed object lies in.
    """

    account: str | None = None
    kind: str | None = None
    object_id: str | None = None
    acts: Collection[str] | None = None
    since: datetime | None = None
    until: datetime | None = None
    region: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """SQL over Act."""
        found: list[ColumnElement[bool]] = []
        if self.account:
            found.append(Act.actor_id.in_(select(Account.id).where(matching(self.account))))
        if self.acts:
            found.append(or_(Act.endpoint.in_(self.acts), Act.permission.in_(self.acts)))
        if self.since:
            found.append(Act.at >= self.since)
        if self.until:
            found.append(Act.at < self.until)
        if (touched := self._touched()) is not None:
            found.append(touched)
        return found

    def _touched(self) -> ColumnElement[bool] | None:
        """SQL: one change of the act is of the kind, the object and the region."""
        found: list[ColumnElement[bool]] = []
        if self.kind:
            found.append(ActChange.kind == self.kind)
        if self.object_id:
            found.append(ActChange.object_id == self.object_id)
        if self.region:
            inside = select(Region.code).where(within(Region.path, self.region))
            found.append(ActChange.region_code.in_(inside))
        # Not EXISTS: the few changes of an object are found by their index.
        return Act.id.in_(select(ActChange.act_id).where(*found).correlate(None)) if found else None


def _acts() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Act.id,
            Act.at,
            Act.actor_id,
            Account.name,
            Act.role,
            Region.name.label("role_region"),
            Act.permission,
            Act.endpoint,
            Act.ip,
            Act.agent,
            Act.kind,
            Act.object_id,
            Act.changes,
        )
        .outerjoin(Account, Account.id == Act.actor_id)
        .outerjoin(Region, Region.code == Act.role_region_code)
    )


CHANGE = (
    ActChange.kind.label("of_kind"),
    ActChange.object_id.label("of_object"),
    ActChange.change,
    ActChange.before,
    ActChange.after,
)
ACT_FIELDS = tuple(RecordedAct.__dataclass_fields__)[:-1]


def _recorded_act(row: Any) -> RecordedAct:
    values = {name: getattr(row, name) for name in ACT_FIELDS}
    return RecordedAct(**{**values, "name": None if row.name == ERASED_NAME else row.name})


def _difference(row: Any) -> Difference:
    before, after = row.before or {}, row.after or {}
    names = [*after, *(name for name in before if name not in after)]
    columns = [(name, before.get(name), after.get(name)) for name in names]
    return Difference(row.of_kind, row.of_object, row.change, columns)


def acts_at(kind: str, object_id: Any) -> list[RecordedAct]:
    """The latest acts on an object and its parts, the newest first; one query."""
    rows = db.session.execute(
        _acts()
        .add_columns(*CHANGE)
        .join(ActChange, ActChange.act_id == Act.id)
        .where(ActChange.whole_kind == kind, ActChange.whole_id == str(object_id))
        .order_by(ActChange.id.desc())
        .limit(MAX_AT_OBJECT)
    )
    found: dict[int, RecordedAct] = {}
    for row in rows:
        act = found.setdefault(row.id, _recorded_act(row))
        act.differences.insert(0, _difference(row))
    return list(found.values())


def count_acts(search: ActSearch) -> int:
    """How many acts there are to find."""
    return db.session.scalar(select(func.count(Act.id)).where(*search.conditions())) or 0


def find_acts(search: ActSearch, before: int | None) -> tuple[list[RecordedAct], bool]:
    """Acts with a smaller number than `before`, the newest first, and whether there are more.

    Numbers only grow, so that a page stays the same while new acts are written.
    """
    query = _acts().where(*search.conditions()).order_by(Act.id.desc()).limit(PER_PAGE + 1)
    rows = db.session.execute(query if before is None else query.where(Act.id < before)).all()
    found = [_recorded_act(row) for row in rows[:PER_PAGE]]
    _fill(found, MAX_CHANGES_SHOWN)
    return found, len(rows) > PER_PAGE


def get_act(act_id: int) -> RecordedAct:
    """The act with everything it changed, or 404."""
    row = db.session.execute(_acts().where(Act.id == act_id)).first() or abort(404)
    act = _recorded_act(row)
    _fill([act], None)
    return act


def _fill(acts: Sequence[RecordedAct], max_changes: int | None) -> None:
    """Give the acts their differences, at most `max_changes` each."""
    if not acts:
        return
    place = func.row_number().over(partition_by=ActChange.act_id, order_by=ActChange.id)
    numbered = (
        select(ActChange.id, place.label("place"))
        .where(ActChange.act_id.in_([act.id for act in acts]))
        .subquery()
    )
    query = (
        select(ActChange.act_id, *CHANGE)
        .join(numbered, numbered.c.id == ActChange.id)
        .order_by(ActChange.id)
    )
    by_id = {act.id: act for act in acts}
    for row in db.session.execute(
        query if max_changes is None else query.where(numbered.c.place <= max_changes)
    ):
        by_id[row.act_id].differences.append(_difference(row))


def every_change(search: ActSearch) -> Iterator[tuple[RecordedAct, Difference]]:
    """Every change of the acts found, the newest act first; MAX_EXPORTED at most."""
    rows: Iterable[Any] = db.session.execute(
        _acts()
        .add_columns(*CHANGE)
        .join(ActChange, ActChange.act_id == Act.id)
        .where(*search.conditions())
        .order_by(Act.id.desc(), ActChange.id)
        .limit(MAX_EXPORTED)
    )
    for row in rows:
        yield _recorded_act(row), _difference(row)
