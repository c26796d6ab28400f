"""Reading statements: what is due, what counts, what moved since, and the published table."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import Row, bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from market.accounts.models import Account
from market.database import db, read
from market.fairs.models import Fair
from market.regions.models import Region, within
from market.statements import snapshots, units
from market.statements.models import (
    Act,
    Correction,
    CorrectionDecision,
    Kind,
    Publication,
    Statement,
    StatementEvent,
    StatementStatus,
    StatementVersion,
)
from market.statements.rules import Period, Rates, rates
from market.statements.snapshots import FIGURES, Snapshot
from market.statements.units import Standing, Unit
from market.web.home_time import home_zone


def get_statement(statement_id: int) -> Statement:
    """The statement of that id, or 404."""
    return db.session.get(Statement, statement_id) or abort(404)


def publication_of(fair: Fair, period: Period) -> Publication | None:
    """What was published of the fair for the period."""
    return db.session.scalar(
        select(Publication).where(
            Publication.fair_id == fair.id,
            Publication.kind == period.kind,
            Publication.day == period.day,
        )
    )


def frozen(statement_ids: Collection[int]) -> dict[int, Snapshot]:
    """The current version's snapshot of each statement that has one, by its id."""
    rows = db.session.execute(
        select(StatementVersion.statement_id, StatementVersion.number, StatementVersion.snapshot)
        .join(Statement, Statement.id == StatementVersion.statement_id)
        .where(Statement.id.in_(statement_ids), Statement.version == StatementVersion.number)
    )
    return {
        id_: {**json.loads(snapshot), "version": number, "correction": 0}
        for id_, number, snapshot in rows
    }


def counting(statement_ids: Collection[int]) -> dict[int, Snapshot]:
    """The snapshot that counts of each statement: the last confirmed correction's, else the
    current version's."""
    found = frozen(statement_ids)
    for row in confirmed(Correction.statement_id.in_(statement_ids)):
        version = found[row.statement_id]["version"]
        numbers = {"version": version, "correction": row.number}
        found[row.statement_id] = {**json.loads(row.snapshot), **numbers}
    return found


def confirmed(*where: Any) -> Sequence[Row[*tuple[Any, ...]]]:
    """The confirmed corrections in their order, with their statement's region and period."""
    filed, decided = aliased(Account, flat=True), aliased(Account, flat=True)
    return db.session.execute(
        select(
            *(Correction.statement_id, Correction.number, Correction.before, Correction.snapshot),
            *(Correction.reason, Correction.at, Correction.ledger_id, Correction.ledger_hash),
            *(Statement.region_code, Statement.kind, Statement.day, Correction.sha256),
            *(filed.name.label("by"), decided.name.label("confirmed_by")),
            CorrectionDecision.at.label("confirmed_at"),
        )
        .join(Statement, Statement.id == Correction.statement_id)
        .join(CorrectionDecision, CorrectionDecision.correction_id == Correction.id)
        .join(filed, filed.id == Correction.by_id)
        .join(decided, decided.id == CorrectionDecision.by_id)
        .where(CorrectionDecision.confirmed, *where)
        .order_by(Correction.statement_id, Correction.number)
    ).all()


@dataclass(frozen=True)
class Corrected:
    """A confirmed correction: both figures, why, and when the next level confirmed it."""

    statement_id: int
    code: str
    period: Period
    number: int
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str
    by: str
    at: datetime
    confirmed_by: str
    confirmed_at: datetime
    ledger_id: int
    ledger_hash: str

    @property
    def changes(self) -> list[tuple[str, Any, Any]]:
        """(figure, was, is) of those that differ."""
        return changes(self.before, self.after)


def corrections_of(fair: Fair, region: Region) -> list[Corrected]:
    """The confirmed corrections of the fair's statements inside `region`, the oldest first."""
    inside = select(Region.code).where(within(Region.path, region.path))
    rows = confirmed(Statement.fair_id == fair.id, Statement.region_code.in_(inside))
    return sorted(map(_corrected, rows), key=lambda c: c.confirmed_at)


def confirmed_of(statement: Statement) -> list[Corrected]:
    """The statement's confirmed corrections in their order."""
    return list(map(_corrected, confirmed(Correction.statement_id == statement.id)))


def _corrected(row: Any) -> Corrected:
    before, after = json.loads(row.before)["totals"], json.loads(row.snapshot)["totals"]
    names = ("by", "at", "confirmed_by", "confirmed_at", "ledger_id", "ledger_hash")
    return Corrected(
        row.statement_id,
        row.region_code,
        Period(row.day, row.kind),
        row.number,
        before,
        after,
        row.reason,
        *(getattr(row, name) for name in names),
    )


