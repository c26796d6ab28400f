"""Who supervises a county 督导, and what they find there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from market.accounts.models import Account, Grant, Role
from market.database import db, lock, utcnow
from market.desk.queries import waiting
from market.desk.queues import QueueState
from market.fairs.models import Fair
from market.permissions import may
from market.regions.models import Region
from market.statements.queries import rates_of
from market.statements.rules import Rates
from market.statements.units import units
from market.supervision.models import (
    MAX_NOTE_LENGTH,
    ContactKind,
    CountySupervisor,
    SupervisionNote,
)
from market.supervision.rules import MAX_COUNTIES
from market.supervision.targets import UnitProgress
from market.web.errors import Invalid, Refused
from market.web.home_time import home_today
from market.web.idempotency import add_once, bound_key, refuse_repeated
from market.web.language import lazy_gettext as _l
from market.web.reasons import check_length

_ROLES = (Role.PREFECTURE_OFFICIAL, Role.PROVINCE_OFFICIAL)


@dataclass(frozen=True)
class SupervisedCounty:
    """A county with who supervises it now; has what permissions ask of a region.

    Attributes:
        past: who did before, the latest first.
    """

    region: Region
    supervisor: CountySupervisor | None
    past: Sequence[CountySupervisor] = ()

    @property
    def path(self) -> str:
        return self.region.path

    @property
    def is_vacant(self) -> bool:
        """Whether nobody supervises it, or somebody whose office over it has ended."""
        return self.supervisor is None or not holds_office(self.supervisor.account, self.path)


@dataclass(frozen=True)
class CountyState:
    """What a supervisor looks at first in a county.

    Attributes:
        rates: of its statements in the fair; None where it reports of none.
        deals, offers: waiting to be verified; late: those that have waited too long.
        noted_on: the day of the last visit or call.
    """

    county: Region
    progress: UnitProgress | None
    rates: Rates | None
    deals: int
    offers: int
    late: int
    noted_on: date | None


def holds_office(account: Account, path: str) -> bool:
    """Whether the account is one of an official above the county of the path."""
    return account.is_active and any(account.has_role(role, within=path) for role in _ROLES)


def load_county(code: str) -> SupervisedCounty:
    """The county with its supervisors, or 404."""
    region = db.session.get(Region, code)
    if region is None or not region.is_leaf:
        abort(404)
    rows = db.session.scalars(
        select(CountySupervisor)
        .where(CountySupervisor.region_code == code)
        .options(joinedload(CountySupervisor.account))
        .order_by(CountySupervisor.assigned_at.desc(), CountySupervisor.id.desc())
    ).all()
    current = next((row for row in rows if row.ended_at is None), None)
    return SupervisedCounty(region, current, [row for row in rows if row.ended_at])


def current_supervisors(codes: Collection[str]) -> dict[str, CountySupervisor]:
    """Who supervises each of the counties now, by its code."""
    rows = db.session.scalars(
        select(CountySupervisor)
        .where(CountySupervisor.region_code.in_(codes), CountySupervisor.ended_at.is_(None))
        .options(joinedload(CountySupervisor.account))
    )
    return {row.region_code: row for row in rows}


def supervised_by(account: Account) -> list[Region]:
    """The counties that the account supervises and still holds an office over."""
    rows = db.session.scalars(
        select(Region)
        .join(CountySupervisor, CountySupervisor.region_code == Region.code)
        .where(CountySupervisor.account_id == account.id, CountySupervisor.ended_at.is_(None))
        .order_by(Region.path)
    )
    return [region for region in rows if holds_office(account, region.path)]


def candidates(actor: Account, region: Region) -> list[tuple[Account, int]]:
    """Who may be asked to supervise the county, each with how many counties they have, those with
    fewest first. A prefecture chooses among its own; the province among all."""
    steps = [region.path]
    while "/" in steps[-1]:
        steps.append(steps[-1].rpartition("/")[0])
    roles: Sequence[Role] = _ROLES
    if not actor.has_role(Role.PROVINCE_OFFICIAL, within=region.path):
        roles = (Role.PREFECTURE_OFFICIAL,)
    found = db.session.scalars(
        select(Account)
        .join(Grant, Grant.account_id == Account.id)
        .join(Region, Region.code == Grant.region_code)
        .where(Grant.role.in_(roles), Region.path.in_(steps), Account.disabled_at.is_(None))
        .order_by(Account.name, Account.id)
    ).unique()
    people = list(found)
    numbers = _numbers([one.id for one in people])
    return sorted(((one, numbers[one.id]) for one in people), key=lambda pair: pair[1])


def _numbers(ids: Collection[int]) -> Counter[int]:
    rows = db.session.execute(
        select(CountySupervisor.account_id, func.count())
        .where(CountySupervisor.account_id.in_(ids), CountySupervisor.ended_at.is_(None))
        .group_by(CountySupervisor.account_id)
    )
    return Counter(dict(rows.all()))


def assign(actor: Account, county: SupervisedCounty, account_id: int | None) -> None:
    """Have somebody supervise the county from now on; None: nobody. Inside transaction().

    Raises:
        Refused: the actor is no official above the county.
        Invalid: it is nobody who may be chosen, or they have three counties (field `account`).
    """
    lock(county.region)
    if not may(actor, "supervisor.assign", county):
        raise Refused()
    known = load_county(county.region.code).supervisor
    if (known.account_id if known else None) == account_id:
        return
    if account_id is not None:
        people = {one.id: one for one, _number in candidates(actor, county.region)}
        if account_id not in people:
            raise Invalid(_l("Choose an official of the prefecture or the province."), "account")
        lock(people[account_id])
        if _numbers([account_id])[account_id] >= MAX_COUNTIES:
            message = _l(
                "They supervise %(count)s counties already: nobody has more.", count=MAX_COUNTIES
            )
            raise Invalid(message, "account")
    if known is not None:
        known.ended_at, known.ended_by_id = utcnow(), actor.id
        db.session.flush()
    if account_id is not None:
        row = {"region_code": county.region.code, "account_id": account_id}
        db.session.add(CountySupervisor(**row, assigned_by_id=actor.id))
    db.session.flush()


def add_note(
    actor: Account, county: SupervisedCounty, kind: ContactKind, day: date, finding: str, key: str
) -> SupervisionNote:
    """Write down what was found on a visit or a call. Inside transaction().

    Raises:
        Repeated: the form was sent before; with the note.
        Refused: the actor does not supervise the county.
        Invalid: the day lies ahead, or nothing is said (fields `day`, `finding`).
    """
    key = bound_key(actor, SupervisionNote, key)
    refuse_repeated(SupervisionNote, key)
    if not may(actor, "county.note", county):
        raise Refused(_l("Only whoever supervises the county writes notes about it."))
    if day > home_today():
        raise Invalid(_l("That day lies ahead."), "day")
    if not finding.strip():
        raise Invalid(_l("Say what you found."), "finding")
    check_length(finding, "finding", MAX_NOTE_LENGTH)
    about = {"region_code": county.region.code, "kind": kind, "found_on": day}
    note = SupervisionNote(**about, finding=finding, by_id=actor.id, key=key)
    add_once(note)
    return note


def notes_of(code: str) -> Sequence[SupervisionNote]:
    """What was found in the county, the latest first."""
    return db.session.scalars(
        select(SupervisionNote)
        .where(SupervisionNote.region_code == code)
        .options(joinedload(SupervisionNote.by))
        .order_by(SupervisionNote.found_on.desc(), SupervisionNote.id.desc())
    ).all()


def county_states(
    counties: Sequence[Region],
    fair: Fair | None,
    progress: Mapping[str, UnitProgress],
    now: datetime,
) -> list[CountyState]:
    """Where the counties stand, in their order."""
    codes = [county.code for county in counties]
    among = [unit for unit in units(fair).values() if unit.code in codes] if fair else []
    rates = rates_of(fair, now, among) if fair and among else {}
    last: dict[str, date] = dict(
        db.session.execute(
            select(SupervisionNote.region_code, func.max(SupervisionNote.found_on))
            .where(SupervisionNote.region_code.in_(codes))
            .group_by(SupervisionNote.region_code)
        ).all()
    )
    queues: dict[str, Any] = {
        kind: {row.county: row for row in waiting(kind, codes) if row.state is QueueState.WAITING}
        for kind in ("deals", "offers")
    }
    found = []
    for county in counties:
        rows = [queues[kind].get(county.code) for kind in ("deals", "offers")]
        deals, offers = (row.count if row else 0 for row in rows)
        late = sum(row.late for row in rows if row)
        about = (progress.get(county.code), rates.get(county.code))
        state = CountyState(county, *about, deals, offers, late, last.get(county.code))
        found.append(state)
    return found
