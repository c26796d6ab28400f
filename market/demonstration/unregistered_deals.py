"""Deals with somebody who has no account, in every state, and terms that answer or repeat others:
in the first county of the journey."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from market.deals.models import DealStatus
from market.deals.rules import amount_fen
from market.deals.unregistered_models import CallOutcome, Evidence, UnregisteredParty
from market.demonstration.bulk import insert_rows, next_id, settle_sequences
from market.demonstration.deal_rows import DealDraft, DealStep, reserve
from market.demonstration.flagged_deals import Flagged, in_first_county
from market.demonstration.people import phone
from market.demonstration.pictures import stored_slip
from market.offers.models import PriceBasis, Side

SEED = 20_261_122
# Numbers of the demonstration that belong to no account.
FIRST_PHONE = 9_900
NAMES = (
    *("周老板（示范）", "何老板（示范）", "集镇副食店（示范）", "彭师傅（示范）"),
    *("龚老板（示范）", "学校食堂（示范）", "文老板（示范）", "张经理（示范）"),
)
# Deals that this adds.
DEALS = len(NAMES) + 4
CONFIRMED = "本人接的电话，数量和单价都说得对（示范）"
DENIED = "对方说只买了一半，让卖方改好再报（示范）"
NOT_REACHED = "打了两次没人接，明天再打（示范）"
RETURNED = "回电对不上数量，请改好再报（示范）"
DECLINED = "价低了点，再加一成好商量（示范）"
CHECKED = "回电问过，和签字单据一致（示范）"


class UnregisteredDeals(Flagged):
    """Makes the deals, and the parties without an account beside them."""

    def make(self) -> list[DealDraft]:
        self.parties: list[dict[str, Any]] = []
        self.next_party = next_id(UnregisteredParty)
        code, paper, agreed = Evidence.CODE, Evidence.PAPER, DealStatus.AGREED
        self._record(0)
        self._record(1, code, agreed)
        self._record(2, paper, agreed, (CallOutcome.NOT_REACHED, NOT_REACHED))
        self._record(3, code, DealStatus.VERIFIED, (CallOutcome.CONFIRMED, CONFIRMED))
        self._record(4, paper, DealStatus.VERIFIED, (CallOutcome.CONFIRMED, CONFIRMED))
        self._record(5, code, DealStatus.RETURNED, (CallOutcome.DENIED, DENIED))
        self._record(6, status=DealStatus.CANCELLED)
        # Whose number has an account all the same.
        self._record(7, code, agreed, number=self.participants.outsiders[0]["phone"])
        self._answers_and_repeats()
        insert_rows(UnregisteredParty, self.parties)
        settle_sequences(UnregisteredParty)
        return self.deals

    def _record(
        self,
        n: int,
        evidence: Evidence | None = None,
        status: DealStatus = DealStatus.PROPOSED,
        call: tuple[CallOutcome, str] | None = None,
        number: str | None = None,
    ) -> None:
        """A sale of one of the county's traders to the n-th party without an account."""
        quantity = max(self.quantity // 20, Decimal(10)) * (n + 2)
        sale = self._sale(n % 2, quantity * 3, self.price)
        # The first one's code still holds.
        at = self.calendar.now - timedelta(days=3 if n else 0, hours=5 * n + 3)
        party = {
            "id": self.next_party + n,
            "name": NAMES[n],
            "phone": number or phone(FIRST_PHONE + n),
            "code_hash": "" if evidence else hashlib.sha256(NAMES[n].encode()).hexdigest(),
            "code_sent_at": at if evidence is not Evidence.PAPER else None,
        }
        self.parties.append(party)
        steps = [DealStep(DealStatus.PROPOSED, sale["posted_by_id"], at)]
        if evidence:
            confirmed = at + timedelta(hours=2)
            steps.append(DealStep(DealStatus.AGREED, sale["posted_by_id"], confirmed))
        if status not in (DealStatus.PROPOSED, DealStatus.AGREED):
            steps.append(self._last_step(status, sale, at + timedelta(hours=30)))
        home = self.place.code
        deal = DealDraft(
            id=self.first_deal + len(self.deals),
            sale=sale,
            purchase={**sale, "id": None, "owner_id": None, "region_code": home},
            quantity=quantity,
            unit_price=self.price,
            amount_fen=amount_fen(quantity, self.price),
            home=(self.place.code, self.place.path),
            fair_id=self.fair_id,
            proposed_side=Side.SELL,
            steps=tuple(steps),
            key=f"{self.rng.getrandbits(128):032x}",
            proof=stored_slip() if evidence is Evidence.PAPER else None,
            values=self._values(party, evidence, status, call, at + timedelta(hours=26)),
            calls=() if call is None else ((*call, at + timedelta(hours=26)),),
            county_id=self.participants.officials[self.place.code],
        )
        if evidence:
            reserve(deal)
        self.deals.append(deal)

    def _last_step(self, status: DealStatus, sale: dict[str, Any], at: datetime) -> DealStep:
        county = self.participants.officials[self.place.code]
        if status is DealStatus.CANCELLED:
            return DealStep(status, sale["posted_by_id"], at)
        return DealStep(status, county, at, RETURNED if status is DealStatus.RETURNED else "")

    def _values(
        self,
        party: dict[str, Any],
        evidence: Evidence | None,
        status: DealStatus,
        call: tuple[CallOutcome, str] | None,
        called_at: datetime,
    ) -> dict[str, Any]:
        stands = status in (DealStatus.AGREED, DealStatus.VERIFIED)
        confirmed = stands and call is not None and call[0] is CallOutcome.CONFIRMED
        county = self.participants.officials[self.place.code]
        return {
            "unregistered_id": party["id"],
            "agreed_by_id": None,
            "evidence": evidence,
            "called_back_by_id": county if confirmed else None,
            "called_back_at": called_at if confirmed else None,
            "basis": PriceBasis.EX_FARM,
        }

    def _answers_and_repeats(self) -> None:
        """A proposal that was declined and made again, and one answered with other terms."""
        sale = self._sale(0, self.quantity * 4, self.price)
        for ended, reason, dear in (
            (DealStatus.DECLINED, DECLINED, "0.9"),
            (DealStatus.REPLACED, "", "0.95"),
        ):
            self._deal(sale, self.quantity // 2, self._priced(float(dear)), days=2)
            first = self.deals.pop()
            for offer in (sale, first.purchase):
                offer["remaining"] += first.quantity  # nothing was agreed
            end = replace(first.steps[1], status=ended, reason=reason)
            first = replace(first, steps=(first.steps[0], end))
            later = end.at + timedelta(hours=1)
            answers = ended is DealStatus.REPLACED
            by = sale["posted_by_id"] if answers else first.purchase["posted_by_id"]
            second = replace(
                first,
                id=first.id + 1,
                unit_price=self.price,
                amount_fen=amount_fen(first.quantity, self.price),
                proposed_side=Side.SELL if answers else Side.BUY,
                steps=(DealStep(DealStatus.PROPOSED, by, later),),
                key=f"{self.rng.getrandbits(128):032x}",
                values={"follows_id": first.id},
            )
            self.deals += [first, second]


def make_unregistered(market: Any, deals: Sequence[DealDraft], fair_id: int) -> list[DealDraft]:
    """The deals; their offers are added to those of `market`, not yet written."""
    return in_first_county(UnregisteredDeals, SEED, market, deals, fair_id).make()
