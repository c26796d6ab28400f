"""The tables of statements and bulletins, of their frozen figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from market.papers import wording
from market.papers.document_figures import (
    DocumentFigures,
    FrozenComparison,
    PrintedFinding,
    Provenance,
)
from market.regions.labels import level_word, level_words
from market.statements.validation_labels import RULE_NAMES, finding_text
from market.tables.fair_tables import figure_cells, figure_columns, sum_columns
from market.tables.figures import FIGURES
from market.tables.table import Block, Column, ColumnKind, Table
from market.tallies.figures import Basis, format_figure_pair
from market.tallies.frozen_figures import FrozenFigures
from market.tallies.quantities import format_dealt
from market.web.filters import day, format_datetime, local_name

# Of a product, what stands before and after the quantity.
FIGURES_BEFORE_QUANTITY, FIGURES_AFTER_QUANTITY = ("amount_fen", "deals"), ("sell", "buy")
# The figures of the long table: as many as a page is wide.
COUNTY_FIGURES = (
    "amount_fen",
    "deals",
    "mass_kg",
    "listings",
    "merchants",
    "sold_fen",
    "bought_fen",
)


def days_basis(figures: FrozenFigures) -> Basis:
    """By which day the figures of days are."""
    return Basis.VERIFIED if figures.is_daily else Basis.AGREED


def _table(name: str, title: str, columns: Sequence[Column], **values: Any) -> Table:
    return Table(name, title, title, (), columns, **values)


def _titled(title: str, basis: Basis | None) -> str:
    """The title with the day that the figures of deals are by, so that no head repeats it."""
    words = FIGURES["amount_fen"].by(basis).basis
    return _("%(table)s, %(basis)s", table=title, basis=words) if words else title


def totals_table(figures: FrozenFigures) -> Table:
    names = figures.figure_names
    if figures.increment is None:
        blocks = [Block([figure_cells(figures.totals, names)])]
        return _table("totals", _("Totals"), figure_columns(names), blocks=blocks)
    rows = (
        (_("On the day"), *figure_cells(figures.increment, names)),
        (_("To the end of the day"), *figure_cells(figures.totals, names)),
    )
    columns = (Column("", width=14), *figure_columns(names))
    title = _titled(_("Totals"), Basis.VERIFIED)
    return _table("totals", title, columns, blocks=[Block(rows)])


def _basis(figures: FrozenFigures) -> Basis | None:
    """By which day figures to the end of a day are; None: those of the whole fair."""
    return Basis.VERIFIED if figures.is_daily else None


def counties_table(printed: DocumentFigures) -> Table:
    figures, ranks = printed.figures, printed.ranks
    columns = (Column(_("County"), width=22), Column(_("Rank"), ColumnKind.COUNT, width=7))
    several = len(figures.prefectures) > 1
    blocks = [
        Block(
            [
                (local_name(c), ranks.get(c.code), *figure_cells(c.totals, COUNTY_FIGURES))
                for c in prefecture.children
            ],
            (local_name(prefecture), "", *figure_cells(prefecture.totals, COUNTY_FIGURES))
            if several
            else None,
        )
        for prefecture in figures.prefectures
    ]
    title = (
        _("All counties by prefecture, ranked by deal value")
        if several
        else _("All counties, ranked by deal value")
    )
    return _table(
        "counties",
        _titled(title, _basis(figures)),
        columns + figure_columns(COUNTY_FIGURES),
        blocks=blocks,
        total=(_("Total"), "", *figure_cells(figures.totals, COUNTY_FIGURES)),
    )


def prefectures_table(figures: FrozenFigures) -> Table:
    codes = [prefecture.code for prefecture in figures.prefectures]
    rows = [(local_name(p), *figure_cells(p.totals, COUNTY_FIGURES)) for p in figures.prefectures]
    return _table(
        "prefectures",
        _titled(str(level_words(codes)), _basis(figures)),
        (Column(str(level_word(codes)), width=22), *figure_columns(COUNTY_FIGURES)),
        blocks=[Block(rows)],
        total=(_("Total"), *figure_cells(figures.totals, COUNTY_FIGURES)),
    )


def products_table(printed: DocumentFigures, max_products: int, with_offers: bool = True) -> Table:
    """The first products, each quantity in its own measure; with how many offers of each side."""
    figures, quantities = printed.figures, printed.quantities
    after = FIGURES_AFTER_QUANTITY if with_offers else ()
    rows = [
        (
            *(local_name(row), *figure_cells(row, FIGURES_BEFORE_QUANTITY)),
            # Each in its own measure.
            format_dealt(row.mass_kg, quantities.get(row.code)),
            *figure_cells(row, after),
        )
        for row in figures.products[:max_products]
    ]
    dealt = Column(_("Quantity dealt in"), ColumnKind.FORMATTED, width=16)
    return _table(
        "products",
        _titled(_("Products by deal value"), _basis(figures)),
        (
            Column(_("Product"), width=22),
            *figure_columns(FIGURES_BEFORE_QUANTITY),
            dealt,
            *figure_columns(after),
        ),
        blocks=[Block(rows)],
    )


def days_table(figures: FrozenFigures, max_days: int | None = None) -> Table:
    """Every day; those before the last `max_days` in one row."""
    rows: list[tuple[Any, ...]] = list(figures.every_day)
    total = (_("Total"), *sum_columns(rows, 1, 2))
    if max_days and len(rows) > max_days:
        before, rows = rows[:-max_days], rows[-max_days:]
        rows.insert(0, (_("Before %(day)s", day=day(rows[0][0])), *sum_columns(before, 1, 2)))
    label = _("Day verified") if figures.is_daily else _("Day agreed")
    columns = (
        Column(label, ColumnKind.DATE, width=18),
        *figure_columns(("deals", "amount_fen")),
    )
    title = _titled(_("Day by day"), days_basis(figures))
    return _table("days", title, columns, blocks=[Block(rows)], total=total)


def findings_table(findings: Sequence[PrintedFinding], with_unit: bool) -> Table:
    """A row for what each rule of validation found, and how the unit explains it."""
    rows = [
        (
            *((local_name(found),) if with_unit else ()),
            str(RULE_NAMES[found.finding.rule]),
            finding_text(found.finding),
            wording.format_explanation(found),
        )
        for found in findings
    ]
    columns = (
        *((Column(_("Unit"), width=13),) if with_unit else ()),
        Column(_("Rule"), width=13),
        Column(_("What was found"), width=30),
        Column(_("Explanation"), width=50),
    )
    return _table("findings", _("What validation found"), columns, blocks=[Block(rows)])


def corrections_table(origin: Provenance, of_one_unit: bool = False) -> list[Table]:
    """A row for each figure that a correction changed: both values, when, why; of one unit
    without its name, the newest first."""
    corrections = origin.corrections[::-1] if of_one_unit else origin.corrections
    rows = [
        (
            *(() if of_one_unit else (local_name(c),)),
            FIGURES[name].heading,
            *format_figure_pair(name, was, now),
            *(format_datetime(c.at), c.entry, c.reason),
        )
        for c in corrections
        for name, was, now in c.changes
    ]
    if not rows:
        return []
    columns = (
        *(() if of_one_unit else (Column(_("Unit"), width=13),)),
        Column(_("Figure"), width=16),
        Column(_("Before"), ColumnKind.FORMATTED, width=12),
        Column(_("Corrected"), ColumnKind.FORMATTED, width=12),
        Column(_("Confirmed"), width=17),
        Column(_("Ledger entry"), ColumnKind.COUNT, width=9),
        Column(_("Reason"), width=40 if of_one_unit else 20),
    )
    return [_table("corrections", _("Corrections"), columns, blocks=[Block(rows)])]


def comparison_table(comparisons: Sequence[FrozenComparison]) -> Table:
    """The fair beside all that it is compared with, one row for each figure."""
    names = dict.fromkeys(f.name for comparison in comparisons for f in comparison.figures)
    columns = [
        Column(_("Figure"), width=20),
        Column(_("This fair"), ColumnKind.FORMATTED, width=13),
    ]
    for comparison in comparisons:
        columns.append(Column(_comparison_head(comparison), ColumnKind.FORMATTED, width=17))
        if comparison.kind in wording.CHANGES:
            change = str(wording.CHANGES[comparison.kind])
            columns.append(Column(change, ColumnKind.FORMATTED, width=11))
    rows = []
    for name in names:
        cells: list[str] = [FIGURES[name].heading, ""]
        for comparison in comparisons:
            found = next((f for f in comparison.figures if f.name == name), None)
            now, then, change = wording.format_compared(found) if found else ("", "–", "–")
            cells[1] = cells[1] or now
            cells.append(then)
            if comparison.kind in wording.CHANGES:
                cells.append(change)
        rows.append(tuple(cells))
    return _table("comparison", _("This fair and earlier ones"), columns, blocks=[Block(rows)])


def _comparison_head(comparison: FrozenComparison) -> str:
    """The earlier fair by its name, and up to which of its days it counts."""
    name = local_name(comparison)
    through = comparison.through
    return _("%(fair)s (to day %(day)s)", fair=name, day=through) if through else name
