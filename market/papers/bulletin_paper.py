"""What the bulletin 公报 of a fair says: what a reader looks for first, the long tables after the
signature."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from market.papers import pictures, provenance, wording
from market.papers.document_figures import DocumentFigures
from market.papers.paper_parts import Highlight, Picture, Section
from market.papers.paper_tables import (
    comparison_table,
    corrections_table,
    counties_table,
    days_basis,
    prefectures_table,
    products_table,
    totals_table,
)
from market.tables.figures import FIGURES
from market.tallies.figures import Basis
from market.tallies.frozen_figures import FrozenFigures
from market.tallies.trees import Tree

MAX_PRODUCTS = 20
# What stands large.
HIGHLIGHTS = ("amount_fen", "deals", "merchants")


def bulletin_highlights(figures: FrozenFigures) -> Sequence[Highlight]:
    """The three figures that stand large; of a day with what the day added."""
    found = []
    for name in HIGHLIGHTS:
        figure = FIGURES[name]
        value, unit = figure.alone(figure.of(figures.totals))
        note = ""
        if figures.increment is not None:
            of_day = " ".join(figure.alone(getattr(figures.increment, name))).strip()
            note = _("on the day: %(value)s", value=of_day)
        found.append(Highlight(str(figure.label), value, unit, note))
    return found


def bulletin_sections(printed: DocumentFigures, tree: Tree, font: str) -> list[Section]:
    """The parts of a fair's bulletin."""
    figures, origin = printed.figures, printed.provenance
    sections = [Section(_("Overall"), wording.format_fair(printed), tables=[totals_table(figures)])]
    if printed.comparisons:
        compared = [c for c in printed.comparisons if not c.provisional]
        sections.append(
            Section(
                _("Comparison"),
                wording.format_comparisons(printed.comparisons),
                tables=[comparison_table(compared)] if compared else [],
            )
        )
    # One prefecture alone is the whole; a county has none.
    several = [prefectures_table(figures)] if len(figures.prefectures) > 1 else []
    drawn = _county_pictures(printed, tree, font)
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
        value = FIGURES["amount_fen"].by(days_basis(figures))
        caption = _("%(figure)s of each day", figure=value.heading)
        sections.append(
            Section(_("Day by day"), wording.format_days(figures), [Picture(line, caption)])
        )
    if origin.corrections or origin.late:
        words = provenance.format_changes_since(printed)
        sections.append(Section(_("Corrections"), words, tables=corrections_table(origin)))
    sections.append(Section(_("All counties"), tables=[counties_table(printed)], is_appendix=True))
    return sections


def _county_pictures(printed: DocumentFigures, tree: Tree, font: str) -> list[Picture]:
    """The map and the first counties, by deal value."""
    basis = Basis.VERIFIED if printed.figures.is_daily else None
    value, drawn = FIGURES["amount_fen"].by(basis), []
    if county_map := pictures.county_picture(printed, tree, font):
        svg, source = county_map
        caption = _("%(figure)s by county", figure=value.heading)
        drawn.append(Picture(svg, caption, source, width=66))
    if bars := pictures.ranking_picture(printed, font):
        caption = _("%(figure)s: the first ten counties", figure=value.heading)
        drawn.append(Picture(bars, caption))
    return drawn
