"""The figures a document prints: those a unit submitted or the province published, as they were
frozen; where there are none, those of the last count, marked as that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import select

from market.database import db
from market.fairs.models import Fair, FairStatus
from market.papers.document_figures import (
    DocumentFigures,
    LateUnit,
    Origin,
    PrintedCorrection,
    PrintedFinding,
    Provenance,
    freeze_comparison,
)
from market.papers.models import DocumentKind
from market.regions.models import Region
from market.statements import queries
from market.statements.drift import cut_offs
from market.statements.models import Publication, Statement, StatementKind
from market.statements.published_table import PublishedTable, published_table
from market.statements.queries import ConfirmedCorrection
from market.statements.reversals import Reversal, find_reversals
from market.statements.rules import IN, Period, parse_period
from market.statements.validation_queries import ExplainedFinding, warnings_of
from market.tallies.comparisons import find_comparisons
from market.tallies.freezing import freeze_count
from market.tallies.frozen_figures import FrozenFigures
from market.tallies.quantities import product_quantities, quantities_until
from market.tallies.queries import rank_amounts, stored_count
from market.tallies.trees import Tree, fair_tree

Official = TypeVar("Official", Statement, Publication)


def find_official(kind: DocumentKind, fair: Fair, region: Region) -> DocumentFigures | None:
    """The frozen figures that a paper of that kind prints; None where nothing is submitted.

    A statement of the whole fair is the published table, unless a unit reports of it.
    """
    if kind is DocumentKind.STATEMENT and (statement := find_statement(fair, region)):
        return of_statement(statement)
    table = _latest_table(fair) if region.code == fair.region_code else None
    return of_publication(table) if table else None


def find_statement(fair: Fair, region: Region) -> Statement | None:
    """The final statement the unit has submitted; of an open fair else its latest daily one."""
    statements = db.session.scalars(
        select(Statement)
        .where(
            Statement.fair_id == fair.id,
            Statement.region_code == region.code,
            Statement.status.in_(IN),
        )
        .order_by(Statement.day.desc())
    ).all()
    return _latest(fair, statements)


def _latest_table(fair: Fair) -> PublishedTable | None:
    """The final table published of the fair; of an open fair else that of its latest day."""
    chosen = _latest(fair, queries.publications(fair))
    return published_table(fair, Period(chosen.day, chosen.kind)) if chosen else None


def _latest(fair: Fair, candidates: Sequence[Official]) -> Official | None:
    """Of statements or publications, the latest day first, the one to print: the final one for
    the last day the fair has now, because one that was extended asks for another."""
    final = [c for c in candidates if c.kind is StatementKind.FINAL and c.day == fair.ends_on]
    daily = [
        c for c in candidates if c.kind is StatementKind.DAILY and fair.status is FairStatus.OPEN
    ]
    return next(iter(final + daily), None)


def official_now(fair: Fair, provenance: Provenance) -> DocumentFigures | None:
    """What official figures are now: the same statement or table with what was corrected since;
    None where the statement was sent back or withdrawn."""
    if provenance.kind is Origin.STATEMENT:
        statement = db.session.get_one(Statement, provenance.statement)
        return of_statement(statement) if statement.status in IN else None
    table = published_table(fair, parse_period(provenance.period))
    return of_publication(table) if table else None


def of_count(fair: Fair, region: Any) -> DocumentFigures:
    """The figures of the fair's last count, without what they are compared with."""
    count = stored_count(fair)
    node = count.tree.get(region.code) or count.tree.root
    rows = count.inside(node)
    own = next((row for row in rows if row.code == node.code), None)
    # A county that is the whole of its fair has no place among others.
    is_ranked = own is not None and node is not count.tree.root
    return DocumentFigures(
        freeze_count(fair, count, node, count.at),
        ranks={row.code: row.rank for row in rows if row.rank},
        rank_within=own.rank_within if own and is_ranked else None,
        quantities=product_quantities(fair, count, node),
    )


def with_comparisons(
    document: DocumentFigures, fair: Fair, day: date | None = None
) -> DocumentFigures:
    """The figures beside the fairs the fair is compared with; `day`: the last that they count,
    where that is not the last one counted."""
    code = document.figures.region.code
    node = fair_tree(fair).nodes[code] if code != fair.region_code else None
    found = find_comparisons(fair, document.figures.totals, node, day)
    return replace(document, comparisons=[freeze_comparison(one) for one in found])


