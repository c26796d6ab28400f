"""What a statement and a bulletin say, from their frozen figures alone: page and paper are
both made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _

from market.papers import pictures, provenance, wording
from market.papers.document_figures import (
    DocumentFigures,
    FrozenComparison,
    Origin,
    Provenance,
)
from market.papers.models import Document, DocumentKind
from market.regions.labels import level_word, level_words
from market.tables.fair_tables import figure_cells, figure_columns, sum_columns
from market.tables.figures import FIGURES
from market.tables.table import Block, Column, ColumnKind, Table
from market.tallies.figures import Basis, format_figure_pair
from market.tallies.frozen_figures import FrozenFigures
from market.tallies.quantities import format_dealt
from market.tallies.trees import Tree, fair_tree
from market.web.filters import format_datetime, local_name
from market.web.language import is_english

NUMERALS = "一二三四五六七八九十"
# A statement is to fit on a page or two: the first products are enough.
MAX_STATEMENT_PRODUCTS = 8
# And of a bulletin.
MAX_PRODUCTS = 20
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


@dataclass(frozen=True)
class Picture:
    """An SVG with what it shows and where its shapes are from; width in percent of the line."""

    svg: str
    caption: str
    source: str = ""
    width: int = 88


@dataclass
class Section:
    """A part of a paper under its heading."""

    heading: str
    paragraphs: Sequence[str] = ()
    pictures: Sequence[Picture] = ()
    tables: Sequence[Table] = ()


@dataclass(frozen=True)
class CheckDetails:
    """How to check a paper: what it carries, and the QR code of where; `snapshot` is the
    SHA-256 of the statement or table it prints, empty where it prints neither."""

    code: str
    address: str
    entry: int
    hash: str
    fingerprint: str
    qr: str
    snapshot: str = ""


@dataclass
class Paper:
    """A statement or bulletin: everything that is printed; the fair's name stands first."""

    fair: str
    title: str
    number: str
    lines: Sequence[str]
    sections: list[Section]
    notes: Sequence[str]
    check: CheckDetails
    signatures: Sequence[str] = field(default_factory=tuple)


def paper_of(document: Document, font: str = "sans-serif") -> Paper:
    """The paper of a document in the language of the moment; `font` is that of its pictures."""
    printed = document.printed
    figures, origin = printed.figures, printed.provenance
    region = local_name(figures.region)
    if document.kind is DocumentKind.BULLETIN:
        is_published = origin.kind is Origin.PUBLICATION
        title = _("Bulletin") if is_published else _("Bulletin (provisional)")
        sections, signatures = _bulletin(printed, fair_tree(document.fair), font), []
    else:
        title = (
            _("Statement of %(region)s", region=region)
            if origin.is_official
            else _("Statement of %(region)s (not submitted)", region=region)
        )
        sections, signatures = _statement(printed), wording.format_signatures()
    sections[0].paragraphs = [
        *provenance.format_provenance(printed, document.kind),
        *sections[0].paragraphs,
    ]
    if origin.corrections or origin.late:
        words, tables = provenance.format_changes_since(printed), _corrections(origin)
        sections.append(Section(_("Corrections"), words, tables=tables))
    for place, section in enumerate(sections):
        section.heading = (
            f"{place + 1}. {section.heading}"
            if is_english()
            else f"{NUMERALS[place]}、{section.heading}"
        )
    return Paper(
        fair=local_name(figures.fair),
        title=title,
        number=_("No. %(code)s", code=document.code),
        lines=[
            _("Reporting unit: %(region)s", region=region),
            _("Cut-off time: %(time)s", time=provenance.format_as_of(figures)),
            *wording.format_warnings(document.fair),
        ],
        sections=sections,
        notes=wording.format_notes(),
        check=CheckDetails(
            document.code,
            document.address,
            document.ledger_entry,
            document.ledger_hash,
            document.figures_sha256,
            pictures.qr_picture(document.address),
            origin.sha256,
        ),
        signatures=signatures,
    )


def _statement(printed: DocumentFigures) -> list[Section]:
    figures = printed.figures
    sections = [Section(_("Totals"), wording.format_totals(printed), tables=[_totals(figures)])]
    if not figures.is_county:
        sections.append(Section(_("Counties"), tables=[_counties(printed)]))
    if figures.products:
        words = wording.format_products_left_out(figures, MAX_STATEMENT_PRODUCTS)
        table = _products(printed, MAX_STATEMENT_PRODUCTS)
        sections.append(Section(_("Products"), words, tables=[table]))
    if figures.deal_days:
        sections.append(Section(_("Day by day"), tables=[_days(figures)]))
    return sections


def _bulletin(printed: DocumentFigures, tree: Tree, font: str) -> list[Section]:
    figures = printed.figures
    sections = [Section(_("Overall"), wording.format_fair(figures), tables=[_totals(figures)])]
    if comparisons := printed.comparisons:
        words, tables = wording.format_comparisons(comparisons), _comparisons(comparisons)
        sections.append(Section(_("Comparison"), words, tables=tables))
    drawn, value = [], FIGURES["amount_fen"].by(Basis.VERIFIED if figures.is_daily else None)
    if county_map := pictures.county_picture(printed, tree, font):
        svg, source = county_map
        drawn.append(
            Picture(svg, _("%(figure)s by county", figure=value.heading), source, width=46)
        )
    if bars := pictures.ranking_picture(printed, font):
        caption = _("%(figure)s: the first ten counties", figure=value.heading)
        drawn.append(Picture(bars, caption))
    # One prefecture alone is the whole; a county has none.
    several = [_prefectures(figures)] if len(figures.prefectures) > 1 else []
    sections.append(Section(_("Regions"), wording.format_regions(printed), drawn, several))
    if figures.products:
        words = [
            *wording.format_products(figures),
            *wording.format_products_left_out(figures, MAX_PRODUCTS),
        ]
        sections.append(Section(_("Products"), words, tables=[_products(printed, MAX_PRODUCTS)]))
    if line := pictures.days_picture(figures, font):
        of_days = value.by(_basis(figures))
        caption = _("%(figure)s of each day", figure=of_days.heading)
        sections.append(
            Section(_("Day by day"), wording.format_days(figures), [Picture(line, caption)])
        )
    sections.append(Section(_("All counties"), tables=[_counties(printed)]))
    return sections


