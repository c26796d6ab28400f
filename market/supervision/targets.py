"""Work targets 目标任务: each level sets those of the level below, and sees how far it is.

The province sets the prefectures', and those of counties that report straight to it; a prefecture
divides its own among its counties. What was divided may be more or less than what was given: the
page says by how much.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import abort
from sqlalchemy import select

from market.accounts.models import Account
from market.database import db, lock, utcnow
from market.fairs.models import HELD, Fair, FairStatus
from market.fairs.queries import load_fair
from market.permissions import may
from market.regions.models import is_within
from market.statements.units import ReportingUnit, units
from market.supervision.models import TargetMeasure, WorkTarget
from market.supervision.rules import Elapsed, Progress
from market.tallies.queries import StoredCount, Totals, stored_count
from market.web.errors import InvalidTransition, Refused
from market.web.language import lazy_gettext as _l

# The latest fairs to choose from.
MAX_FAIRS = 8
# Targets are set until the figures are certified.
OPEN_FOR_TARGETS = (FairStatus.ANNOUNCED, FairStatus.OPEN, FairStatus.CLOSED)


@dataclass(frozen=True)
class TargetSheet:
    """The targets of one level: of a prefecture's counties, or of all that report to the province.

    Attributes:
        parent: the prefecture; None: the province.
        children: whose targets are set.
    """

    fair: Fair
    parent: ReportingUnit | None
    children: Sequence[ReportingUnit]

    @property
    def is_open(self) -> bool:
        """Whether targets may still be set."""
        return self.fair.status in OPEN_FOR_TARGETS


@dataclass(frozen=True)
class UnitProgress:
    """A unit's targets and what it has."""

    unit: ReportingUnit
    targets: Mapping[TargetMeasure, int]
    totals: Totals

    def of(self, measure: TargetMeasure) -> Progress | None:
        """How far its target of the figure is; None without one."""
        target = self.targets.get(measure)
        done = getattr(self.totals, measure.value) or 0
        return Progress(measure, target, done) if target else None

    @property
    def lines(self) -> list[Progress]:
        """Of each target it has, in the order of TargetMeasure."""
        return [line for measure in TargetMeasure if (line := self.of(measure))]


def targeted_fairs(paths: Sequence[str]) -> list[Fair]:
    """The fairs that can have targets and touch the region paths, the latest first."""
    found = db.session.scalars(
        select(Fair)
        .where(Fair.status.in_((*HELD, FairStatus.ANNOUNCED)), Fair.totals_only.is_(False))
        .order_by(Fair.ends_on.desc(), Fair.id)
    )
    near = [
        fair
        for fair in found
        if any(is_within(p, fair.region.path) or is_within(fair.region.path, p) for p in paths)
    ]
    return near[:MAX_FAIRS]


def first_fair(fairs: Sequence[Fair]) -> Fair | None:
    """The running fair of these, else the first; None where there is none."""
    return next((f for f in fairs if f.status is FairStatus.OPEN), fairs[0] if fairs else None)


def load_targeted_fair(slug: str) -> Fair:
    """The fair of that slug; 404 for one that was cancelled or is known by its totals alone."""
    fair = load_fair(slug)
    if fair.totals_only or fair.status is FairStatus.CANCELLED:
        abort(404)
    return fair


def load_target_sheet(slug: str, code: str = "") -> TargetSheet:
    """The sheet of the prefecture of that code, or of the province; 404 where nobody reports."""
    fair = load_targeted_fair(slug)
    known = units(fair)
    parent = known.get(code) or abort(404) if code else None
    children = [unit for unit in known.values() if unit.parent is parent]
    if not children:
        abort(404)
    return TargetSheet(fair, parent, children)


def elapsed_of(fair: Fair, today: date) -> Elapsed:
    """How much of the fair is over on the local day."""
    days = (fair.ends_on - fair.starts_on).days + 1
    if fair.status is FairStatus.ANNOUNCED or today < fair.starts_on:
        return Elapsed(0, days)
    if fair.status is not FairStatus.OPEN:
        return Elapsed(days, days)
    return Elapsed(min((today - fair.starts_on).days + 1, days), days)


def set_targets(
    official: Account, sheet: TargetSheet, values: Mapping[tuple[str, TargetMeasure], int | None]
) -> None:
    """Set the targets of the sheet's units; None takes one away. Inside transaction().

    Args:
        values: by unit and figure; units of other sheets are passed over.

    Raises:
        Refused: the official is not of the level above.
        InvalidTransition: the fair is certified or cancelled.
    """
    lock(sheet.fair)
    if not may(official, "target.set", sheet):
        raise Refused()
    if not sheet.is_open:
        raise InvalidTransition(_l("The fair is certified: its targets stay as they are."))
    codes = [unit.code for unit in sheet.children]
    known = {
        (row.region_code, row.measure): row
        for row in db.session.scalars(
            select(WorkTarget).where(
                WorkTarget.fair_id == sheet.fair.id, WorkTarget.region_code.in_(codes)
            )
        )
    }
    for (code, measure), value in values.items():
        row = known.get((code, measure))
        if code not in codes or (row.value if row else None) == value:
            continue
        if value is None:
            db.session.delete(row)
            continue
        if row is None:
            row = WorkTarget(fair_id=sheet.fair.id, region_code=code, measure=measure)
            db.session.add(row)
        row.value, row.set_by_id, row.set_at = value, official.id, utcnow()
    db.session.flush()


def fair_progress(fair: Fair, count: StoredCount | None = None) -> dict[str, UnitProgress]:
    """The targets and totals of every unit of the fair by code; prefectures before counties.

    Args:
        count: the fair's stored count, where it has been read.
    """
    targets: dict[str, dict[TargetMeasure, int]] = defaultdict(dict)
    asked = select(WorkTarget.region_code, WorkTarget.measure, WorkTarget.value)
    for code, measure, value in db.session.execute(asked.where(WorkTarget.fair_id == fair.id)):
        targets[code][measure] = value
    count = count or stored_count(fair)
    rows = {row.code: row for row in count.rows}
    found = {}
    for code, unit in units(fair).items():
        node = count.tree.nodes[code]
        totals = rows.get(code) or count.totals(node)
        found[code] = UnitProgress(unit, targets[code], totals)
    return found


def divided(
    children: Sequence[ReportingUnit], progress: Mapping[str, UnitProgress]
) -> dict[TargetMeasure, int]:
    """What the targets of these units come to, by figure."""
    return {
        measure: sum(progress[unit.code].targets.get(measure, 0) for unit in children)
        for measure in TargetMeasure
    }


def target_sheets(fair: Fair) -> list[TargetSheet]:
    """The sheet of the province, and that of each prefecture, in the order of their regions."""
    known = units(fair)
    parents = [None, *(unit for unit in known.values() if not unit.is_leaf)]
    sheets = [
        TargetSheet(fair, parent, [unit for unit in known.values() if unit.parent is parent])
        for parent in parents
    ]
    return [sheet for sheet in sheets if sheet.children]
