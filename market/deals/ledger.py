"""The ledger 台账: appended to, hash-chained, and checked against the deals it counts.

The hash of an entry is the SHA-256, in hex, of the UTF-8 JSON array of its fields in the
order of FIELDS, without white space and with non-ASCII characters as they are; the time
is written in UTC as `2026-09-15T01:02:03.000004Z`. The last field is the hash of the entry
before, 64 zeros for the first. Anyone can recompute it with these two sentences.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Select, case, func, insert, or_, select

from market.accounts.models import Account
from market.database import AdvisoryLock, advisory_lock, db, utcnow
from market.deals.models import Deal, DealStatus, LedgerEntry

# The fields that a reversal copies from the entry it reverses.
REVERSED_FIELDS = (
    "region_code",
    "region_path",
    "seller_region_code",
    "buyer_region_code",
    "product_code",
    "channel",
    "fair_id",
)
FIELDS = (
    "id",
    "deal_id",
    "turn",
    "deals",
    "amount_fen",
    *REVERSED_FIELDS,
    "by_id",
    "at",
    "reason",
    "previous_hash",
)
COLUMNS = tuple(LedgerEntry.__table__.c[name] for name in (*FIELDS, "hash"))
FIRST_HASH = "0" * 64


@dataclass(frozen=True)
class Head:
    """The end of the chain: the last entry's number and hash."""

    id: int = 0
    hash: str = FIRST_HASH


@dataclass(frozen=True)
class LedgerProblem:
    """Something `flask ledger verify` found: about an entry, a deal, or a stored total."""

    about: str
    what: str

    def __str__(self) -> str:
        return f"{self.about}: {self.what}"


# Rooms above add their own, such as comparing stored totals: `flask ledger verify` runs them.
integrity_checks: list[Callable[[], Iterable[LedgerProblem]]] = []


