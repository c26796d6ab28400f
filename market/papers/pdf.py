"""A paper set on A4 as PDF, with its Chinese font embedded."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from flask import current_app
from flask_babel import gettext as _
from flask_babel import ngettext

from market.papers.fonts import chinese_fonts
from market.papers.models import Document, DocumentKind
from market.papers.paper import paper_of
from market.papers.paper_parts import Paper, Section
from market.tables.table import Table, format_row
from market.web.language import is_english

TEMPLATES = {
    DocumentKind.STATEMENT: "papers/statement.typ",
    DocumentKind.BULLETIN: "papers/bulletin.typ",
}


class MissingFont(Exception):
    """There is no Chinese font on this machine."""


def pdf_of(document: Document) -> bytes:
    """The document as PDF; the same bytes for the same document and fonts.

    Raises:
        MissingFont: there is no Chinese font to set it in.
    """
    return _compiled(document, "pdf")


def pages_of(document: Document) -> list[bytes]:
    """The pages as PNG, to look at.

    Raises:
        MissingFont: as pdf_of.
    """
    pages = _compiled(document, "png", ppi=80.0)
    return pages if isinstance(pages, list) else [pages]


def _compiled(document: Document, form: Any, **options: Any) -> bytes:
    fonts, families = chinese_fonts()
    if not families:
        raise MissingFont
    data = paper_json(paper_of(document, families[0]), families)
    template = Path(current_app.root_path).parent / "templates" / TEMPLATES[document.kind]
    asked: datetime = document.requested_at
    return typst.compile(
        template,
        font_paths=fonts,
        ignore_system_fonts=True,
        format=form,
        sys_inputs={"paper": json.dumps(data, ensure_ascii=False)},
        timestamp=int(asked.timestamp()),
        **options,
    )


def paper_json(paper: Paper, families: Any) -> dict[str, Any]:
    """What the template reads: texts and numbers, no markup."""
    check = paper.check
    return {
        "fair": paper.fair,
        "title": paper.title,
        "period": paper.period,
        "one_page": paper.is_one_page,
        "issuer": paper.issuer,
        "issue_number": paper.issue_number,
        "date": paper.date,
        "highlights": [vars(highlight) for highlight in paper.highlights],
        "check_head": _("Appendix: notes, and how to check this document"),
        "author": paper.lines[0],
        "number": paper.number,
        "entry": _("Ledger entry %(entry)s", entry=check.entry),
        "lang": "en" if is_english() else "zh",
        "indent": 0 if is_english() else 2,
        "fonts": list(families),
        "lines": list(paper.lines),
        "sections": [
            {
                "heading": section.heading,
                "paragraphs": list(section.paragraphs),
                "pictures": [
                    {"svg": p.svg, "caption": p.caption, "source": p.source, "width": p.width}
                    for p in section.pictures
                ],
                "tables": [_table(table, section) for table in section.tables],
                "half": section.is_half,
                "appendix": section.is_appendix,
            }
            for section in paper.sections
        ],
        "notes_head": _("Notes"),
        "notes": list(paper.notes),
        "signatures": list(paper.signatures),
        "check": {
            "qr": check.qr,
            "head": _("Scan to see whether these figures are still current."),
            "rows": check_rows(paper),
        },
    }


def check_rows(paper: Paper) -> list[tuple[str, str]]:
    """What a paper says about checking it: (label, value)."""
    check = paper.check
    snapshot = [(_("SHA-256 of what was submitted"), check.snapshot)] if check.snapshot else []
    return [
        (_("Address"), check.address),
        (_("Code"), check.code),
        (_("Fingerprint of the figures"), check.fingerprint),
        *snapshot,
        (_("Ledger entry"), str(check.entry)),
        (_("Hash of the ledger entry"), check.hash),
    ]


def _table(table: Table, section: Section) -> dict[str, Any]:
    rows = []
    for block in table.blocks:
        rows += [{"bold": False, "cells": format_row(table, row)} for row in block.rows]
        if block.subtotal is not None:
            rows.append({"bold": True, "cells": format_row(table, block.subtotal)})
    if table.total is not None:
        rows.append({"bold": True, "cells": format_row(table, table.total)})
    return {
        "title": table.title,
        "heads": [column.label for column in table.columns],
        "widths": [column.width for column in table.columns],
        "right": [column.is_number for column in table.columns],
        "rows": rows,
        "note": table.note,
        # By how many rows are left out; none: it stays whole.
        "more": [_left_out(n + 1) for n in range(len(rows))] if section.may_be_cut else [],
    }


def _left_out(number: int) -> str:
    return ngettext(
        "%(num)s more row is in the statement on the desk.",
        "%(num)s more rows are in the statement on the desk.",
        number,
    )
