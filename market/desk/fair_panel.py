"""The running fairs beside the list of what to do: where the official's own region stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any

from sqlalchemy import select

from market.accounts.models import OFFICIALS, Account
from market.database import db, utcnow
from market.fairs.models import Fair, FairStatus
from market.fairs.queries import DayOfFair, fair_day
from market.regions.models import is_within
from market.tallies.comparisons import DaySeries, baseline_series, day_series
from market.tallies.queries import (
    StoredCount,
    UnverifiedDeals,
    group_by_prefecture,
    stored_count,
    unverified_in,
    version_key,
)
from market.tallies.trees import Node
from market.web.fragments import page_body
from market.web.home_time import home_today


@dataclass(frozen=True)
class FairPanel:
    """A running fair as the official's region sees it.

    Attributes:
        rank, among: the region's place by value among the fair's counties, or prefectures, and how
            many there are; None for the whole fair, or while nothing is counted.
        line: what was agreed until each day, in fen; beside: the same days of `baseline`.
    """

    fair: Fair
    node: Node
    day: DayOfFair
    amount_fen: int | None
    deals: int | None
    unverified: UnverifiedDeals
    rank: int | None
    among: int
    line: Sequence[int]
    beside: Sequence[int]
    baseline: DaySeries | None


def fair_panels(account: Account) -> list[Any]:
    """The panel of each running fair that the account's first region has to do with, rendered:
    made again when its count, or the day, has changed."""
    region = next((g.region for g in account.grants if g.role in OFFICIALS), None)
    if region is None:
        return []
    fairs = db.session.scalars(
        select(Fair).where(Fair.status == FairStatus.OPEN).order_by(Fair.ends_on, Fair.id)
    ).all()
    found = []
    for fair in fairs:
        place = fair.region.path
        if not (is_within(region.path, place) or is_within(place, region.path)):
            continue
        count = stored_count(fair)
        node = count.tree.at(region.path) or count.tree.root
        body = page_body("fair panel", fair.id, node.code, version_key(fair.id), home_today())
        found.append(body.render("desk/_fair.html", partial(_shown, fair, node, count)))
    return found


def _shown(fair: Fair, node: Node, count: StoredCount) -> dict[str, Any]:
    return {"panel": fair_panel(fair, node, count)}


def fair_panel(fair: Fair, node: Node, count: StoredCount) -> FairPanel:
    """What the panel of the region `node` shows."""
    rows, totals = count.inside(node), count.totals(node)
    peers: Sequence[Any] = count.rows
    if node is not count.tree.root and not any(row.code == node.code for row in peers):
        peers = group_by_prefecture(count.rows)
    own = next((peer for peer in peers if peer.code == node.code), None)
    days, baseline = day_series(fair, node, count), baseline_series(fair, node)
    line = _sums(days)
    return FairPanel(
        *(fair, node, fair_day(fair, utcnow()), totals.amount_fen, totals.deals),
        unverified_in(fair, rows),
        own.rank if own else None,
        len(peers),
        line,
        _sums(baseline)[: len(line)],
        baseline,
    )


def _sums(series: DaySeries | None) -> list[int]:
    """What was agreed until each day."""
    return list(accumulate(t.amount_fen or 0 for _day, t in series.days)) if series else []