def _basis(figures: FrozenFigures) -> Basis:
    """By which day the figures of days are."""
    return Basis.VERIFIED if figures.is_daily else Basis.AGREED


def _table(name: str, title: str, columns: Sequence[Column], **values: Any) -> Table:
    return Table(name, title, title, (), columns, **values)


def _totals(figures: FrozenFigures) -> Table:
    names = figures.figure_names
    if figures.increment is None:
        blocks = [Block([figure_cells(figures.totals, names)])]
        return _table("totals", _("Totals"), figure_columns(names), blocks=blocks)
    rows = (
        (_("On the day"), *figure_cells(figures.increment, names)),
        (_("To the end of the day"), *figure_cells(figures.totals, names)),
    )
    columns = (Column("", width=14), *figure_columns(names, Basis.VERIFIED))
    return _table("totals", _("Totals"), columns, blocks=[Block(rows)])


def _columns(figures: FrozenFigures, names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of figures of the whole fair, or to the end of a day."""
    return figure_columns(names, Basis.VERIFIED if figures.is_daily else None)


def _counties(printed: DocumentFigures) -> Table:
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
    return _table(
        "counties",
        _("All counties by prefecture, ranked by deal value")
        if several
        else _("All counties, ranked by deal value"),
        columns + _columns(figures, COUNTY_FIGURES),
        blocks=blocks,
        total=(_("Total"), "", *figure_cells(figures.totals, COUNTY_FIGURES)),
    )


def _prefectures(figures: FrozenFigures) -> Table:
    codes = [prefecture.code for prefecture in figures.prefectures]
    rows = [(local_name(p), *figure_cells(p.totals, COUNTY_FIGURES)) for p in figures.prefectures]
    return _table(
        "prefectures",
        str(level_words(codes)),
        (Column(str(level_word(codes)), width=22), *_columns(figures, COUNTY_FIGURES)),
        blocks=[Block(rows)],
        total=(_("Total"), *figure_cells(figures.totals, COUNTY_FIGURES)),
    )


def _products(printed: DocumentFigures, max_products: int) -> Table:
    figures, quantities = printed.figures, printed.quantities
    rows = [
        (
            *(local_name(row), *figure_cells(row, FIGURES_BEFORE_QUANTITY)),
            # Each in its own measure.
            format_dealt(row.mass_kg, quantities.get(row.code)),
            *figure_cells(row, FIGURES_AFTER_QUANTITY),
        )
        for row in figures.products[:max_products]
    ]
    dealt = Column(_("Quantity dealt in"), ColumnKind.FORMATTED, width=16)
    return _table(
        "products",
        _("Products by deal value"),
        (
            Column(_("Product"), width=22),
            *_columns(figures, FIGURES_BEFORE_QUANTITY),
            dealt,
            *figure_columns(FIGURES_AFTER_QUANTITY),
        ),
        blocks=[Block(rows)],
    )


def _days(figures: FrozenFigures) -> Table:
    rows = figures.every_day
    label = _("Day verified") if figures.is_daily else _("Day agreed")
    columns = (
        Column(label, ColumnKind.DATE),
        *figure_columns(("deals", "amount_fen"), _basis(figures)),
    )
    total = (_("Total"), *sum_columns(rows, 1, 2))
    return _table("days", _("Day by day"), columns, blocks=[Block(rows)], total=total)


def _corrections(origin: Provenance) -> list[Table]:
    """A row for each figure that a correction changed: both values, when, why."""
    rows = [
        (
            *(local_name(c), FIGURES[name].heading),
            *format_figure_pair(name, was, now),
            *(format_datetime(c.at), c.entry, c.reason),
        )
        for c in origin.corrections
        for name, was, now in c.changes
    ]
    if not rows:
        return []
    columns = (
        Column(_("Unit"), width=13),
        Column(_("Figure"), width=16),
        Column(_("Before"), ColumnKind.FORMATTED, width=12),
        Column(_("Corrected"), ColumnKind.FORMATTED, width=12),
        Column(_("Confirmed"), width=19),
        Column(_("Ledger entry"), ColumnKind.COUNT, width=9),
        Column(_("Reason"), width=18),
    )
    return [_table("corrections", _("Corrections"), columns, blocks=[Block(rows)])]


def _comparisons(comparisons: Sequence[FrozenComparison]) -> list[Table]:
    heads = (_("This fair"), _("Baseline"), _("Change"))
    columns = (
        Column("", width=20),
        *(Column(head, ColumnKind.FORMATTED, width=14) for head in heads),
    )
    return [
        _table(
            comparison.kind,
            _comparison_title(comparison),
            columns,
            blocks=[Block([wording.format_compared_row(f) for f in comparison.figures])],
        )
        for comparison in comparisons
    ]


def _comparison_title(comparison: FrozenComparison) -> str:
    title = _(
        "%(kind)s: %(baseline)s",
        kind=wording.COMPARISON_KINDS[comparison.kind],
        baseline=local_name(comparison),
    )
    limits = wording.format_comparison_limits(comparison)
    return (
        _("%(title)s (%(limits)s)", title=title, limits=limits.rstrip(".。")) if limits else title
    )
