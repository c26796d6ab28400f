"""How figures differ from what a statement froze, entry by entry of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from market.database import db
from market.deals.models import Deal, LedgerEntry
from market.deals.queries import reversal_reason
from market.fairs.models import Fair
from market.products.models import Product
from market.statements.models import StatementKind
from market.statements.reversals import CutOff
from market.statements.rules import Period
from market.tallies.figures import FIGURE_NAMES
from market.tallies.frozen_figures import FrozenFigures
from market.tallies.models import FairProduct
from market.tallies.queries import Totals, county_rows


@dataclass(frozen=True)
class Drift:
    """What a statement says beside what it would say now.

    Attributes:
        figures: (figure, was, is) of every figure compared.
        entries: the ledger's entries since, the oldest first: id, at, deal_id, product,
            amount_fen, reason.
    """

    figures: Sequence[tuple[str, Any, Any]]
    entries: Sequence[Row[*tuple[Any, ...]]]

    @property
    def differs(self) -> bool:
        return any(was != now for _name, was, now in self.figures)


def find_drift(fair: Fair, period: Period, frozen: FrozenFigures) -> Drift:
    """How the figures differ now from what was frozen.

    A final statement is compared in every figure. A daily one is of the end of its day and
    never differs; one of format 1 (market.tallies.frozen_figures) is compared in its deals
    agreed up to its day.
    """
    if frozen.until is not None:
        return Drift([], [])
    last_entries = {county.code: county.ledger.id for county in frozen.counties}
    entries = _entries(fair, period, last_entries)
    if period.kind is StatementKind.FINAL:
        rows = [row for row in county_rows(fair) if row.code in last_entries]
        now = Totals.of(rows, _varieties(fair, last_entries))
        pairs = [(n, getattr(frozen.totals, n) or 0, getattr(now, n)) for n in FIGURE_NAMES]
        return Drift(pairs, entries)
    days = [totals for day, totals in frozen.days if day <= period.day]
    figures = []
    for name in ("deals", "amount_fen"):
        was = sum(getattr(totals, name) for totals in days)
        since = sum(getattr(entry, name) for entry in entries)
        figures.append((name, was, was + since))
    return Drift(figures, entries)


def _varieties(fair: Fair, codes: Iterable[str]) -> int:
    """How many different products are listed in these counties, as last counted."""
    listed = (FairProduct.sell_listings > 0) | (FairProduct.buy_listings > 0)
    query = select(func.count(FairProduct.product_code.distinct())).where(
        FairProduct.fair_id == fair.id, FairProduct.region_code.in_(codes), listed
    )
    return db.session.scalar(query) or 0


def cut_offs(frozen: FrozenFigures) -> dict[str, CutOff]:
    """The counties whose figures are in it, each with where its figures end."""
    return {county.code: county.until or county.ledger.id for county in frozen.counties}


def _entries(fair: Fair, period: Period, codes: Mapping[str, int]) -> list[Row[*tuple[Any, ...]]]:
    columns = (
        *(LedgerEntry.id, LedgerEntry.at, LedgerEntry.deal_id, LedgerEntry.region_code),
        *(LedgerEntry.deals, LedgerEntry.amount_fen, reversal_reason()),
        *(Product.name, Product.name_en, Deal.agreed_on),
    )
    query = (
        select(*columns)
        .join(Deal, Deal.id == LedgerEntry.deal_id)
        .join(Product, Product.code == LedgerEntry.product_code)
        .where(LedgerEntry.fair_id == fair.id, LedgerEntry.region_code.in_(codes))
        .where(LedgerEntry.id > min(codes.values(), default=0))
        .order_by(LedgerEntry.id)
    )
    if period.kind is StatementKind.DAILY:
        query = query.where(Deal.agreed_on <= period.day)
    rows: Sequence[Row[*tuple[Any, ...]]] = db.session.execute(query).all()
    return [row for row in rows if row.id > codes[row.region_code]]
