"""What a statement and a bulletin say, from their frozen figures alone: page and paper are
both made of it."""

from __future__ import annotations

from flask_babel import gettext as _

from market.papers import pictures, provenance, wording
from market.papers.document_figures import DocumentFigures, Origin
from market.papers.models import Document, DocumentKind
from market.papers.paper_parts import CheckDetails, Paper, Picture, Section
from market.papers.paper_tables import (
    comparison_tables,
    corrections_table,
    counties_table,
    days_basis,
    prefectures_table,
    products_table,
    totals_table,
)
from market.papers.statement_paper import statement_period, statement_sections
from market.tables.figures import FIGURES
from market.tallies.figures import Basis
from market.tallies.trees import Tree, fair_tree
from market.web.filters import local_name
from market.web.language import is_english

NUMERALS = "一二三四五六七八九十"
# Of a bulletin.
MAX_PRODUCTS = 20


def paper_of(document: Document, font: str = "sans-serif") -> Paper:
    """The paper of a document in the language of the moment; `font` is that of its pictures."""
    printed = document.printed
    figures, origin = printed.figures, printed.provenance
    region = local_name(figures.region)
    is_statement = document.kind is DocumentKind.STATEMENT
    if not is_statement:
        is_published = origin.kind is Origin.PUBLICATION
        title = _("Bulletin") if is_published else _("Bulletin (provisional)")
        sections, signatures = _bulletin(printed, fair_tree(document.fair), font), []
        period = ""
    else:
        title = (
            _("Statement of %(region)s", region=region)
            if origin.is_official
            else _("Statement of %(region)s (not submitted)", region=region)
        )
        sections, signatures = statement_sections(printed), wording.format_signatures()
        period = statement_period(origin)
    sections[0].paragraphs = [
        *provenance.format_provenance(printed, document.kind),
        *sections[0].paragraphs,
    ]
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
        period=period,
        is_one_page=is_statement and figures.is_county,
    )


def _bulletin(printed: DocumentFigures, tree: Tree, font: str) -> list[Section]:
    figures = printed.figures
    sections = [Section(_("Overall"), wording.format_fair(figures), tables=[totals_table(figures)])]
    if comparisons := printed.comparisons:
        words, tables = wording.format_comparisons(comparisons), comparison_tables(comparisons)
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
    several = [prefectures_table(figures)] if len(figures.prefectures) > 1 else []
    sections.append(Section(_("Regions"), wording.format_regions(printed), drawn, several))
    if figures.products:
        words = [
            *wording.format_products(figures),
            *wording.format_products_left_out(figures, MAX_PRODUCTS),
        ]
        sections.append(
            Section(_("Products"), words, tables=[products_table(printed, MAX_PRODUCTS)])
        )
    if line := pictures.days_picture(figures, font):
        of_days = value.by(days_basis(figures))
        caption = _("%(figure)s of each day", figure=of_days.heading)
        sections.append(
            Section(_("Day by day"), wording.format_days(figures), [Picture(line, caption)])
        )
    sections.append(Section(_("All counties"), tables=[counties_table(printed)]))
    origin = printed.provenance
    if origin.corrections or origin.late:
        words, tables = provenance.format_changes_since(printed), corrections_table(origin)
        sections.append(Section(_("Corrections"), words, tables=tables))
    return sections
