"""Enquiries of the demonstration: threads in every state, in the counties that can be logged in
to, and behind the deals that wait for an answer."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from market.deals.models import DealStatus
from market.demonstration.bulk import insert_rows, next_id, settle_sequences
from market.demonstration.deal_rows import DealDraft
from market.demonstration.participants import Participants
from market.messages.models import (
    EnquiryMessage,
    EnquiryReport,
    EnquiryThread,
    MessageKind,
    Quotation,
    QuotationState,
    ReportDecision,
)
from market.offers.models import OfferStatus, Side

ACCEPTED_THREADS = 12


@dataclass(frozen=True)
class Line:
    """One message of a thread.

    Attributes:
        asks: of the asking side.
        hours: before now it was written.
        price: of the offer's, when it quotes one; days: for how long that holds.
        wants: the share of the offer that is wanted; quotes: the share that is quoted, where
            nobody said what is wanted.
    """

    asks: bool
    hours: float
    text: str = ""
    price: str = ""
    days: int = 7
    wants: str = ""
    quotes: str = "0.2"
    kind: MessageKind = MessageKind.WORDS


@dataclass(frozen=True)
class Script:
    """A thread; what nobody has read yet; and whether it was reported and how that ended."""

    lines: tuple[Line, ...]
    unread: int = 0
    report: str = ""
    decision: ReportDecision | None = None


SCRIPTS = (
    Script((Line(True, 2, "还有多少？能分两次拉吗？", wants="0.2"),), unread=1),
    Script(
        (
            Line(True, 30, "要装箱，最低多少一斤？", wants="0.3"),
            Line(False, 26, "装箱另加，裸价这个数。", price="1"),
        ),
        unread=1,
    ),
    Script(
        (
            Line(True, 50, "量大，价格再让一点。", wants="0.5"),
            Line(False, 47, price="1"),
            Line(True, 20, "市场上没这么高。", price="0.9"),
            Line(False, 5, "跑量可以，少这些。", price="0.96"),
        ),
        unread=1,
    ),
    Script(
        (
            Line(True, 200, "先要一车看看货。", wants="0.1"),
            Line(False, 190, price="1", days=2),
        )
    ),
    Script(
        (
            Line(True, 120, "送到批发市场什么价？", wants="0.2"),
            Line(False, 110, price="1.1"),
            Line(True, 100, "运费太高，这次算了。", kind=MessageKind.DECLINED),
        )
    ),
    Script(
        (
            Line(True, 70, "一口价，爱卖不卖！", price="0.4"),
            Line(False, 69, "这个价不卖，请好好说话。"),
            Line(True, 68, "那你等着烂在地里吧。"),
        ),
        report="出言不逊，故意压价骚扰。",
    ),
    Script(
        (
            Line(True, 300, "先打定金到这个账号，货到退。"),
            Line(False, 299, "不先打钱。"),
        ),
        report="让先打定金，像是骗人的。",
        decision=ReportDecision.CLOSED,
    ),
)


class ThreadWriter:
    """The rows of threads while they are being made."""

    def __init__(self, rng: Random, now: datetime, today: date) -> None:
        self.rng, self.now, self.today = rng, now, today
        self.threads: list[dict[str, Any]] = []
        self.messages: list[dict[str, Any]] = []
        self.quotations: list[dict[str, Any]] = []
        self.reports: list[dict[str, Any]] = []
        self.first = {m: next_id(m) for m in (EnquiryThread, EnquiryMessage, Quotation)}

    def add(self, offer: dict[str, Any], asker: int, script: Script, official: int) -> None:
        """A thread about the offer as the script has it."""
        thread = self._thread(offer, asker, script.lines[0].hours, script.lines[-1].hours)
        last = script.lines[-1]
        thread["owner_unread" if last.asks else "asker_unread"] = script.unread
        for line in script.lines:
            self._message(thread, offer, line)
        if script.report:
            self._report(thread, offer, script, official)

    def add_deal(self, deal: DealDraft) -> None:
        """What was written before a deal was proposed: the last price was accepted."""
        by_asker = deal.proposed_side is Side.SELL
        hours = (self.now - deal.steps[0].at) / timedelta(hours=1)
        thread = self._thread(deal.sale, deal.purchase["owner_id"], hours + 9, hours)
        sale = {**deal.sale, "price_low": deal.unit_price, "price_unit": deal.sale["unit"]}
        for line in (
            Line(True, hours + 9, "看了照片，想要，什么价？"),
            Line(not by_asker, hours + 6, price="1.05" if by_asker else "0.95"),
            Line(by_asker, hours + 3, "就这个价。", price="1"),
            Line(not by_asker, hours, kind=MessageKind.ACCEPTED),
        ):
            self._message(thread, sale, line)
        self.quotations[-1].update(price=deal.unit_price, quantity=deal.quantity, deal_id=deal.id)
        thread["asker_unread" if by_asker else "owner_unread"] = 1

    def _thread(
        self, offer: dict[str, Any], asker: int, first: float, last: float
    ) -> dict[str, Any]:
        thread = {
            "id": self.first[EnquiryThread] + len(self.threads),
            "offer_id": offer["id"],
            "asker_id": asker,
            "owner_id": offer["owner_id"],
            "opened_at": self.now - timedelta(hours=first),
            "last_at": self.now - timedelta(hours=last),
            "asker_unread": 0,
            "owner_unread": 0,
            "closed_at": None,
        }
        self.threads.append(thread)
        return thread

    def _message(self, thread: dict[str, Any], offer: dict[str, Any], line: Line) -> None:
        at = self.now - timedelta(hours=line.hours)
        wanted = _share(offer, line.wants) if line.wants else None
        row = {
            "id": self.first[EnquiryMessage] + len(self.messages),
            "thread_id": thread["id"],
            "author_id": thread["asker_id" if line.asks else "owner_id"],
            "from_asker": line.asks,
            "kind": line.kind,
            "text": line.text,
            "quantity": wanted,
            "unit": offer["unit"] if wanted else None,
            "wanted_on": self.today + timedelta(days=12) if wanted else None,
            "at": at,
            "key": uuid.UUID(int=self.rng.getrandbits(128), version=4).hex,
        }
        self.messages.append(row)
        answered = self._open(thread["id"]) if line.price or line.kind != "words" else None
        if answered is not None:
            state = {"accepted": QuotationState.ACCEPTED, "declined": QuotationState.DECLINED}
            answered.update(
                state=state.get(line.kind.value, QuotationState.REPLACED),
                answered_by_id=row["author_id"],
                answered_at=at,
            )
        if line.price:
            self._quotation(row, offer, line, answered)

    def _open(self, thread_id: int) -> dict[str, Any] | None:
        found = (
            q
            for q in reversed(self.quotations)
            if q["thread_id"] == thread_id and q["state"] is QuotationState.OPEN
        )
        return next(found, None)

    def _quotation(
        self,
        message: dict[str, Any],
        offer: dict[str, Any],
        line: Line,
        answered: dict[str, Any] | None,
    ) -> None:
        wish = next((m for m in self.messages if m["thread_id"] == message["thread_id"]), message)
        price = (offer["price_low"] * Decimal(line.price)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        self.quotations.append(
            {
                "id": self.first[Quotation] + len(self.quotations),
                "thread_id": message["thread_id"],
                "message_id": message["id"],
                "from_asker": line.asks,
                "price": price,
                "price_unit": offer["price_unit"],
                "quantity": wish["quantity"] or _share(offer, line.quotes),
                "unit": offer["unit"],
                "basis": offer["price_basis"],
                "valid_until": message["at"].date() + timedelta(days=line.days),
                "state": QuotationState.OPEN,
                "answers_id": answered["id"] if answered else None,
                "answered_by_id": None,
                "answered_at": None,
                "deal_id": None,
            }
        )

    def _report(
        self, thread: dict[str, Any], offer: dict[str, Any], script: Script, official: int
    ) -> None:
        at = thread["last_at"] + timedelta(hours=1)
        decided = at + timedelta(hours=20) if script.decision else None
        if script.decision is ReportDecision.CLOSED:
            thread["closed_at"] = decided
        self.reports.append(
            {
                "thread_id": thread["id"],
                "by_id": thread["owner_id"],
                "from_asker": False,
                "region_code": offer["region_code"],
                "reason": script.report,
                "at": at,
                "decision": script.decision,
                "decision_reason": "核过了，情况属实，对话已关闭。" if decided else "",
                "decided_by_id": official if decided else None,
                "decided_at": decided,
            }
        )

    def write(self) -> int:
        """Insert everything; returns how many threads."""
        insert_rows(EnquiryThread, self.threads)
        insert_rows(EnquiryMessage, self.messages)
        insert_rows(Quotation, self.quotations)
        insert_rows(EnquiryReport, self.reports)
        settle_sequences(EnquiryThread, EnquiryMessage, Quotation, EnquiryReport)
        return len(self.threads)


def _share(offer: dict[str, Any], share: str) -> Decimal:
    """That share of the offer's quantity, a round number of its units."""
    amount = offer["quantity"] * Decimal(share)
    step = Decimal(100) if amount >= 1000 else Decimal(1)
    return max(Decimal(1), (amount / step).quantize(Decimal(1)) * step)