def of_statement(statement: Statement) -> DocumentFigures:
    """The figures of the statement that count: of its last confirmed correction, if any."""
    version = statement.current
    figures = queries.current_figures([statement.id])[statement.id]
    number = figures.correction
    tree = fair_tree(statement.fair)
    provenance = Provenance(
        kind=Origin.STATEMENT,
        period=Period(statement.day, statement.kind).key,
        by=version.by.name,
        at=version.at,
        sha256=statement.corrections[number - 1].sha256 if number else version.sha256,
        statement=statement.id,
        version=version.number,
        correction=number,
        corrections=[_printed(c, tree) for c in _corrections(statement, figures)],
        now=figures.totals,
        findings=[_finding(found) for found in warnings_of([statement.id]).get(statement.id, ())],
    )
    return _official(statement.fair, figures, provenance)


def _finding(found: ExplainedFinding) -> PrintedFinding:
    unit, finding = found.unit, found.finding
    return PrintedFinding(
        unit.code,
        unit.name,
        unit.name_en,
        finding.rule.value,
        finding.subject,
        finding.severity.value,
        finding.numbers,
        found.explanation,
        found.consent,
    )


def _corrections(statement: Statement, figures: FrozenFigures) -> list[ConfirmedCorrection]:
    """The statement's own; of one that gathers, its counties' that are not gathered in it."""
    if statement.region.is_leaf:
        return queries.confirmed_of(statement)
    gathered = {region.code: region.correction for region in figures.children}
    return [
        c
        for c in queries.corrections_of(statement.fair, statement.region)
        if (c.period.kind, c.period.day) == (statement.kind, statement.day)
        and c.number > gathered.get(c.code, 0)
    ]


def of_publication(table: PublishedTable) -> DocumentFigures:
    """The table as published; what it comes to now is in the provenance."""
    publication = table.publication
    fair = publication.fair
    tree = fair_tree(fair)
    rows = [row for group in table.groups for row in (group, *group.rows)]
    provenance = Provenance(
        kind=Origin.PUBLICATION,
        period=table.period.key,
        by=publication.by.name,
        at=publication.at,
        sha256=publication.sha256,
        corrections=[_printed(c, tree) for c in table.corrections],
        late=[LateUnit(row.name, row.name_en, row.late_at) for row in rows if row.late_at],
        now=table.now,
    )
    return with_comparisons(_official(fair, table.figures, provenance), fair, table.period.day)


def _official(fair: Fair, figures: FrozenFigures, provenance: Provenance) -> DocumentFigures:
    counties = figures.counties
    places = rank_amounts((county.code, county.totals.amount_fen) for county in counties)
    entries = {county.code: county.ledger.id for county in counties}
    return DocumentFigures(
        figures,
        provenance,
        # A unit's place among the others is not in what it states.
        ranks={} if figures.is_county else places,
        quantities=quantities_until(fair.id, entries),
    )


def reversed_since(fair: Fair, printed: DocumentFigures) -> Sequence[Reversal]:
    """The deals in the figures of a paper that were reversed since it was frozen."""
    provenance = printed.provenance
    if provenance.kind is Origin.COUNT:
        return find_reversals(fair, cut_offs(printed.figures))
    if provenance.statement is not None:
        figures = queries.current_figures([provenance.statement])[provenance.statement]
    else:
        table = published_table(fair, parse_period(provenance.period))
        if table is None:
            return ()
        figures = table.figures
    ends = cut_offs(figures)
    # What a correction on the paper says is no news.
    known = {c.code: c.entry for c in provenance.corrections if c.code in ends}
    return find_reversals(fair, {**ends, **known})


def _printed(correction: ConfirmedCorrection, tree: Tree) -> PrintedCorrection:
    node = tree.nodes[correction.code]
    return PrintedCorrection(
        code=node.code,
        name=node.name,
        name_en=node.name_en,
        statement=correction.statement_id,
        period=correction.period.key,
        number=correction.number,
        reason=correction.reason,
        at=correction.confirmed_at,
        entry=correction.ledger_id,
        hash=correction.ledger_hash,
        changes=correction.changes,
    )


def corrections_after(fair: Fair, region: Region, at: datetime) -> list[PrintedCorrection]:
    """The corrections inside the region that were confirmed after that moment."""
    tree = fair_tree(fair)
    found = queries.corrections_of(fair, region)
    return [_printed(c, tree) for c in found if c.confirmed_at > at]


def corrections_since(printed: Provenance, now: Provenance) -> list[PrintedCorrection]:
    """Those that the official figures have now and the printed ones had not."""
    known = {correction.key for correction in printed.corrections}
    return [correction for correction in now.corrections if correction.key not in known]
