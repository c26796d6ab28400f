"""Targets of the demonstration's open fair, who supervises the counties of its officials, and which
are commended."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from market.demonstration.bulk import insert_rows, settle_sequences
from market.demonstration.participants import Participants
from market.fairs.models import Fair
from market.statements.units import units
from market.supervision.assessment import assess
from market.supervision.models import (
    ContactKind,
    CountyCommendation,
    CountySupervisor,
    SupervisionNote,
    TargetMeasure,
    WorkTarget,
)
from market.supervision.rules import MAX_COUNTIES
from market.supervision.targets import elapsed_of
from market.tallies.queries import stored_count
from market.text.days import local_day
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
# Counties that are commended for their rank.
BEST = 2
BEST_REASON = "本届对接会第一阶段综合考核名列前茅，上报及时、数据准确。（示范）"
PROGRESS_REASON = "服务站培训扎实，成交核实及时，进步明显。（示范）"
NOTES = (
    (ContactKind.CALL, 12, "电话了解：三条成交待回访，请本周内核实。（示范）"),
    (
        ContactKind.VISIT,
        4,
        "到县局和两个信息站走访：上报及时，柑橘成交缺称重单，已提醒补传。（示范）",
    ),
)


def write_supervision(participants: Participants, fair: Fair, now: datetime) -> None:
    """Write all of it, for the open fair as it is at `now`. Inside transaction()."""
    today = local_day(now, home_zone())
    _write_targets(participants, fair, today)
    _write_supervisors(participants, fair, today)
    _write_commendations(participants, fair, now)


def _write_targets(participants: Participants, fair: Fair, today: date) -> None:
    """Write the targets of every unit of the open fair."""
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


def _write_supervisors(participants: Participants, fair: Fair, today: date) -> None:
    """Each prefecture's official supervises its first counties; the province's official one whose
    official can log in."""
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


def _write_commendations(participants: Participants, fair: Fair, now: datetime) -> None:
    """The province commends the two best counties of the fair so far, and the next of those whose
    officials can log in."""
    assessed = assess(fair, now)
    ranked = [row for row in assessed if row.rank]
    best, others = ranked[:BEST], ranked[BEST:]
    own = [row for row in others if row.unit.code in participants.journey][:1]
    insert_rows(
        CountyCommendation,
        [
            {
                "fair_id": fair.id,
                "region_code": row.unit.code,
                "reason": BEST_REASON if row in best else PROGRESS_REASON,
                "score": row.total,
                "rank": row.rank,
                "among": len(assessed),
                "commended_by_id": participants.province_id,
                "commended_at": now - timedelta(hours=2),
                "withdrawal_reason": "",
            }
            for row in [*best, *own]
        ],
    )
    settle_sequences(CountyCommendation)


def _rounded(value: Decimal, step: int) -> int:
    return int(value / step + Decimal("0.5")) * step


def _moment(day: date) -> datetime:
    """The end of the office's day."""
    return datetime.combine(day, time(17, 30), home_zone())
