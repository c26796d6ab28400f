"""Deals that frozen figures count and the ledger has reversed since.

What is reversed changes later days, never the day that counted it: so whatever shows the
figures of that day says what became of them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from market.database import db
from market.deals.models import LedgerEntry
from market.deals.queries import reversal_reason
from market.fairs.models import Fair
from market.products.models import Product

# Where the figures of a county end: with an entry of the ledger, or before a moment.
CutOff = int | datetime


@dataclass(frozen=True)
class Reversal:
    """A deal that counted, and does so no longer, or with another amount.

    Attributes:
        region_code: the county it counts in; name, name_en: of its product.
        was_fen, now_fen: what it counted for then, and counts for now.
        counted_at, reversed_at: when; entry: the number of the reversing entry.
        reason: as the county wrote it; for officials only.
    """

    deal_id: int
    region_code: str
    name: str
    name_en: str
    was_fen: int
    now_fen: int
    counted_at: datetime
    reversed_at: datetime
    entry: int
    reason: str


class ReversedDeals:
    """The deals of these counties in the fair that were ever reversed, in one query."""

    def __init__(self, fair: Fair, codes: Collection[str]) -> None:
        entry = LedgerEntry
        where = (entry.fair_id == fair.id, entry.region_code.in_(codes))
        reversed_ = select(entry.deal_id).where(*where, entry.deals < 0)
        columns = (
            *(entry.id, entry.deal_id, entry.region_code, entry.deals, entry.amount_fen),
            *(entry.at, reversal_reason(), Product.name, Product.name_en),
        )
        rows = db.session.execute(
            select(*columns)
            .join(Product, Product.code == entry.product_code)
            .where(*where, entry.deal_id.in_(reversed_))
            .order_by(entry.id)
        )
        self._deals: dict[int, list[Any]] = defaultdict(list)
        for row in rows:
            self._deals[row.deal_id].append(row)

    def since(self, cut_offs: Mapping[str, CutOff]) -> Sequence[Reversal]:
        """Those that figures with these ends count and that count otherwise now, in the order
        in which they were reversed."""
        found = [
            reversal
            for rows in self._deals.values()
            if (cut_off := cut_offs.get(rows[0].region_code)) is not None
            and (reversal := _reversal(rows, cut_off))
        ]
        return sorted(found, key=lambda r: r.entry)


def _reversal(rows: Sequence[Any], cut_off: CutOff) -> Reversal | None:
    then = [row for row in rows if _is_before(row, cut_off)]
    was, now = (sum(row.amount_fen for row in some) for some in (then, rows))
    if not was or was == now:
        return None
    last = next(row for row in reversed(rows) if row.deals < 0)
    about = (last.deal_id, last.region_code, last.name, last.name_en, was, now)
    return Reversal(*about, then[-1].at, last.at, last.id, last.reason)


def _is_before(row: Any, cut_off: CutOff) -> bool:
    return bool(row.at < cut_off if isinstance(cut_off, datetime) else row.id <= cut_off)


def find_reversals(fair: Fair, cut_offs: Mapping[str, CutOff]) -> Sequence[Reversal]:
    """The deals that figures with these ends count and that were reversed since."""
    return ReversedDeals(fair, cut_offs).since(cut_offs)
