"""Deals as rows with their steps and ledger entries, for bulk writing.

The rows are what market.deals.services would have left behind, step by step; the ledger's
own `chain` numbers and hashes the entries.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal
from itertools import pairwise
from typing import Any

from market.database import AdvisoryLock, advisory_lock
from market.deals.ledger import chain_entries, head
from market.deals.models import Channel, Deal, DealEvent, DealProof, DealStatus, LedgerEntry
from market.deals.unregistered_models import CallOutcome, DealCallBack
from market.demonstration.bulk import insert_rows, settle_sequences
from market.offers.models import ClosingReason, OfferStatus, Side
from market.offers.photos import StoredPhoto
from market.text.days import local_day

# Columns that only few deals fill.
FEW = ("unregistered_id", "evidence", "called_back_by_id", "called_back_at", "follows_id", "basis")
RESERVING = (DealStatus.AGREED, DealStatus.VERIFIED, DealStatus.DISPUTED, DealStatus.RETURNED)


@dataclass(frozen=True)
class DealStep:
    """A transition of a deal to `status`: by whom, when and why."""

    status: DealStatus
    by_id: int
    at: datetime
    reason: str = ""


@dataclass(frozen=True)
class DealDraft:
    """A deal between the owners of two offers (rows), with all its steps.

    Attributes:
        home: code and path of the region it is counted in.
        fair_id: None for a daily deal.
        amount_reason: why the amount isn't quantity times price.
        proof: a stored picture.
        values: columns that differ from what the two offers say.
        calls: (outcome, what was said, when) of the calls of the county, `county_id`, to the buyer.
        days_back: so many days before it was entered it was agreed, with day_reason.
    """

    id: int
    sale: dict[str, Any]
    purchase: dict[str, Any]
    quantity: Decimal
    unit_price: Decimal
    amount_fen: int
    home: tuple[str, str]
    fair_id: int | None
    proposed_side: Side
    steps: tuple[DealStep, ...]
    key: str
    amount_reason: str = ""
    proof: StoredPhoto | None = None
    days_back: int = 0
    day_reason: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    calls: tuple[tuple[CallOutcome, str, datetime], ...] = ()
    county_id: int | None = None

    @property
    def status(self) -> DealStatus:
        return self.steps[-1].status

    @property
    def channel(self) -> Channel:
        return Channel.FAIR if self.fair_id else Channel.DAILY

    def row(self, zone: tzinfo) -> dict[str, Any]:
        """The row of deals."""
        agreed = next((s for s in self.steps if s.status is DealStatus.AGREED), None)
        back = timedelta(days=self.days_back)
        last = self.steps[-1]
        verified = last if last.status is DealStatus.VERIFIED else None
        county = next((b for a, b in pairwise(self.steps) if a.status is b.status), None)
        return {
            "id": self.id,
            "seller_id": self.sale["owner_id"],
            "buyer_id": self.purchase["owner_id"],
            "seller_offer_id": self.sale["id"],
            "buyer_offer_id": self.purchase["id"],
            "product_code": self.sale["product_code"],
            "quantity": self.quantity,
            "unit": self.sale["unit"],
            "unit_price": self.unit_price,
            "amount_fen": self.amount_fen,
            "amount_reason": self.amount_reason,
            "note": "",
            "agreed_on": local_day(agreed.at - back, zone) if agreed else None,
            "dated_on": local_day(agreed.at - back, zone) if agreed and back else None,
            "day_reason": self.day_reason,
            "channel": self.channel,
            "fair_id": self.fair_id,
            "seller_region_code": self.sale["region_code"],
            "buyer_region_code": self.purchase["region_code"],
            "home_region_code": self.home[0],
            "status": last.status,
            "status_reason": last.reason,
            "proposed_by_id": self.steps[0].by_id,
            "proposed_side": self.proposed_side,
            "agreed_by_id": agreed.by_id if agreed else None,
            "verified_by_id": verified.by_id if verified else None,
            "verified_at": verified.at if verified else None,
            "county_verified_by_id": county.by_id if county else None,
            "county_verified_at": county.at if county else None,
            "reserved": last.status in RESERVING,
            "key": self.key,
            "created_at": self.steps[0].at,
            "updated_at": last.at,
            **dict.fromkeys(FEW),
            **self.values,
        }

    def proof_row(self) -> dict[str, Any]:
        """The row of deal_proofs."""
        assert self.proof is not None
        return {
            "deal_id": self.id,
            "sha256": self.proof.sha256,
            "width": self.proof.width,
            "height": self.proof.height,
            "uploaded_by_id": self.sale["posted_by_id"],
            "at": self.steps[0].at,
        }

    def call_rows(self) -> Iterator[dict[str, Any]]:
        """The rows of deal_call_backs."""
        for outcome, answer, at in self.calls:
            yield {
                "deal_id": self.id,
                "by_id": self.county_id,
                "side": Side.BUY,
                "shown_at": at,
                "outcome": outcome,
                "call_answer": answer,
                "called_at": at,
            }

    def events(self) -> Iterator[dict[str, Any]]:
        """The rows of deal_events."""
        for step in self.steps:
            yield {
                "deal_id": self.id,
                "status": step.status,
                "by_id": step.by_id,
                "reason": step.reason,
                "at": step.at,
            }

    def entries(self) -> Iterator[dict[str, Any]]:
        """The ledger's entries: the count at verifying, its reversal at returning."""
        turn = 0
        for step in self.steps:
            if step.status is DealStatus.VERIFIED or turn % 2:
                turn += 1
                sign = 1 if turn % 2 else -1
                yield {
                    "deal_id": self.id,
                    "turn": turn,
                    "deals": sign,
                    "amount_fen": sign * self.amount_fen,
                    "region_code": self.home[0],
                    "region_path": self.home[1],
                    "seller_region_code": self.sale["region_code"],
                    "buyer_region_code": self.purchase["region_code"],
                    "product_code": self.sale["product_code"],
                    "channel": self.channel,
                    "fair_id": self.fair_id,
                    "by_id": step.by_id,
                    "at": step.at,
                    "reason": step.reason,
                }


def reserve(deal: DealDraft) -> None:
    """Take the quantity off both offers' rows, before they are written; none left closes."""
    for offer in (deal.sale, deal.purchase):
        offer["remaining"] -= deal.quantity
        if offer["remaining"] == 0 and offer["status"] in (
            OfferStatus.PUBLISHED,
            OfferStatus.EXPIRED,
        ):
            offer["status"], offer["status_reason"] = OfferStatus.CLOSED, ClosingReason.SOLD_OUT


def insert_deals(deals: Iterable[DealDraft], zone: tzinfo) -> int:
    """Write deals, their steps in the order of time, and the ledger; returns its entries."""
    drafts = list(deals)
    insert_rows(Deal, (deal.row(zone) for deal in drafts))
    settle_sequences(Deal)
    events = [event for deal in drafts for event in deal.events()]
    insert_rows(DealProof, (deal.proof_row() for deal in drafts if deal.proof))
    insert_rows(DealCallBack, (call for deal in drafts for call in deal.call_rows()))
    insert_rows(DealEvent, sorted(events, key=lambda e: (e["at"], e["deal_id"])))
    entries = [entry for deal in drafts for entry in deal.entries()]
    entries.sort(key=lambda e: (e["at"], e["deal_id"], e["turn"]))
    advisory_lock(AdvisoryLock.LEDGER)
    return insert_rows(LedgerEntry, chain_entries(entries, head()))