def changes(was: Mapping[str, Any], now: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """(figure, was, is) of the figures that differ."""
    names = [name for name in FIGURES if was.get(name, 0) != now.get(name, 0)]
    return [(name, was.get(name, 0), now.get(name, 0)) for name in names]


@dataclass(frozen=True)
class PublishedRow:
    """A county or prefecture of the published table.

    Attributes:
        totals: as published; None for one named as missing then.
        now: with what was corrected or came in since; equal to totals where nothing was.
        late_at: when it came in after the publication.
    """

    code: str
    name: str
    name_en: str
    totals: dict[str, Any] | None
    now: dict[str, Any] | None
    corrections: Sequence[Corrected] = ()
    late_at: datetime | None = None
    rows: Sequence[PublishedRow] = ()


@dataclass(frozen=True)
class Published:
    """The published table: what was published, and what it comes to now."""

    publication: Publication
    period: Period
    snapshot: Snapshot
    groups: Sequence[PublishedRow] = field(default_factory=list)
    now: dict[str, Any] = field(default_factory=dict)

    @property
    def totals(self) -> dict[str, Any]:
        return self.snapshot["totals"]

    @property
    def corrections(self) -> list[Corrected]:
        """Those confirmed since, the oldest first."""
        rows = [row for group in self.groups for row in (group, *group.rows)]
        found = [correction for row in rows for correction in row.corrections]
        return sorted(found, key=lambda c: c.confirmed_at)


def is_published(fair: Fair) -> bool:
    """Whether anything of the fair is published; asked on the fair's page."""
    return read(_PUBLISHED, fair=fair.id).first() is not None


def publications(fair: Fair) -> Sequence[Publication]:
    """Everything published of the fair: the final table first, then the days, latest first."""
    found = db.session.scalars(select(Publication).where(Publication.fair_id == fair.id)).all()
    return sorted(found, key=lambda p: (p.kind is Kind.FINAL, p.day), reverse=True)


def published(fair: Fair, period: Period | None = None) -> Published | None:
    """The fair's published table for the period, else its final one, else its latest day's.

    None while nothing is published.
    """
    known = publications(fair)
    chosen = [p for p in known if period is None or Period(p.day, p.kind) == period]
    if not chosen:
        return None
    of = Period(chosen[0].day, chosen[0].kind)
    return _Table(fair, chosen[0], of).made()


class _Table:
    """Puts a published table together with what happened since."""

    def __init__(self, fair: Fair, publication: Publication, period: Period) -> None:
        self.publication, self.period = publication, period
        self.snapshot: Snapshot = json.loads(publication.snapshot)
        self.units = units.units(fair)
        rows = units.statements_of(fair, *units.of_period(period))
        self.locked = {r.region_code: r.id for r in rows if r.status is StatementStatus.PUBLISHED}
        self.parents = {u.code: u.parent.code if u.parent else None for u in self.units.values()}
        self.parents |= {r.region_code: r.parent_code for r in rows if r.region_code in self.locked}
        leaves = {code: id_ for code, id_ in self.locked.items() if self._is_leaf(code)}
        found = counting(leaves.values())
        self.parts = {code: found[id_] for code, id_ in leaves.items()}
        self.corrections: dict[str, list[Corrected]] = {}
        for row in confirmed(Correction.statement_id.in_(leaves.values())):
            self.corrections.setdefault(row.region_code, []).append(_corrected(row))
        self.came_in = self._came_in()

    def _is_leaf(self, code: str) -> bool:
        return code not in self.units or self.units[code].is_leaf

    def _came_in(self) -> dict[str, datetime]:
        """When each was published."""
        rows = db.session.execute(
            select(Statement.region_code, func.max(StatementEvent.at))
            .join(StatementEvent, StatementEvent.statement_id == Statement.id)
            .where(StatementEvent.act == Act.PUBLISHED, Statement.id.in_(self.locked.values()))
            .group_by(Statement.region_code)
        )
        return dict(rows.all())

    def made(self) -> Published:
        table = self.snapshot["children"]
        told = {node["code"] for top in table for node in (top, *top["children"])}
        groups = [self._told(node, told) for node in table]
        groups += self._untold(None, told)
        now = snapshots.total(self.parts.values())
        return Published(self.publication, self.period, self.snapshot, groups, now)

    def _told(self, node: Any, told: set[str]) -> PublishedRow:
        """One that is in the published table, a prefecture with its counties."""
        code, words = node["code"], _words(node)
        if self._is_leaf(code):
            since = [c for c in self.corrections.get(code, ()) if c.number > node["correction"]]
            return PublishedRow(*words, node["totals"], self._now(code), since)
        rows = [self._told(child, told) for child in node["children"]]
        rows += self._untold(code, told)
        rows.sort(key=lambda row: row.code)
        return PublishedRow(*words, node["totals"], self._now_of(rows), rows=rows)

    def _now(self, code: str) -> dict[str, Any]:
        totals: dict[str, Any] = self.parts[code]["totals"]
        return totals

    def _now_of(self, rows: Iterable[PublishedRow]) -> dict[str, Any]:
        return snapshots.total(self.parts[row.code] for row in rows if row.now is not None)

    def _untold(self, parent: str | None, told: set[str]) -> list[PublishedRow]:
        """Those of `parent` that were missing: come in since, or missing still."""
        missing = [one for one in self.snapshot["missing"] if one["parent"] == parent]
        named = {one["code"]: _words(one) for one in missing}
        for code in self.locked.keys() - told:
            if self.parents.get(code) == parent:
                unit = self.units[code]
                named[code] = (unit.code, unit.name, unit.name_en)
        return [self._late(words, told) for _code, words in sorted(named.items())]

    def _late(self, words: tuple[str, str, str], told: set[str]) -> PublishedRow:
        code = words[0]
        if code not in self.locked:
            return PublishedRow(*words, None, None)
        at, since = self.came_in[code], self.corrections.get(code, ())
        if self._is_leaf(code):
            return PublishedRow(*words, None, self._now(code), since, at)
        below = sorted(c for c, parent in self.parents.items() if parent == code)
        named = (self.units[c] for c in below if c in self.units)
        rows = [self._late((u.code, u.name, u.name_en), told) for u in named]
        return PublishedRow(*words, None, self._now_of(rows), since, at, rows)


def _words(node: Any) -> tuple[str, str, str]:
    return node["code"], node["name"], node["name_en"]


def rates_of(fair: Fair, now: datetime, among: Iterable[Unit]) -> dict[str, Rates]:
    """The rates of each unit by code, over all that is due of the fair."""
    due = units.periods_of(fair, now)
    filed: dict[str, dict[Period, Any]] = {}
    dues: dict[str, dict[Period, datetime]] = {}
    for row in units.statements_of(fair):
        period = Period(row.day, row.kind)
        filed.setdefault(row.region_code, {})[period] = (row.status, row.first_submitted_at)
        dues.setdefault(row.region_code, {})[period] = row.due_at
    by_level = {
        leaf: {p: units.rules.due_at(p, not leaf, units.deadlines(), home_zone()) for p in due}
        for leaf in (True, False)
    }
    found = {}
    for unit in among:
        own = dues.get(unit.code, {})
        expected = {p: own.get(p, at) for p, at in by_level[unit.is_leaf].items()}
        found[unit.code] = rates(expected, filed.get(unit.code, {}), now)
    return found


def reminders(fair: Fair, code: str) -> dict[Period, Any]:
    """The last reminder of each period the unit has: `at` and the `name` of who sent it."""
    return {Period(row.day, row.kind): row for row in _events(fair, code, Act.REMINDED)}


def reasons(fair: Fair, code: str) -> dict[Period, str]:
    """Why each of the unit's statements was last returned."""
    return {Period(row.day, row.kind): row.reason for row in _events(fair, code, Act.RETURNED)}


def _events(fair: Fair, code: str, act: Act) -> Sequence[Row[*tuple[Any, ...]]]:
    event = StatementEvent
    return db.session.execute(
        select(Statement.day, Statement.kind, event.at, event.reason, Account.name)
        .join(Statement, Statement.id == event.statement_id)
        .join(Account, Account.id == event.by_id)
        .where(event.act == act, Statement.fair_id == fair.id, Statement.region_code == code)
        .order_by(event.id)
    ).all()


def to_review(paths: Collection[str]) -> Sequence[Statement]:
    """The submitted statements of the region paths, the longest waiting first."""
    return _inside(paths, Statement.status == StatementStatus.SUBMITTED)


def to_confirm(paths: Collection[str]) -> Sequence[Statement]:
    """The statements of the region paths with a correction nobody has decided."""
    undecided = (
        select(Correction.statement_id)
        .outerjoin(CorrectionDecision, CorrectionDecision.correction_id == Correction.id)
        .where(CorrectionDecision.correction_id.is_(None))
    )
    return _inside(paths, Statement.id.in_(undecided))


def _inside(paths: Collection[str], condition: Any) -> Sequence[Statement]:
    region = aliased(Region)
    return db.session.scalars(
        select(Statement)
        .join(region, region.code == Statement.region_code)
        .options(joinedload(Statement.region), joinedload(Statement.parent))
        .where(condition, or_(*(within(region.path, path) for path in paths)))
        .order_by(Statement.due_at, Statement.id)
    ).all()


def pending(statement: Statement) -> Correction | None:
    """The correction that waits for the next level's word."""
    return next((c for c in statement.corrections if c.decision is None), None)


def last_reports(codes: Collection[str]) -> dict[str, datetime]:
    """When each of the units last submitted something; without those that never did."""
    version = StatementVersion
    query = select(Statement.region_code, func.max(version.at)).join(
        version, version.statement_id == Statement.id
    )
    query = query.where(Statement.region_code.in_(codes)).group_by(Statement.region_code)
    return dict(db.session.execute(query).all())


def missing_of(lines: Iterable[Standing]) -> list[Standing]:
    """Those of the lines that are not in."""
    return [line for line in lines if not line.is_in]


# Made once: putting these together takes longer than running them.
_PUBLISHED = select(Publication.id).where(Publication.fair_id == bindparam("fair")).limit(1)
