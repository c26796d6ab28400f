"""Fairs that overlap: which of two counts a deal that both would take, and how much that is.

A deal counts in one fair alone, the most specific (deals.rules.choose_fair). So an emergency fair
takes its deals out of the total of the fair around it; the pages of both say so, with the sum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from sqlalchemy import URL, bindparam, func, select
from sqlalchemy.orm import aliased

from market.database import db, read
from market.deals.models import Deal, LedgerEntry
from market.deals.queries import home_path
from market.deals.rules import OpenFair, choose_fair
from market.fairs.checks import takes_products
from market.fairs.models import HELD, Fair, FairStatus
from market.fairs.queries import fairs_beside, themes_of
from market.products.models import Product
from market.regions.models import Region, is_within
from market.tallies.queries import stored_count

# A fair that was not held takes nothing.
NOT_WITHDRAWN = (*HELD, FairStatus.ANNOUNCED)


@dataclass(frozen=True)
class SharedDeals:
    """What of two overlapping fairs counts in one and not in the other.

    Attributes:
        other: the fair beside the one that was asked about.
        counts_here: the one asked about counts them; else `other` does.
        deals, amount_fen: counted so far.
    """

    other: Fair
    counts_here: bool
    deals: int
    amount_fen: int


def find_shared_deals(fair: Fair) -> list[SharedDeals]:
    """The fairs whose deals this one takes over, and those that take over some of its own."""
    if fair.totals_only or fair.status not in NOT_WITHDRAWN:
        return []
    found = []
    for other in fairs_beside(fair, NOT_WITHDRAWN):
        for narrow, wide in ((fair, other), (other, fair)):
            if is_inside(narrow, wide):
                sums = moved_deals(narrow).get(wide.id, (0, 0))
                found.append(SharedDeals(other, narrow is fair, *sums))
    return found


def is_inside(narrow: Fair, wide: Fair) -> bool:
    """Whether `narrow` is of fewer places or products than `wide` and of no others: it goes
    first, whatever both would take."""
    themes = themes_of([narrow.id, wide.id])
    mine, others = themes[narrow.id], themes[wide.id]
    if narrow.region_code == wide.region_code:
        return bool(mine) and mine != others and takes_products(others, mine)
    return is_within(narrow.region.path, wide.region.path)


def moved_deals(fair: Fair) -> dict[int, tuple[int, int]]:
    """By other fair, (deals, fen) that this one counts and that one would, were this one not."""
    entry = stored_count(fair).ledger_id
    beside = tuple(
        OtherFair(other.id, other.region.path, tuple(themes), other.starts_on, other.ends_on)
        for other, themes in _with_themes(fairs_beside(fair, NOT_WITHDRAWN))
    )
    return _moved(db.engine.url, fair.id, entry, beside, home_path()) if beside else {}


@dataclass(frozen=True)
class OtherFair:
    """A fair as choose_fair needs it, with its days."""

    id: int
    region_path: str
    themes: tuple[str, ...]
    starts_on: date
    ends_on: date


def _with_themes(fairs: Sequence[Fair]) -> list[tuple[Fair, list[str]]]:
    themes = themes_of([fair.id for fair in fairs])
    return [(fair, sorted(themes[fair.id])) for fair in fairs]


@lru_cache(maxsize=64)
def _moved(
    database: URL, fair_id: int, entry: int, beside: Sequence[OtherFair], home: str
) -> dict[int, tuple[int, int]]:
    sums: dict[int, tuple[int, int]] = {}
    for row in read(_BY_PLACES, fair=fair_id, entry=entry):
        open_then = [
            OpenFair(o.id, o.region_path, o.themes)
            for o in beside
            if o.starts_on <= row.agreed_on <= o.ends_on
        ]
        places = (row.seller_path, row.buyer_path)
        if not any(is_within(p, o.region_path) for o in open_then for p in places):
            continue
        other, _home = choose_fair(*places, row.product_path, open_then, home)
        if other is not None:
            deals, fen = sums.get(other, (0, 0))
            sums[other] = (deals + int(row.deals), fen + int(row.amount_fen))
    return sums


_From, _To = aliased(Region), aliased(Region)
# Made once: putting these together takes longer than running them.
_BY_PLACES = (
    select(
        *(_From.path.label("seller_path"), _To.path.label("buyer_path")),
        *(Product.path.label("product_path"), Deal.agreed_on),
        func.sum(LedgerEntry.deals).label("deals"),
        func.sum(LedgerEntry.amount_fen).label("amount_fen"),
    )
    .join(Deal, Deal.id == LedgerEntry.deal_id)
    .join(_From, _From.code == LedgerEntry.seller_region_code)
    .join(_To, _To.code == LedgerEntry.buyer_region_code)
    .join(Product, Product.code == LedgerEntry.product_code)
    .where(LedgerEntry.fair_id == bindparam("fair"), LedgerEntry.id <= bindparam("entry"))
    .group_by(_From.path, _To.path, Product.path, Deal.agreed_on)
)