def entry_hash(entry: Mapping[str, Any], previous_hash: str) -> str:
    """The hash of an entry (keys of FIELDS) that follows `previous_hash`."""
    at = entry["at"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    values = {**entry, "at": at, "channel": str(entry["channel"]), "previous_hash": previous_hash}
    line = json.dumps([values[name] for name in FIELDS], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


def chain_entries(entries: Iterable[Mapping[str, Any]], last: Head) -> Iterator[dict[str, Any]]:
    """`entries` (every field but id, previous_hash, hash) as rows that follow `last`.

    The one way entries are numbered and hashed: append uses it for one, a bulk load for
    many, which then inserts the rows as they come.
    """
    for entry in entries:
        row = {**entry, "id": last.id + 1, "previous_hash": last.hash}
        row["hash"] = entry_hash(row, last.hash)
        last = Head(row["id"], row["hash"])
        yield row


def head(before: datetime | None = None) -> Head:
    """The end of the chain now, or as it was just before `before`."""
    query = select(LedgerEntry.id, LedgerEntry.hash).order_by(LedgerEntry.id.desc()).limit(1)
    if before is not None:
        query = query.where(LedgerEntry.at < before)
    row = db.session.execute(query).first()
    return Head(*row) if row else Head()


def counting_entry(deal: Deal, actor: Account, at: datetime, turn: int) -> dict[str, Any]:
    """The entry that counts `deal`, for chain_entries()."""
    return {
        "deal_id": deal.id,
        "turn": turn,
        "deals": 1,
        "amount_fen": deal.amount_fen,
        "region_code": deal.home_region_code,
        "region_path": deal.home_region.path,
        "seller_region_code": deal.seller_region_code,
        "buyer_region_code": deal.buyer_region_code,
        "product_code": deal.product_code,
        "channel": deal.channel,
        "fair_id": deal.fair_id,
        "by_id": actor.id,
        "at": at,
        # Reasons may name people and nothing can be erased here: they are in the DealEvent.
        "reason": "",
    }


def append_entry(deal: Deal, actor: Account) -> int:
    """Count `deal`, or reverse its count when it is counted; returns the entry's number.

    Call it inside transaction() with the deal locked.
    """
    advisory_lock(AdvisoryLock.LEDGER)
    before = (
        db.session.execute(
            select(*COLUMNS)
            .where(LedgerEntry.deal_id == deal.id)
            .order_by(LedgerEntry.turn.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    entry = counting_entry(deal, actor, utcnow(), before["turn"] + 1 if before else 1)
    if before and before["deals"] > 0:
        entry |= {name: before[name] for name in REVERSED_FIELDS}
        entry |= {"deals": -1, "amount_fen": -before["amount_fen"]}
    (row,) = chain_entries([entry], head())
    db.session.execute(insert(LedgerEntry), [row])
    return row["id"]


def verify_ledger() -> list[LedgerProblem]:
    """Every problem of the ledger; empty when it can be trusted.

    Reads the entries once, in order, a thousand at a time: numbers without a gap, each
    hash right, turns of a deal alternating. Then compares the sums with the deals, and
    runs `integrity_checks`.
    """
    problems = list(_broken_links())
    problems += _miscounted_deals()
    for check in integrity_checks:
        problems += check()
    return problems


def _broken_links() -> Iterator[LedgerProblem]:
    last = Head()
    turns: dict[int, int] = {}
    rows = db.session.execute(
        select(*COLUMNS).order_by(LedgerEntry.id).execution_options(yield_per=1000)
    )
    for row in rows:
        yield from _wrong_in(row, last, turns)
        last = Head(row.id, row.hash)
        turns[row.deal_id] = row.turn


def _wrong_in(row: Row[Any], last: Head, turns: Mapping[int, int]) -> Iterator[LedgerProblem]:
    about = f"entry {row.id}"
    if row.id != last.id + 1:
        yield LedgerProblem(about, f"comes after entry {last.id}: something is missing between")
    if row.previous_hash != last.hash:
        yield LedgerProblem(about, "does not carry the hash of the entry before it")
    if row.hash != entry_hash(row._asdict(), row.previous_hash):
        yield LedgerProblem(about, "was changed: its hash is not that of its fields")
    if row.turn != turns.get(row.deal_id, 0) + 1:
        yield LedgerProblem(about, f"is turn {row.turn} of deal {row.deal_id} out of turn")
    if row.deals != (1 if row.turn % 2 else -1):
        yield LedgerProblem(about, f"has the wrong sign for turn {row.turn}")


def _select_miscounted() -> Select[*tuple[Any, ...]]:
    """Deals whose entries don't sum to what their status says."""
    odd = LedgerEntry.turn % 2 == 1
    sums = (
        select(
            LedgerEntry.deal_id,
            func.sum(LedgerEntry.deals).label("deals"),
            func.sum(LedgerEntry.amount_fen).label("amount_fen"),
            func.max(case((odd, LedgerEntry.turn))).label("turn"),
        )
        .group_by(LedgerEntry.deal_id)
        .subquery()
    )
    verified = Deal.status == DealStatus.VERIFIED
    deals = func.coalesce(sums.c.deals, 0)
    amount = func.coalesce(sums.c.amount_fen, 0)
    elsewhere = or_(
        LedgerEntry.region_code != Deal.home_region_code,
        LedgerEntry.channel != Deal.channel,
        func.coalesce(LedgerEntry.fair_id, 0) != func.coalesce(Deal.fair_id, 0),
        LedgerEntry.product_code != Deal.product_code,
    )
    return (
        select(Deal.id, Deal.status, Deal.amount_fen.label("agreed"), deals, amount)
        .outerjoin(sums, sums.c.deal_id == Deal.id)
        .outerjoin(
            LedgerEntry,
            (LedgerEntry.deal_id == Deal.id) & (LedgerEntry.turn == sums.c.turn) & verified,
        )
        .where(
            or_(
                deals != case((verified, 1), else_=0),
                amount != case((verified, Deal.amount_fen), else_=0),
                verified & elsewhere,
            )
        )
        .order_by(Deal.id)
    )


def _miscounted_deals() -> Iterator[LedgerProblem]:
    for id_, status, agreed, deals, amount in db.session.execute(_select_miscounted()):
        if status is DealStatus.VERIFIED and (deals, amount) == (1, agreed):
            what = "is counted for another county, product or fair than its own"
        else:
            expected = (1, agreed) if status is DealStatus.VERIFIED else (0, 0)
            what = (
                f"is {status.value} and counts {deals} with {amount} fen in the ledger,"
                f" not {expected[0]} with {expected[1]}"
            )
        yield LedgerProblem(f"deal {id_}", what)
    orphans = (
        select(LedgerEntry.id, LedgerEntry.deal_id)
        .outerjoin(Deal, Deal.id == LedgerEntry.deal_id)
        .where(Deal.id.is_(None))
    )
    for id_, deal_id in db.session.execute(orphans):
        yield LedgerProblem(f"entry {id_}", f"counts deal {deal_id}, which does not exist")
