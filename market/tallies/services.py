"""Counting a fair, keeping the count, and comparing what is kept with a new count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import delete, exists, func, insert, select, update
from sqlalchemy.orm import Session

from market.database import utcnow
from market.deals.ledger import Problem, checks
from market.deals.models import LedgerEntry
from market.extensions import db
from market.fairs.models import Fair, FairListing, FairStatus
from market.fairs.signals import closed_fair_changed
from market.offers.models import Side
from market.regions.models import Region, within
from market.tallies.models import FairCount, FairTally

FROM_LISTINGS = ("sell_listings", "buy_listings", "merchants")
FROM_LEDGER = ("deals", "amount_fen", "sold_fen", "bought_fen")
# A FairCount that says this was overtaken by something the ledger doesn't show.
OVERTAKEN = -1

Counts = dict[str, dict[str, int]]


def count_fair(fair_id: int, up_to: int | None = None) -> list[dict[str, Any]]:
    """A row (the columns of FairTally) for every reporting leaf of the fair's region.

    Leaves without anything have a row of zeros. A region that no longer reports but is in
    the fair's listings or ledger keeps its row, so that nothing is left over.

    Args:
        up_to: the last ledger entry to count; all when None.
    """
    counts: Counts = defaultdict(lambda: dict.fromkeys((*FROM_LISTINGS, *FROM_LEDGER), 0))
    inside = set(db.session.scalars(_leaves(fair_id)))
    for code in inside:
        counts[code]  # a row of zeros
    _add_listings(counts, fair_id)
    _add_merchants(counts, fair_id)
    _add_ledger(counts, fair_id, up_to)
    return [{"fair_id": fair_id, "region_code": code, **counts[code]} for code in sorted(counts)]


def _leaves(fair_id: int) -> Any:
    region = select(Region.path).join(Fair, Fair.region_code == Region.code)
    path = db.session.scalar(region.where(Fair.id == fair_id)) or ""
    return select(Region.code).where(Region.is_leaf, within(Region.path, path))


def _add_listings(counts: Counts, fair_id: int) -> None:
    rows = db.session.execute(
        select(FairListing.region_code, FairListing.side, func.count())
        .where(FairListing.fair_id == fair_id, FairListing.counts)
        .group_by(FairListing.region_code, FairListing.side)
    )
    for code, side, number in rows:
        counts[code]["sell_listings" if side is Side.SELL else "buy_listings"] = number


def _add_merchants(counts: Counts, fair_id: int) -> None:
    """Each owner once, in the region of their earliest verified listing of the fair."""
    order = (FairListing.listed_at, FairListing.offer_id)
    turn = func.row_number().over(partition_by=FairListing.owner_id, order_by=order)
    first = (
        select(FairListing.region_code, turn.label("turn"))
        .where(FairListing.fair_id == fair_id, FairListing.counts, FairListing.verified)
        .subquery()
    )
    rows = db.session.execute(
        select(first.c.region_code, func.count())
        .where(first.c.turn == 1)
        .group_by(first.c.region_code)
    )
    for code, number in rows:
        counts[code]["merchants"] = number


def _add_ledger(counts: Counts, fair_id: int, up_to: int | None) -> None:
    of_fair = [LedgerEntry.fair_id == fair_id]
    if up_to is not None:
        of_fair.append(LedgerEntry.id <= up_to)
    amount = func.sum(LedgerEntry.amount_fen)
    home = select(LedgerEntry.region_code, func.sum(LedgerEntry.deals), amount)
    for code, deals, fen in db.session.execute(
        home.where(*of_fair).group_by(LedgerEntry.region_code)
    ):
        counts[code] |= {"deals": int(deals), "amount_fen": int(fen)}
    for name, column in (
        ("sold_fen", LedgerEntry.seller_region_code),
        ("bought_fen", LedgerEntry.buyer_region_code),
    ):
        for code, fen in db.session.execute(
            select(column, amount).where(*of_fair).group_by(column)
        ):
            # The other side of a deal may be of another province: that is no row of ours.
            if code in counts:
                counts[code][name] = int(fen)


def recount(fair_id: int) -> None:
    """Count the fair and keep the result; only rows that differ are written."""
    counted_at = utcnow()
    last = db.session.scalar(select(func.max(LedgerEntry.id))) or 0
    rows = count_fair(fair_id)
    kept = _kept(fair_id)
    new = [row for row in rows if row["region_code"] not in kept]
    changed = [row for row in rows if row != kept.get(row["region_code"], row)]
    gone = kept.keys() - {row["region_code"] for row in rows}
    if new:
        db.session.execute(insert(FairTally), new)
    if changed:
        db.session.execute(update(FairTally), changed)
    if gone:
        db.session.execute(
            delete(FairTally).where(FairTally.fair_id == fair_id, FairTally.region_code.in_(gone))
        )
    db.session.merge(FairCount(fair_id=fair_id, counted_at=counted_at, ledger_id=last))
    db.session.flush()


def _kept(fair_id: int) -> dict[str, dict[str, Any]]:
    table = FairTally.__table__
    rows = db.session.execute(select(*table.columns).where(table.c.fair_id == fair_id)).mappings()
    return {row["region_code"]: dict(row) for row in rows}


def recount_if_moved(force: bool = False) -> bool:
    """Recount the fairs whose figures may have moved; returns whether there were any.

    Those are the fairs never counted, those with ledger entries after their count, those
    overtaken by a county's late act, and with `force` (offers have changed) every open
    one. Without any it costs two short queries.
    """
    later = exists().where(LedgerEntry.fair_id == Fair.id, LedgerEntry.id > FairCount.ledger_id)
    last = db.session.scalar(select(func.max(LedgerEntry.id))) or 0
    candidates = db.session.execute(
        select(Fair.id, Fair.status, FairCount.ledger_id)
        .outerjoin(FairCount, FairCount.fair_id == Fair.id)
        .where(~Fair.totals_only, Fair.status != FairStatus.ANNOUNCED)
    ).all()
    moved = []
    for fair_id, status, counted_to in candidates:
        if (
            counted_to is None
            or counted_to == OVERTAKEN
            or (force and status is FairStatus.OPEN)
            or (last > counted_to and db.session.scalar(_moved(later, fair_id)))
        ):
            moved.append(fair_id)
    for fair_id in moved:
        recount(fair_id)
    return bool(moved)


def _moved(later: Any, fair_id: int) -> Any:
    return (
        select(Fair.id)
        .join(FairCount, FairCount.fair_id == Fair.id)
        .where(Fair.id == fair_id, later)
    )


@closed_fair_changed.connect
def _overtake(sender: Any, fair_id: int) -> None:
    db.session.execute(
        update(FairCount)
        .where(FairCount.fair_id == fair_id, FairCount.ledger_id != OVERTAKEN)
        .values(ledger_id=OVERTAKEN)
    )


def check_cache(session: Session) -> Iterator[Problem]:
    """Where a kept count is not what counting gives; `flask ledger verify` asks for it.

    What comes from the ledger is compared as of the entry it was counted to, so that a
    count merely waiting for its turn is no problem. What comes from listings is compared
    once the fair is closed: while it is open they move before they are counted.
    """
    counts = session.execute(
        select(FairCount.fair_id, FairCount.ledger_id, Fair.slug, Fair.status)
        .join(Fair, Fair.id == FairCount.fair_id)
        .where(FairCount.ledger_id != OVERTAKEN)
        .order_by(FairCount.fair_id)
    ).all()
    for fair_id, ledger_id, slug, status in counts:
        names = FROM_LEDGER if status is FairStatus.OPEN else (*FROM_LISTINGS, *FROM_LEDGER)
        recounted = {row["region_code"]: row for row in count_fair(fair_id, ledger_id)}
        yield from _differences(slug, _kept(fair_id), recounted, names)


def _differences(
    slug: str,
    kept: dict[str, dict[str, Any]],
    recounted: dict[str, dict[str, Any]],
    names: Iterable[str],
) -> Iterator[Problem]:
    for code in sorted(kept.keys() | recounted.keys()):
        for name in names:
            stored = kept.get(code, {}).get(name, 0)
            right = recounted.get(code, {}).get(name, 0)
            if stored != right:
                about = f"fair {slug}, region {code}"
                yield Problem(about, f"{name} is kept as {stored} and counts {right}")


checks.append(check_cache)
