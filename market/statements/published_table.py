"""The published table 公布表 of a fair, with what was corrected or came in since."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from market.database import db
from market.fairs.models import Fair
from market.statements import units
from market.statements.models import (
    Correction,
    Publication,
    Statement,
    StatementAct,
    StatementEvent,
    StatementStatus,
)
from market.statements.queries import (
    ConfirmedCorrection,
    confirmed_corrections,
    current_figures,
    publications,
    read_correction,
)
from market.statements.rules import Period
from market.tallies.frozen_figures import (
    FrozenFigures,
    FrozenRegion,
    read_figures,
    sum_totals,
)
from market.tallies.queries import Totals


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
    totals: Totals | None
    now: Totals | None
    corrections: Sequence[ConfirmedCorrection] = ()
    late_at: datetime | None = None
    rows: Sequence[PublishedRow] = ()


@dataclass(frozen=True)
class PublishedTable:
    """The published table: what was published, and what it comes to now."""

    publication: Publication
    period: Period
    figures: FrozenFigures
    groups: Sequence[PublishedRow] = field(default_factory=list)
    now: Totals = field(default_factory=Totals)

    @property
    def totals(self) -> Totals:
        return self.figures.totals

    @property
    def corrections(self) -> list[ConfirmedCorrection]:
        """Those confirmed since, the oldest first."""
        rows = [row for group in self.groups for row in (group, *group.rows)]
        found = [correction for row in rows for correction in row.corrections]
        return sorted(found, key=lambda c: c.confirmed_at)


def published_table(fair: Fair, period: Period | None = None) -> PublishedTable | None:
    """The fair's published table for the period, else its final one, else its latest day's.

    None while nothing is published.
    """
    chosen = [p for p in publications(fair) if period is None or Period(p.day, p.kind) == period]
    if not chosen:
        return None
    of = Period(chosen[0].day, chosen[0].kind)
    return _TableBuilder(fair, chosen[0], of).build()


class _TableBuilder:
    """Puts a published table together with what happened since."""

    def __init__(self, fair: Fair, publication: Publication, period: Period) -> None:
        self.publication, self.period = publication, period
        self.figures = read_figures(publication.snapshot)
        self.units = units.units(fair)
        rows = units.statements_of(fair, *units.of_period(period))
        self.locked = {r.region_code: r.id for r in rows if r.status is StatementStatus.PUBLISHED}
        self.parents = {u.code: u.parent.code if u.parent else None for u in self.units.values()}
        self.parents |= {r.region_code: r.parent_code for r in rows if r.region_code in self.locked}
        leaves = {code: id_ for code, id_ in self.locked.items() if self._is_leaf(code)}
        figures = current_figures(leaves.values())
        self.parts = {code: figures[id_] for code, id_ in leaves.items()}
        self.corrections: dict[str, list[ConfirmedCorrection]] = {}
        for row in confirmed_corrections(Correction.statement_id.in_(leaves.values())):
            self.corrections.setdefault(row.region_code, []).append(read_correction(row))
        self.came_in = self._came_in()

    def _is_leaf(self, code: str) -> bool:
        return code not in self.units or self.units[code].is_leaf

    def _came_in(self) -> dict[str, datetime]:
        """When each was published."""
        rows = db.session.execute(
            select(Statement.region_code, func.max(StatementEvent.at))
            .join(StatementEvent, StatementEvent.statement_id == Statement.id)
            .where(
                StatementEvent.act == StatementAct.PUBLISHED, Statement.id.in_(self.locked.values())
            )
            .group_by(Statement.region_code)
        )
        return dict(rows.all())

    def build(self) -> PublishedTable:
        tops = self.figures.children
        in_table = {region.code for top in tops for region in (top, *top.children)}
        groups = [self._row(region, in_table) for region in tops]
        groups += self._missing_rows(None, in_table)
        now = sum_totals(self.parts.values())
        return PublishedTable(self.publication, self.period, self.figures, groups, now)

    def _row(self, region: FrozenRegion, in_table: set[str]) -> PublishedRow:
        """One that is in the published table, a prefecture with its counties."""
        names = (region.code, region.name, region.name_en)
        if self._is_leaf(region.code):
            confirmed_ = self.corrections.get(region.code, ())
            since = [c for c in confirmed_ if c.number > region.correction]
            return PublishedRow(*names, region.totals, self.parts[region.code].totals, since)
        rows = [self._row(child, in_table) for child in region.children]
        rows += self._missing_rows(region.code, in_table)
        rows.sort(key=lambda row: row.code)
        return PublishedRow(*names, region.totals, self._sum(rows), rows=rows)

    def _sum(self, rows: Iterable[PublishedRow]) -> Totals:
        return sum_totals(self.parts[row.code] for row in rows if row.now is not None)

    def _missing_rows(self, parent: str | None, in_table: set[str]) -> list[PublishedRow]:
        """Those of `parent` that were missing: come in since, or missing still."""
        missing = [unit for unit in self.figures.missing if unit.parent == parent]
        named = {unit.code: (unit.code, unit.name, unit.name_en) for unit in missing}
        for code in self.locked.keys() - in_table:
            if self.parents.get(code) == parent:
                unit = self.units[code]
                named[code] = (unit.code, unit.name, unit.name_en)
        return [self._missing_row(names) for _code, names in sorted(named.items())]

    def _missing_row(self, names: tuple[str, str, str]) -> PublishedRow:
        code = names[0]
        if code not in self.locked:
            return PublishedRow(*names, None, None)
        at, since = self.came_in[code], self.corrections.get(code, ())
        if self._is_leaf(code):
            return PublishedRow(*names, None, self.parts[code].totals, since, at)
        below = sorted(c for c, parent in self.parents.items() if parent == code)
        units_ = (self.units[c] for c in below if c in self.units)
        rows = [self._missing_row((u.code, u.name, u.name_en)) for u in units_]
        return PublishedRow(*names, None, self._sum(rows), since, at, rows)
