"""What moved since a statement was frozen, entry by entry of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select

from market.database import db
from market.deals.models import Deal, LedgerEntry
from market.deals.queries import reversal_reason
from market.fairs.models import Fair
from market.products.models import Product
from market.statements import snapshots
from market.statements.models import Kind
from market.statements.reversals import Cut
from market.statements.rules import Period
from market.statements.snapshots import FIGURES, Snapshot
from market.tallies.models import FairProduct
from market.tallies.queries import Totals, county_rows


@dataclass(frozen=True)
class Moved:
    """What a statement says and what would be said now.

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


def moved(fair: Fair, period: Period, snapshot: Snapshot) -> Moved:
    """What moved since the snapshot was frozen.

    A final statement is compared in every figure. A daily one is of the end of its day and
    nothing in it moves; one of the older format (market.statements.snapshots) is compared in its
    deals agreed up to its day.
    """
    if "until" in snapshot:
        return Moved([], [])
    codes = covered(snapshot)
    entries = _entries(fair, period, codes)
    if period.kind is Kind.FINAL:
        rows = [row for row in county_rows(fair) if row.code in codes]
        now = snapshots.plain(asdict(Totals.of(rows, _varieties(fair, codes))))
        was = snapshot["totals"]
        return Moved([(name, was.get(name, 0), now[name]) for name in FIGURES], entries)
    days = [row for row in snapshot["days"] if row["day"] <= period.day.isoformat()]
    figures = []
    for name in ("deals", "amount_fen"):
        frozen_sum = sum(row[name] for row in days)
        since = sum(getattr(entry, name) for entry in entries)
        figures.append((name, frozen_sum, frozen_sum + since))
    return Moved(figures, entries)


def _varieties(fair: Fair, codes: Iterable[str]) -> int:
    """How many different products are listed in these counties, as last counted."""
    listed = (FairProduct.sell_listings > 0) | (FairProduct.buy_listings > 0)
    query = select(func.count(FairProduct.product_code.distinct())).where(
        FairProduct.fair_id == fair.id, FairProduct.region_code.in_(codes), listed
    )
    return db.session.scalar(query) or 0


def covered(snapshot: Snapshot) -> dict[str, int]:
    """The counties whose figures are in the snapshot, each with its last ledger entry."""
    return {node["code"]: node["ledger"]["id"] for node in _counties(snapshot)}


def cuts(snapshot: Snapshot) -> dict[str, Cut]:
    """The counties whose figures are in the snapshot, each with where its figures end."""
    return {
        node["code"]: datetime.fromisoformat(node["until"])
        if "until" in node
        else node["ledger"]["id"]
        for node in _counties(snapshot)
    }


def _counties(snapshot: Snapshot) -> list[Mapping[str, Any]]:
    below = snapshot["children"]
    if not below:
        all_missing = bool(snapshot["missing"])
        return [] if all_missing else [{**snapshot, "code": snapshot["region"]["code"]}]
    return [leaf for node in below for leaf in (node["children"] or [node])]


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
    if period.kind is Kind.DAILY:
        query = query.where(Deal.agreed_on <= period.day)
    rows: Sequence[Row[*tuple[Any, ...]]] = db.session.execute(query).all()
    return [row for row in rows if row.id > codes[row.region_code]]