def write_enquiries(
    rng: Random,
    participants: Participants,
    offers: Sequence[dict[str, Any]],
    deals: Sequence[DealDraft],
    now: datetime,
    today: date,
) -> int:
    """Insert threads about sales of the journey's counties, and behind proposals; returns how
    many."""
    writer = ThreadWriter(rng, now, today)
    waiting = [deal for deal in deals if deal.status is DealStatus.PROPOSED]
    used = set()
    for deal in waiting[:ACCEPTED_THREADS]:
        pair = (deal.sale["id"], deal.purchase["owner_id"])
        if pair not in used:
            writer.add_deal(deal)
            used.add(pair)
    for code in participants.journey:
        for script, offer in zip(SCRIPTS, _sales(offers, code), strict=False):
            asker = _asker(rng, participants, code, offer)
            if (offer["id"], asker) not in used:
                writer.add(offer, asker, script, participants.officials[code])
    return writer.write()


def _sales(offers: Sequence[dict[str, Any]], code: str) -> Iterator[dict[str, Any]]:
    for offer in offers:
        if (
            offer["region_code"] == code
            and offer["side"] is Side.SELL
            and offer["status"] is OfferStatus.PUBLISHED
            and offer["price_low"] is not None
            and offer["price_unit"] == offer["unit"]
        ):
            yield offer


def _asker(rng: Random, participants: Participants, code: str, offer: dict[str, Any]) -> int:
    """A trader of another journey county, so that both sides of a thread can be logged in to."""
    others = [each for each in participants.journey if each != code] or [code]
    traders = participants.traders[rng.choice(others)]
    found = [row["id"] for row in traders if row["id"] != offer["owner_id"]]
    return int(rng.choice(found))
