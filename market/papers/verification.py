"""Checking a paper: whether its figures are still current, were changed since, or never were."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import unquote

from sqlalchemy import select

from market.database import db
from market.papers.bulletin_paper import MAX_PRODUCTS
from market.papers.document_figures import DocumentFigures, PrintedCorrection, fingerprint
from market.papers.models import Document
from market.papers.official_figures import (
    corrections_after,
    corrections_since,
    of_count,
    official_now,
    reversed_since,
)
from market.papers.services import CODE_ALPHABET
from market.statements.queries import changes
from market.statements.reversals import Reversal
from market.tables.figures import PRODUCT_FIGURES
from market.tallies.frozen_figures import FrozenFigures, FrozenRegion
from market.tallies.queries import Totals
from market.text.characters import without_ignorable

MAX_CHANGES_SHOWN = 40
# Of the check's page, as it stands under the QR code.
ADDRESS = re.compile(r"/verify(?:/|/?\?(?:\S*&)?code=)([^/?#&\s]+)", re.IGNORECASE)


class Verdict(enum.StrEnum):
    CURRENT = "current"
    CHANGED = "changed"
    REVERSED = "reversed"  # as submitted, but deals in them were reversed since
    NEVER = "never"


@dataclass(frozen=True)
class ChangedFigure:
    """A figure of a region that is no longer what it was."""

    code: str
    name: str
    name_en: str
    figure: str
    then: int | Decimal | None
    now: int | Decimal | None


@dataclass(frozen=True)
class CheckResult:
    """What a check found.

    Attributes:
        printed: what the document froze; now: the figures of the same region and fair at present.
        official_totals: where a statement or the published table is printed, what that comes to
            now; None where the statement was sent back or withdrawn, or a count is printed.
        changed: the figures that are not as printed, the whole region's first, then counties';
            of a day, compared with what is stated of it now. Where there are very many, `more`
            says how many are left out.
        corrections: those confirmed since.
        reversed: the deals in the printed figures that were reversed since.
    """

    verdict: Verdict
    document: Document | None = None
    printed: DocumentFigures | None = None
    now: FrozenFigures | None = None
    official_totals: Totals | None = None
    changed: Sequence[ChangedFigure] = ()
    more: int = 0
    corrections: Sequence[PrintedCorrection] = ()
    reversed: Sequence[Reversal] = ()


def normalize_code(text: str) -> str:
    """A code as people type it, without spaces and dashes, in capitals; out of an address too."""
    text = unicodedata.normalize("NFKC", without_ignorable(unquote(text)))
    if found := ADDRESS.search(text):
        text = found[1]
    return "".join(c for c in text.upper() if c in CODE_ALPHABET)


def check(code: str, beginning: str = "") -> CheckResult:
    """Look a code up; `beginning` is that of the fingerprint or the ledger's hash on the paper.

    A hash that is not the document's means that these figures never were.
    """
    document = db.session.scalar(select(Document).where(Document.code == normalize_code(code)))
    if document is None:
        return CheckResult(Verdict.NEVER)
    begun = "".join(beginning.split()).lower()
    if begun and not (
        document.figures_sha256.startswith(begun) or document.ledger_hash.startswith(begun)
    ):
        return CheckResult(Verdict.NEVER)
    printed = document.printed
    if not printed.is_starred and document.figures_sha256 != fingerprint(document.figures):
        return CheckResult(Verdict.NEVER)
    return _compare(document, printed)


def _compare(document: Document, printed: DocumentFigures) -> CheckResult:
    fair, provenance = document.fair, printed.provenance
    now = of_count(fair, document.region)
    official: DocumentFigures | None = None
    corrections: Sequence[PrintedCorrection] = ()
    if not provenance.is_official:
        holds = _has_same_figures(printed, now)
        corrections = corrections_after(fair, document.region, document.requested_at)
    elif official := official_now(fair, provenance):
        holds = _still_holds(printed, official)
        corrections = corrections_since(provenance, official.provenance)
    else:
        holds = False
    # What came after the end of a day is no change of that day.
    beside = (official or printed) if printed.figures.is_daily else now
    changed = find_changed(printed.figures, beside.figures)
    reversed_ = reversed_since(fair, printed)
    verdict = Verdict.REVERSED if reversed_ else Verdict.CURRENT
    return CheckResult(
        verdict if holds else Verdict.CHANGED,
        document,
        printed,
        now.figures,
        official.provenance.now if official else None,
        changed[:MAX_CHANGES_SHOWN],
        len(changed[MAX_CHANGES_SHOWN:]),
        corrections,
        reversed_,
    )


def _still_holds(printed: DocumentFigures, official: DocumentFigures) -> bool:
    """Whether nothing was submitted, corrected or came in since."""
    then, now = printed.provenance, official.provenance
    return (
        (then.version, then.correction, then.now) == (now.version, now.correction, now.now)
        and [c.key for c in then.corrections] == [c.key for c in now.corrections]
        and _has_same_figures(printed, official)
    )


def _has_same_figures(printed: DocumentFigures, now: DocumentFigures) -> bool:
    """Whether the figures themselves agree; the region and fair may have new names."""
    return _printed_values(printed) == _printed_values(now)


def _printed_values(document: DocumentFigures) -> tuple[Any, ...]:
    figures = document.figures
    return (
        figures.totals,
        [(county.code, county.totals) for county in figures.counties],
        [
            (product.code, *(getattr(product, name) for name in PRODUCT_FIGURES))
            for product in figures.products[:MAX_PRODUCTS]
        ],
        figures.product_count,
        figures.deal_days,
        document.ranks,
        document.rank_within,
    )


def find_changed(then: FrozenFigures, now: FrozenFigures) -> list[ChangedFigure]:
    """The figures of the whole, then of each county, that differ."""
    before, after = _by_region(then), _by_region(now)
    changed = []
    for code in dict.fromkeys((*before, *after)):
        named = after.get(code) or before[code]
        old, new = (found[code].totals if code in found else Totals() for found in (before, after))
        changed += [
            ChangedFigure(code, named.name, named.name_en, figure, was, is_)
            for figure, was, is_ in changes(old, new)
        ]
    return changed


def _by_region(figures: FrozenFigures) -> dict[str, FrozenRegion]:
    counties = {county.code: county for county in figures.counties}
    return {figures.region.code: figures.region} | counties
