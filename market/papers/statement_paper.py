"""What the statement of a unit says: of a county on one page."""

from __future__ import annotations

from flask_babel import gettext as _

from market.papers import wording
from market.papers.document_figures import DocumentFigures, Provenance
from market.papers.paper_parts import Section
from market.papers.paper_tables import (
    corrections_table,
    counties_table,
    days_table,
    findings_table,
    products_table,
    totals_table,
)
from market.papers.provenance import format_changes_since
from market.statements.labels import STATEMENT_KINDS
from market.statements.rules import parse_period
from market.web.filters import day

# A county's statement is one page: the products that fill it, fewer beside what was found or
# corrected, and the last days.
MAX_PRODUCTS, MAX_PRODUCTS_BESIDE = 18, 8
MAX_DAYS = 7


def statement_sections(printed: DocumentFigures) -> list[Section]:
    """The parts of a unit's statement."""
    figures, origin = printed.figures, printed.provenance
    sections = [
        Section(_("Totals"), wording.format_totals(printed), tables=[totals_table(figures)])
    ]
    if not figures.is_county:
        sections.append(Section(_("Counties"), tables=[counties_table(printed)]))
    if figures.products:
        shown = _max_products(origin)
        words = wording.format_products_left_out(figures, shown)
        table = products_table(printed, shown, with_offers=not figures.is_county)
        sections.append(Section(_("Products"), words, tables=[table], is_half=figures.is_county))
    if figures.deal_days:
        table = days_table(figures, MAX_DAYS if figures.is_county else None)
        sections.append(Section(_("Day by day"), tables=[table], is_half=figures.is_county))
    if origin.findings:
        table = findings_table(origin.findings, with_unit=not figures.is_county)
        sections.append(Section(_("Validation"), tables=[table], may_be_cut=True))
    if origin.corrections or origin.late:
        sections.append(
            Section(
                _("Corrections"),
                format_changes_since(printed),
                tables=corrections_table(origin, of_one_unit=figures.is_county),
                may_be_cut=True,
            )
        )
    return sections


def _max_products(origin: Provenance) -> int:
    """How many are shown at most, those that were dealt in first."""
    is_shared = origin.findings or origin.corrections or origin.late
    return MAX_PRODUCTS_BESIDE if is_shared else MAX_PRODUCTS


def statement_period(provenance: Provenance) -> str:
    """Which statement it is, with its day: 日报 · 2026年11月27日; empty for none."""
    if not provenance.is_official:
        return ""
    period = parse_period(provenance.period)
    assert period is not None  # it was written from a Period
    return f"{STATEMENT_KINDS[period.kind]} · {day(period.day)}"
