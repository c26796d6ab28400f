"""Daily statements of the demonstration's open fair, in every state.

What is older than two days is published. Of the day before yesterday one prefecture still
waits for two of its counties, another, which was returned once, waits for the province.
Yesterday's are coming in: one county has taken its own back, another has submitted it again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from market.deals.ledger import Head
from market.demonstration.bulk import insert_rows, next_id, settle_sequences
from market.demonstration.participants import Participants
from market.demonstration.unusual_days import FoundByValidation
from market.fairs.models import Fair
from market.statements import units
from market.statements.models import (
    Publication,
    Statement,
    StatementAct,
    StatementEvent,
    StatementKind,
    StatementStatus,
    StatementVersion,
)
from market.statements.rules import Period
from market.statements.services import STATUS_AFTER, missing_unit
from market.statements.snapshots import last_entry, snapshot_columns
from market.statements.units import ReportingUnit
from market.statements.validation_models import StatementFinding
from market.tallies.end_of_day import DayEnd, cut_off, day_ends, save_day_ends_until
from market.tallies.freezing import freeze_day_end, gather
from market.tallies.frozen_figures import FrozenFigures

SENT_BACK = "成交额与前一日相差较大，请核对后重报。"
WITHDRAWAL_REASON = "备注写错了，改好再报。"
CHECKED = "已逐笔核对，数字无误。"
INCOMPLETE, POWER_CUT = "请等所辖县市报齐后再报。", "停电，当天未能上报。"
# Hours after the day's end: a county that is in time, one that is late, what follows.
IN_TIME, TOO_LATE, ACCEPTED, GATHERED, REVIEWED, PUBLISHED = (1, 9.5), (10.2, 12), 13, 14, 16, 17
# Of one prefecture: returned, and submitted again.
RETURNED, GATHERED_AGAIN = 14.5, 15
OFTEN_LATE = (0.0, 0.01, 0.03, 0.12)
YESTERDAY = (
    StatementAct.SUBMITTED,
    StatementAct.SUBMITTED,
    StatementAct.SUBMITTED,
    StatementAct.ACCEPTED,
    None,
)


@dataclass
class StatementDraft:
    """A statement being written, with its figures once they are frozen."""

    unit: ReportingUnit
    statement: dict[str, Any]
    figures: FrozenFigures | None = None

    @property
    def is_in(self) -> bool:
        return self.statement["status"] in (StatementStatus.ACCEPTED, StatementStatus.PUBLISHED)


class DailyStatements:
    """The statements of a fair while they are being made."""

    def __init__(self, rng: Random, fair: Fair, participants: Participants, now: datetime) -> None:
        self.rng, self.fair, self.participants, self.now = rng, fair, participants, now
        self.units = units.units(fair)
        self.leaves = [unit for unit in self.units.values() if unit.is_leaf]
        self.gathering = [unit for unit in self.units.values() if not unit.is_leaf]
        # Whose officials are logged in as; the first two don't make it on time.
        self.journey = participants.journey
        parents = [self._parent(code) for code in participants.journey]
        self.waiting, self.unreviewed = parents[0], parents[-1]
        others = [
            unit.code
            for unit in self.leaves
            if self._parent(unit.code) == self.waiting and unit.code not in self.journey
        ]
        self.withdrawing, self.resubmitting = (*others, None, None)[:2]
        self.often = {unit.code: rng.choice(OFTEN_LATE) for unit in self.leaves}
        self.first_id = next_id(Statement)
        self.rows: list[StatementDraft] = []
        self.versions: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.first_version = next_id(StatementVersion)
        self.found = FoundByValidation(fair)
        self.publications: list[dict[str, Any]] = []

    def _parent(self, code: str) -> str | None:
        parent = self.units[code].parent
        return parent.code if parent else None

    def make(self) -> None:
        """The statements of every day of the fair that is over."""
        periods = [
            p for p in units.periods_of(self.fair, self.now) if p.kind is StatementKind.DAILY
        ]
        if periods:
            save_day_ends_until(self.fair, periods[-1].day)
        for period in periods:
            end, ledger = cut_off(period.day), last_entry(period)
            day_ends_by_unit = day_ends(self.fair, [unit.code for unit in self.leaves], period.day)
            age = (periods[-1].day - period.day).days
            counties = [
                self._county(unit, period, day_ends_by_unit[unit.code], ledger, age)
                for unit in self.leaves
            ]
            if age:
                self._gather(counties, period, ledger, end, age)

    def write(self) -> None:
        insert_rows(Statement, (row.statement for row in self.rows))
        insert_rows(StatementVersion, self.versions)
        insert_rows(StatementFinding, self.found.rows)
        insert_rows(StatementEvent, sorted(self.events, key=lambda e: (e["at"], e["statement_id"])))
        insert_rows(Publication, self.publications)
        settle_sequences(Statement, StatementVersion, StatementEvent, Publication, StatementFinding)

    def _county(
        self, unit: ReportingUnit, period: Period, day_end: DayEnd, ledger: Head, age: int
    ) -> StatementDraft:
        row, end = self._new(unit, period), cut_off(period.day)
        at = end + timedelta(hours=self._hour(unit.code, age))
        if age == 0:
            # What has come in by now, however early in the morning it is.
            at = end + (self.now - end) * min(1.0, self.rng.uniform(0.2, 0.9))
            outcome = None if unit.code in self.journey else self.rng.choice(YESTERDAY)
            acts = (
                [StatementAct.SUBMITTED, outcome] if outcome is StatementAct.ACCEPTED else [outcome]
            )
            if unit.code == self.withdrawing:
                acts = [StatementAct.SUBMITTED, StatementAct.WITHDRAWN]
            elif unit.code == self.resubmitting:
                acts = [StatementAct.SUBMITTED, StatementAct.RETURNED, StatementAct.SUBMITTED]
        else:
            acts = [StatementAct.SUBMITTED, StatementAct.ACCEPTED]
            if age == 1 and unit.code in self.journey[:2] and self.waiting:
                acts = (
                    [StatementAct.SUBMITTED, StatementAct.RETURNED]
                    if unit.code == self.journey[0]
                    else []
                )
                acts = acts or [StatementAct.REMINDED]
        for act in acts:
            if act is StatementAct.SUBMITTED:
                args = (self.fair, unit, period.day, ledger, day_end, at)
                remark = CHECKED if row.statement["version"] else ""
                self._submit(row, freeze_day_end(*args), at, remark)
            elif act is StatementAct.WITHDRAWN:
                at += (self.now - at) / 2
                self._step(row, act, self.participants.officials[unit.code], at, WITHDRAWAL_REASON)
            elif act:
                at = end + timedelta(hours=ACCEPTED) if age else (at + (self.now - at) / 2)
                reason = SENT_BACK if act is StatementAct.RETURNED else ""
                self._step(row, act, self._reviewer(unit), at, reason)
        return row

    def _hour(self, code: str, age: int) -> float:
        late = self.rng.random() < self.often[code] and age > 1
        return self.rng.uniform(*(TOO_LATE if late else IN_TIME))

    def _gather(
        self, counties: list[StatementDraft], period: Period, ledger: Head, end: datetime, age: int
    ) -> None:
        """The prefectures' statements, and the province's table of what is two days old."""
        tops = [row for row in counties if row.unit.parent is None]
        for unit in self.gathering:
            below = [
                row for row in counties if row.unit.parent and row.unit.parent.code == unit.code
            ]
            if not all(row.is_in for row in below):
                continue
            own, at = self._new(unit, period), end + timedelta(hours=GATHERED)
            if age == 1 and unit.code == self.unreviewed:
                self._submit(own, self._sum(unit, period, ledger, below[:-1], at, below[-1:]), at)
                later = end + timedelta(hours=RETURNED)
                self._step(own, StatementAct.RETURNED, self._reviewer(unit), later, INCOMPLETE)
                at = end + timedelta(hours=GATHERED_AGAIN)
            self._submit(own, self._sum(unit, period, ledger, below, at), at)
            if age > 1 or unit.code != self.unreviewed:
                at = end + timedelta(hours=REVIEWED)
                self._step(own, StatementAct.ACCEPTED, self._reviewer(unit), at)
            tops.append(own)
        if age > 1:
            self._publish(counties, tops, period, ledger, end + timedelta(hours=PUBLISHED))

    def _publish(
        self,
        counties: list[StatementDraft],
        tops: list[StatementDraft],
        period: Period,
        ledger: Head,
        at: datetime,
    ) -> None:
        tops = sorted(tops, key=lambda row: row.unit.path)
        figures = self._sum(self.fair.region, period, ledger, tops, at)
        by = self.participants.province_id
        self.publications.append(
            {
                "fair_id": self.fair.id,
                "kind": period.kind,
                "day": period.day,
                "reason": "",
                "by_id": by,
                "at": at,
                **snapshot_columns(figures),
            }
        )
        gathered = [row for row in tops if not row.unit.is_leaf]
        for row in [*gathered, *counties]:
            self._step(row, StatementAct.PUBLISHED, by, at)

    def _sum(
        self,
        unit: Any,
        period: Period,
        ledger: Head,
        below: list[StatementDraft],
        at: datetime,
        missing: Sequence[StatementDraft] = (),
    ) -> FrozenFigures:
        parts = [row.figures for row in below if row.figures]
        out = [missing_unit(row.unit, POWER_CUT, row.unit.parent) for row in missing]
        return gather(self.fair, unit, ledger, parts, out, at, period.day)

    def _new(self, unit: ReportingUnit, period: Period) -> StatementDraft:
        """A draft; it gets its id, and is written, with its first step."""
        draft = {
            "fair_id": self.fair.id,
            "region_code": unit.code,
            "parent_code": unit.parent.code if unit.parent else None,
            "kind": period.kind,
            "day": period.day,
            "due_at": units.due_at(unit, period),
            "status": StatementStatus.DRAFT,
            "version": 0,
            "first_submitted_at": None,
        }
        return StatementDraft(unit, draft)

    def _submit(
        self, row: StatementDraft, figures: FrozenFigures, at: datetime, remark: str = ""
    ) -> None:
        code, number = row.unit.code, row.statement["version"] + 1
        officials = self.participants.officials if row.unit.is_leaf else self.participants.reviewers
        row.figures = FrozenFigures(figures.data, version=number)
        first = row.statement["first_submitted_at"] or at
        row.statement |= {"version": number, "first_submitted_at": first}
        self._step(row, StatementAct.SUBMITTED, officials[code], at)
        version = {"statement_id": row.statement["id"], "number": number, "remark": remark}
        version["id"] = self.first_version + len(self.versions)
        if row.unit.is_leaf:
            self.found.add(code, version["id"], figures)
        self.versions.append(
            {**version, "by_id": officials[code], "at": at, **snapshot_columns(figures)}
        )

    def _step(
        self, row: StatementDraft, act: StatementAct, by: int, at: datetime, reason: str = ""
    ) -> None:
        statement = row.statement
        if "id" not in statement:
            statement |= {"id": self.first_id + len(self.rows), "created_at": at}
            self.rows.append(row)
        statement |= {"status": STATUS_AFTER.get(act, statement["status"]), "updated_at": at}
        about = {"statement_id": statement["id"], "version": statement["version"]}
        self.events.append({**about, "act": act, "reason": reason, "by_id": by, "at": at})

    def _reviewer(self, unit: ReportingUnit) -> int:
        return (
            self.participants.reviewers[unit.parent.code]
            if unit.parent
            else self.participants.province_id
        )
