"""Targets of the demonstration's open fair, and who supervises the counties of its officials."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from market.demonstration.bulk import insert_rows, settle_sequences
from market.demonstration.participants import Participants
from market.fairs.models import Fair
from market.statements.units import units
from market.supervision.models import (
    ContactKind,
    CountySupervisor,
    SupervisionNote,
    TargetMeasure,
    WorkTarget,
)
from market.supervision.rules import MAX_COUNTIES
from market.supervision.targets import elapsed_of
from market.tallies.queries import stored_count
from market.web.home_time import home_zone

# What a county has is so many times what it should have by now, in turn.
PACES = tuple(map(Decimal, ("1.2", "0.8", "1.0", "0.55", "1.4", "0.9")))
# Targets are round numbers.
# Step and least value, in the unit in which each is stored.
ROUND = {
    TargetMeasure.AMOUNT_FEN: (5_000_000, 5_000_000),
    TargetMeasure.DEALS: (1, 2),
    TargetMeasure.LISTINGS: (5, 20),
    TargetMeasure.MERCHANTS: (1, 3),
}
# The province gives a little more than the prefectures divide.
GIVEN = Decimal("1.03")
NOTES = (
    (ContactKind.CALL, 12, "电话了解：三条成交待回访，请本周内核实。（示范）"),
    (
        ContactKind.VISIT,
        4,
        "到县局和两个信息站走访：上报及时，柑橘成交缺称重单，已提醒补传。（示范）",
    ),
)


def write_targets(participants: Participants, fair: Fair, today: date) -> None:
    """Write the targets of every unit of the open fair. Inside transaction()."""
    elapsed, count = elapsed_of(fair, today), stored_count(fair)
    counties = {row.code: row for row in count.rows}
    values: dict[str, dict[TargetMeasure, int]] = {}
    for number, (code, row) in enumerate(counties.items()):
        pace = PACES[number % len(PACES)] * elapsed.share
        values[code] = {
            measure: max(_rounded(getattr(row, measure.value) / pace, step), least)
            for measure, (step, least) in ROUND.items()
        }
    known = units(fair)
    for code in (code for code, unit in known.items() if not unit.is_leaf):
        below = [values[c] for c, u in known.items() if u.parent and u.parent.code == code]
        values[code] = {
            measure: _rounded(sum(each[measure] for each in below) * GIVEN, step)
            for measure, (step, _least) in ROUND.items()
        }
    insert_rows(
        WorkTarget,
        [
            {
                "fair_id": fair.id,
                "region_code": code,
                "measure": measure,
                "value": value,
                "set_by_id": participants.province_id,
                "set_at": _moment(fair.starts_on - timedelta(days=9)),
            }
            for code, targets in values.items()
            for measure, value in targets.items()
        ],
    )
    settle_sequences(WorkTarget)


def write_supervisors(participants: Participants, fair: Fair, today: date) -> None:
    """Each prefecture's official supervises its first counties; the province's official one whose
    official can log in. Inside transaction()."""
    known, rows = units(fair), []
    own = participants.journey[-1]
    for code, official in participants.reviewers.items():
        below = [c for c, u in known.items() if u.parent and u.parent.code == code and c != own]
        below.sort(key=lambda c: (c not in participants.journey, c))
        rows += [(county, official) for county in below[:MAX_COUNTIES]]
    rows.append((own, participants.province_id))
    insert_rows(
        CountySupervisor,
        [
            {
                "region_code": county,
                "account_id": official,
                "assigned_by_id": participants.province_id,
                "assigned_at": _moment(fair.starts_on - timedelta(days=5)),
            }
            for county, official in rows
        ],
    )
    supervisors = dict(rows)
    insert_rows(
        SupervisionNote,
        [
            {
                "region_code": county,
                "kind": kind,
                "found_on": today - timedelta(days=ago),
                "finding": finding,
                "by_id": supervisors[county],
                "at": _moment(today - timedelta(days=ago)),
                "key": f"{place:016x}{number:016x}",
            }
            for place, county in enumerate(participants.journey)
            if county in supervisors
            for number, (kind, ago, finding) in enumerate(NOTES)
        ],
    )
    settle_sequences(CountySupervisor, SupervisionNote)


def _rounded(value: Decimal, step: int) -> int:
    return int(value / step + Decimal("0.5")) * step


def _moment(day: date) -> datetime:
    """The end of the office's day."""
    return datetime.combine(day, time(17, 30), home_zone())
