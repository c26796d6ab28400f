"""Checking a paper: whether its figures are still current, were changed since, or never were."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from sqlalchemy import URL, select

from market.database import db
from market.fairs.models import Fair
from market.papers import official_figures
from market.papers.models import Document
from market.papers.services import ALPHABET
from market.regions.models import Region
from market.statements.reversals import Reversal
from market.tables import figures
from market.tallies.queries import stored_count
from market.text.characters import without_ignorable

MOST_TOLD = 40
# Of the check's page, as it stands under the QR code.
ADDRESS = re.compile(r"/verify(?:/|/?\?(?:\S*&)?code=)([^/?#&\s]+)", re.IGNORECASE)


class Verdict(enum.StrEnum):
    CURRENT = "current"
    CHANGED = "changed"
    REVERSED = "reversed"  # they stand as submitted, and deals in them were taken back since
    NEVER = "never"


@dataclass(frozen=True)
class Check:
    """What came of a check.

    Attributes:
        now: the figures of the same region and fair at present.
        stated: where a statement or the published table is printed, what that comes to now;
            None where the statement was sent back, and where figures of a moment are printed.
        moved: what is other than printed at present, of a day in what it states at present;
            the whole first, then counties; not all of it where it is very much (`more` says
            how many are left out).
        corrections: those confirmed since, as filed.py tells them.
        reversed: the deals in the printed figures that were taken back since.
    """

    verdict: Verdict
    document: Document | None = None
    now: Mapping[str, Any] | None = None
    stated: Mapping[str, Any] | None = None
    moved: Sequence[figures.Moved] = ()
    more: int = 0
    corrections: Sequence[Mapping[str, Any]] = ()
    reversed: Sequence[Reversal] = ()

    @property
    def is_of_a_day(self) -> bool:
        """Whether the figures are those of the end of a day, which what came later is no
        change of."""
        assert self.document is not None
        return figures.is_daily(self.document.figures)

    @property
    def is_official(self) -> bool:
        """Whether a statement or the published table is printed."""
        assert self.document is not None
        return (
            official_figures.standing_of(self.document.figures)["kind"] != official_figures.PRESENT
        )


def tidy_code(text: str) -> str:
    """A code as people type it, without spaces and dashes, in capitals; out of an address too."""
    text = unicodedata.normalize("NFKC", without_ignorable(unquote(text)))
    if found := ADDRESS.search(text):
        text = found[1]
    return "".join(c for c in text.upper() if c in ALPHABET)


def check(code: str, beginning: str = "") -> Check:
    """Look a code up; `beginning` is that of the fingerprint or the ledger's hash on the paper.

    A hash that is not the document's means that these figures never were.
    """
    document = db.session.scalar(select(Document).where(Document.code == tidy_code(code)))
    if document is None:
        return Check(Verdict.NEVER)
    begun = "".join(beginning.split()).lower()
    if begun and not (
        document.figures_sha256.startswith(begun) or document.ledger_hash.startswith(begun)
    ):
        return Check(Verdict.NEVER)
    starred = document.figures.get("starred")
    if not starred and document.figures_sha256 != figures.fingerprint(document.figures):
        return Check(Verdict.NEVER)
    return _compared(document)


def _compared(document: Document) -> Check:
    printed, fair, now = document.figures, document.fair, _present(document)
    stated: dict[str, Any] | None = None
    corrections: Sequence[Mapping[str, Any]] = ()
    if official_figures.standing_of(printed)["kind"] == official_figures.PRESENT:
        holds = figures.same(printed, now)
        corrections = official_figures.corrections_after(
            fair, document.region, document.requested_at
        )
    elif stated := official_figures.now_of(fair, printed):
        holds = _still_holds(printed, stated)
        corrections = official_figures.corrections_since(printed, stated)
    else:
        holds = False
    # What came after the end of a day is no change of that day.
    moved = figures.moved(printed, (stated or printed) if figures.is_daily(printed) else now)
    reversed_ = official_figures.reversed_since(fair, printed)
    standing = Verdict.REVERSED if reversed_ else Verdict.CURRENT
    return Check(
        standing if holds else Verdict.CHANGED,
        document,
        now,
        official_figures.standing_of(stated)["now"] if stated else None,
        moved[:MOST_TOLD],
        len(moved[MOST_TOLD:]),
        corrections,
        reversed_,
    )


def _still_holds(printed: Mapping[str, Any], stated: Mapping[str, Any]) -> bool:
    """Whether nothing was submitted, corrected or came in since."""
    then, now = (official_figures.standing_of(one) for one in (printed, stated))
    same = all(then.get(name) == now.get(name) for name in ("version", "correction", "now"))
    keys = [[official_figures.key_of(c) for c in one["corrections"]] for one in (then, now)]
    return same and keys[0] == keys[1] and figures.same(printed, stated)


def _present(document: Document) -> dict[str, Any]:
    """The figures of now; kept until the fair is counted again."""
    count = stored_count(document.fair)
    if count.at is None:
        return figures.take(document.fair, document.region)
    return _in_memory(db.engine.url, document.fair_id, document.region_code, count.at)


@lru_cache(maxsize=64)
def _in_memory(database: URL, fair_id: int, region_code: str, at: datetime) -> dict[str, Any]:
    session = db.session()
    return figures.take(session.get_one(Fair, fair_id), session.get_one(Region, region_code))
