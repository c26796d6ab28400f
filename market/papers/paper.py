"""What a statement and a bulletin say, from their frozen figures alone: page and paper are
both made of it."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import gettext as _

from market.papers import pictures, provenance, wording
from market.papers.bulletin_paper import bulletin_highlights, bulletin_sections
from market.papers.document_figures import Issue, Origin
from market.papers.models import Document, DocumentKind
from market.papers.paper_parts import CheckDetails, Paper, Section
from market.papers.statement_paper import statement_period, statement_sections
from market.tallies.trees import fair_tree
from market.web.filters import day, local_name
from market.web.language import is_english

NUMERALS = "一二三四五六七八九十"


def paper_of(document: Document, font: str = "sans-serif") -> Paper:
    """The paper of a document in the language of the moment; `font` is that of its pictures."""
    if document.kind is DocumentKind.STATEMENT:
        paper = _statement(document)
    else:
        paper = _bulletin(document, font)
    first = paper.sections[0]
    first.paragraphs = [
        *provenance.format_provenance(document.printed, document.kind),
        *first.paragraphs,
    ]
    _number_headings(section for section in paper.sections if not section.is_appendix)
    for number, section in enumerate((s for s in paper.sections if s.is_appendix), 1):
        section.heading = _("Appendix %(number)s. %(head)s", number=number, head=section.heading)
    return paper


def _statement(document: Document) -> Paper:
    printed, region = document.printed, local_name(document.printed.figures.region)
    title = (
        _("Statement of %(region)s", region=region)
        if printed.provenance.is_official
        else _("Statement of %(region)s (not submitted)", region=region)
    )
    return Paper(
        fair=local_name(printed.figures.fair),
        title=title,
        number=_("No. %(code)s", code=document.code),
        lines=_lines(document),
        sections=statement_sections(printed),
        notes=wording.format_notes(),
        check=_check_details(document),
        signatures=wording.format_signatures(),
        period=statement_period(printed.provenance),
        is_one_page=printed.figures.is_county,
    )


def _bulletin(document: Document, font: str) -> Paper:
    printed = document.printed
    is_published = printed.provenance.kind is Origin.PUBLICATION
    issue = printed.issue or Issue("", "")
    return Paper(
        fair=local_name(printed.figures.fair),
        title=_("Bulletin") if is_published else _("Bulletin (provisional)"),
        number=_("No. %(code)s", code=document.code),
        lines=_lines(document),
        sections=bulletin_sections(printed, fair_tree(document.fair), font),
        notes=wording.format_notes(),
        check=_check_details(document),
        issuer=issue.issuer,
        issue_number=issue.number,
        date=day(document.requested_at),
        highlights=bulletin_highlights(printed.figures),
    )


def _lines(document: Document) -> list[str]:
    figures = document.printed.figures
    return [
        _("Reporting unit: %(region)s", region=local_name(figures.region)),
        _("Cut-off time: %(time)s", time=provenance.format_as_of(figures)),
        *wording.format_warnings(document.fair),
    ]


def _check_details(document: Document) -> CheckDetails:
    return CheckDetails(
        document.code,
        document.address,
        document.ledger_entry,
        document.ledger_hash,
        document.figures_sha256,
        pictures.qr_picture(document.address),
        document.printed.provenance.sha256,
    )


def _number_headings(sections: Iterable[Section]) -> None:
    for place, section in enumerate(sections):
        section.heading = (
            f"{place + 1}. {section.heading}"
            if is_english()
            else f"{NUMERALS[place]}、{section.heading}"
        )
