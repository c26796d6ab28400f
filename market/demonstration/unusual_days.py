"""Days that validation asks about: one with far more deals than others, one with a price that
stops the statement; and what counties wrote to what was found."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from market.database import db
from market.deals.models import Deal, DealStatus, LedgerEntry
from market.deals.rules import LATE_AFTER
from market.demonstration.deal_rows import DealDraft, DealStep
from market.demonstration.flagged_deals import ORDINARY, Flagged, in_county
from market.demonstration.offer_rows import round_quantity
from market.fairs.models import Fair
from market.fairs.queries import first_reported_day
from market.statements.validation import (
    Facts,
    ReversedSum,
    ValidationFinding,
    ValidationRule,
    WaitingDeals,
    find_doubtful,
)
from market.tallies.frozen_figures import FrozenFigures
from market.text.days import local_midnight

SEED = 20_261_125
# Deals of a busy day, 600,000 yuan each; and the day, before today.
BUSY_DEALS, BUSY_FEN, BUSY_AGE = 3, 60_000_000, 2
# So many times the usual price: per kilogram where the jin was meant is not enough to stop.
ABSURD = 25
ABSURD_FEN, ABSURD_AGE = 3_000_000, 1
DEALS = BUSY_DEALS + 1
EXPLANATIONS = {
    ValidationRule.JUMP: "专场当天集中签约，三份合同和订金都逐份核对过（示范）",
    ValidationRule.ZERO: "当天都在会场，没有来得及核实，次日补核（示范）",
    ValidationRule.FALL: "买方退货，县里已退回，台账上有记录（示范）",
    ValidationRule.BACKLOG: "缺过磅单，已打电话催补（示范）",
}


class UnusualDays(Flagged):
    """A busy day in the last county of the journey, an absurd price in the second."""

    def make_busy_day(self) -> list[DealDraft]:
        """Large deals that the county verified on one day."""
        for n in range(BUSY_DEALS):
            quantity = Decimal(BUSY_FEN) / 100 // self.price
            self._deal(self._sale(n, quantity * 2, self.price), quantity, self.price)
            self._verify(BUSY_AGE, 9 + n)
        return self.deals

    def make_absurd_price(self) -> list[DealDraft]:
        """A deal of little value whose price cannot be right, beside ordinary offers."""
        for n, (much, dear) in enumerate(ORDINARY):
            quantity = round_quantity(float(self.quantity) * much)
            self._sale(n, quantity, self._priced(dear), verified=True)
        price = self._priced(ABSURD)
        quantity = max(Decimal(ABSURD_FEN) / 100 // price, Decimal(1))
        self._deal(self._sale(0, quantity * 2, price), quantity, price)
        self._verify(ABSURD_AGE, 10)
        return self.deals

    def _verify(self, age: int, hour: int) -> None:
        """Move the last deal to the hour of the day so long ago, and have it verified then."""
        deal, zone = self.deals.pop(), self.calendar.zone
        today = self.calendar.now.astimezone(zone).date()
        at = local_midnight(today - timedelta(days=age), zone) + timedelta(hours=hour)
        proposed, agreed = deal.steps
        official = self.participants.officials[self.place.code]
        steps = (
            replace(proposed, at=at - timedelta(hours=2)),
            replace(agreed, at=at - timedelta(hours=1)),
            DealStep(DealStatus.VERIFIED, official, at),
        )
        self.deals.append(replace(deal, steps=steps))


def make_unusual_days(market: Any, deals: Sequence[DealDraft], fair_id: int) -> list[DealDraft]:
    """The deals; their offers are added to those of `market` (OfferMaker)."""
    journey = market.participants.journey
    about = (UnusualDays, SEED, market, deals, fair_id)
    busy = in_county(*about, journey[-1]).make_busy_day()
    about = (UnusualDays, SEED + 1, market, [*deals, *busy], fair_id)
    return busy + in_county(*about, journey[min(1, len(journey) - 1)]).make_absurd_price()


class FoundByValidation:
    """What validation finds in the statements of the demonstration, each with what it is compared
    with but prices and the earlier fair; rows of statement_findings."""

    def __init__(self, fair: Fair) -> None:
        self.first_day = first_reported_day(fair)
        self.before: dict[str, FrozenFigures] = {}
        self.rows: list[dict[str, Any]] = []
        self.waiting: dict[str, list[Any]] = defaultdict(list)
        self.reversals: dict[str, list[Any]] = defaultdict(list)
        columns = (Deal.home_region_code, Deal.agreed_on, Deal.amount_fen, Deal.updated_at)
        for row in db.session.execute(
            select(*columns).where(Deal.fair_id == fair.id, Deal.status == DealStatus.AGREED)
        ):
            self.waiting[row.home_region_code].append(row)
        entry = LedgerEntry
        reversals = select(entry.region_code, entry.at, entry.amount_fen, entry.deal_id)
        for each in db.session.execute(reversals.where(entry.fair_id == fair.id, entry.deals < 0)):
            self.reversals[each.region_code].append(each)

    def add(self, code: str, version_id: int, figures: FrozenFigures) -> None:
        """What is found in the county's figures; the days follow one another."""
        for finding in find_doubtful(self._facts(code, figures)):
            self.rows.append(_row(version_id, finding))
        self.before[code] = figures

    def _facts(self, code: str, figures: FrozenFigures) -> Facts:
        before, until, day = self.before.get(code), figures.until, figures.end_of_day
        assert until is not None
        since = before.until if before else None
        reversals = [
            row for row in self.reversals[code] if row.at < until and not (since and row.at < since)
        ]
        fen = -sum(row.amount_fen for row in reversals)
        reversed_ = ReversedSum(len(reversals), fen, [row.deal_id for row in reversals])
        waiting = self._waiting(code, day, until)
        return Facts(figures, self.first_day, before, reversed_, waiting)

    def _waiting(self, code: str, day: date, until: Any) -> WaitingDeals:
        rows = [row for row in self.waiting[code] if row.agreed_on <= day]
        late = sum(row.updated_at < until - LATE_AFTER for row in rows)
        return WaitingDeals(len(rows), sum(row.amount_fen for row in rows), late)


def _row(version_id: int, finding: ValidationFinding) -> dict[str, Any]:
    return {
        **{"version_id": version_id, "rule": finding.rule, "subject": finding.subject},
        **{"severity": finding.severity, "explanation": EXPLANATIONS[finding.rule]},
        "numbers": json.dumps(dict(finding.numbers), ensure_ascii=False, sort_keys=True),
        "request_id": None,
    }
