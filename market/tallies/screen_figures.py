"""What the wall screen 大屏 shows of a fair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select

from market.database import read
from market.deals.models import LedgerEntry
from market.fairs.models import Fair
from market.tallies import queries, region_queries
from market.tallies.comparisons import Comparison, find_comparisons
from market.tallies.figures import BY_NAME
from market.tallies.pictures import top_counties
from market.tallies.queries import StoredCount, Totals

# As many as have room below one another; without prefectures the counties have theirs.
PREFECTURES, COUNTIES, PRODUCTS = 14, 10, 8
VALUE = BY_NAME["amount_fen"]


@dataclass(frozen=True)
class Rankings:
    """The largest by deal value, those with nothing left out.

    Attributes:
        prefectures: None where the fair is of one.
    """

    prefectures: Sequence[Any] | None
    counties: Sequence[Any]
    products: Sequence[Any]


def rankings(fair: Fair, count: StoredCount) -> Rankings:
    """The prefectures, counties and products of the fair that dealt most."""
    groups = queries.group_by_prefecture(count.rows)
    is_of_several = len(groups) > 1
    ranked = sorted((g for g in groups if g.rank), key=lambda group: group.rank or 0)
    products = region_queries.region_products(fair, count.tree.root, count)[:PRODUCTS]
    return Rankings(
        ranked[:PREFECTURES] if is_of_several else None,
        top_counties(count.rows, VALUE, COUNTIES if is_of_several else PREFECTURES),
        [product for product in products if product.amount_fen > 0],
    )


def last_year(fair: Fair, totals: Totals) -> Comparison | None:
    """The fair beside the same season last year, else beside the one before; None without."""
    found = [c for c in find_comparisons(fair, totals) if c.kind != "beside"]
    return min(found, key=lambda c: c.kind == "previous", default=None)


def last_change(fair: Fair) -> datetime | None:
    """When a deal of the fair was last counted or taken back; None before the first."""
    return read(_LAST_CHANGE, fair=fair.id).scalar()


def day_of_fair(fair: Fair, today: date) -> tuple[int, int]:
    """(the number of the day it is, from 1, days of the fair); 0 before the first day, and the
    last after it."""
    days = (fair.ends_on - fair.starts_on).days + 1
    return min(max((today - fair.starts_on).days + 1, 0), days), days


_LAST_CHANGE = (
    select(LedgerEntry.at)
    .where(LedgerEntry.fair_id == bindparam("fair"))
    .order_by(LedgerEntry.id.desc())
    .limit(1)
)
