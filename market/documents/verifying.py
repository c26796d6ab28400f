"""Checking a paper: whether its figures are still current, were changed since, or never were."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import URL, select

from market.documents import figures
from market.documents.models import Document
from market.documents.services import ALPHABET
from market.extensions import db
from market.fairs.models import Fair
from market.regions.models import Region
from market.tallies.queries import kept

MOST_TOLD = 40


class Verdict(enum.StrEnum):
    CURRENT = "current"
    CHANGED = "changed"
    NEVER = "never"


@dataclass(frozen=True)
class Check:
    """What came of a check.

    Attributes:
        now: the figures of the same region and fair at present.
        moved: what is other than printed, the whole first, then counties; not all of it
            where it is very much (`more` says how many are left out).
    """

    verdict: Verdict
    document: Document | None = None
    now: Mapping[str, Any] | None = None
    moved: Sequence[figures.Moved] = ()
    more: int = 0


def tidy_code(text: str) -> str:
    """A code as people type it, without the spaces and dashes, in capitals."""
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
    if document.figures_sha256 != figures.fingerprint(document.figures):
        return Check(Verdict.NEVER)
    now = _present(document)
    if figures.same(document.figures, now):
        return Check(Verdict.CURRENT, document, now)
    moved = figures.moved(document.figures, now)
    return Check(Verdict.CHANGED, document, now, moved[:MOST_TOLD], len(moved[MOST_TOLD:]))


def _present(document: Document) -> dict[str, Any]:
    """The figures of now; kept until the fair is counted again."""
    count = kept(document.fair)
    if count.at is None:
        return figures.take(document.fair, document.region)
    return _in_memory(db.engine.url, document.fair_id, document.region_code, count.at)


@lru_cache(maxsize=64)
def _in_memory(database: URL, fair_id: int, region_code: str, at: datetime) -> dict[str, Any]:
    session = db.session()
    return figures.take(session.get_one(Fair, fair_id), session.get_one(Region, region_code))
