"""Calls of the match desk in the demonstration: every outcome, one taken back, and deals that came
of calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any

from market.calls.models import CallDeal, CallWithdrawal, MatchCall, MatchCallOutcome, RefusalReason
from market.database import db
from market.deals.models import DealStatus
from market.demonstration.deal_rows import DealDraft
from market.demonstration.participants import Participants
from market.matching.services import request_matching
from market.offers.models import OfferStatus, Side
from market.text.days import local_day
from market.web.home_time import home_zone

SEED = 20_261_130
# Only as many of the station's deals are said to come of a call.
DEALS_OF_CALLS = 6


@dataclass(frozen=True)
class CallScript:
    """A call about a pair of its own.

    Attributes:
        back_days: after so many days they are rung again.
        by_county: the county's official rang, not the assistant.
    """

    outcome: MatchCallOutcome
    days_ago: int
    back_days: int = 0
    reason: RefusalReason | None = None
    note: str = ""
    by_county: bool = False
    is_withdrawn: bool = False


_AGREED, _NO_ANSWER = MatchCallOutcome.AGREED, MatchCallOutcome.NO_ANSWER
_LATER, _REFUSED = MatchCallOutcome.LATER, MatchCallOutcome.REFUSED
SCRIPTS = (
    CallScript(_NO_ANSWER, 1, back_days=1),
    CallScript(_LATER, 6, back_days=6, note="说等下周看了货再定（示范）"),
    CallScript(_AGREED, 1, note="先要两千斤，价格按地头价（示范）"),
    CallScript(_NO_ANSWER, 0, back_days=1),
    CallScript(_LATER, 2, back_days=9, note="仓库还有货，下旬再联系（示范）"),
    CallScript(_REFUSED, 3, reason=RefusalReason.PRICE, note="每斤差三毛，谈不拢（示范）"),
    CallScript(_REFUSED, 8, reason=RefusalReason.DISTANCE, by_county=True),
    CallScript(_REFUSED, 12, reason=RefusalReason.OTHER, note="家里有事，今年不卖了（示范）"),
    CallScript(_REFUSED, 15, reason=RefusalReason.TRADED_ELSEWHERE),
    CallScript(_REFUSED, 1, reason=RefusalReason.QUALITY, is_withdrawn=True),
    CallScript(_NO_ANSWER, 35, back_days=1, by_county=True),
    CallScript(_REFUSED, 40, reason=RefusalReason.QUANTITY),
)


def write_calls(
    participants: Participants,
    offers: Sequence[dict[str, Any]],
    deals: Sequence[DealDraft],
    now: datetime,
) -> None:
    """Write them, and have the station's offers matched. Inside transaction(), after the deals."""
    rng = Random(SEED)
    farmers = {farmer["id"] for farmer in participants.farmers}
    if not farmers:
        return
    home = participants.farmers[0]["region_code"]
    sales = [o for o in offers if o["owner_id"] in farmers and _is_open(o, Side.SELL)]
    request_matching((sale["id"] for sale in sales), now)
    callers = participants.assistant_id, participants.officials[home]
    for script, (sale, purchase) in zip(SCRIPTS, _pairs(sales, offers), strict=False):
        call = _call(script, (sale["id"], purchase["id"]), callers, home, now, rng)
        if script.is_withdrawn:
            db.session.add(CallWithdrawal(call_id=call.id, at=call.at + timedelta(minutes=9)))
    for number, deal in enumerate(_deals_of(home, deals)[:DEALS_OF_CALLS]):
        days = (now - deal.steps[0].at).days + 1
        pair = deal.sale["id"], deal.purchase["id"]
        script = CallScript(_AGREED, days, by_county=number == 1)
        call = _call(script, pair, callers, home, now, rng)
        db.session.add(CallDeal(deal_id=deal.id, call_id=call.id))
    db.session.flush()


def _call(
    script: CallScript,
    pair: tuple[int, int],
    callers: tuple[int, int],
    home: str,
    now: datetime,
    rng: Random,
) -> MatchCall:
    at = now - timedelta(days=script.days_ago, minutes=rng.randrange(5, 50))
    called_on = local_day(at, home_zone())
    call = MatchCall(
        sale_id=pair[0],
        purchase_id=pair[1],
        by_id=callers[script.by_county],
        region_code=home,
        at=at,
        called_on=called_on,
        outcome=script.outcome,
        back_on=called_on + timedelta(days=script.back_days) if script.back_days else None,
        reason=script.reason,
        note=script.note,
        key=f"{rng.getrandbits(128):032x}",
    )
    db.session.add(call)
    db.session.flush()
    return call


def _pairs(
    sales: Sequence[dict[str, Any]], offers: Sequence[dict[str, Any]]
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Sales of the station, in turn, each with purchases of the same product."""
    wanted = {
        sale["id"]: [
            offer
            for offer in offers
            if _is_open(offer, Side.BUY) and offer["product_code"] == sale["product_code"]
        ]
        for sale in sales
    }
    for sale in cycle(sales):
        if not any(wanted.values()):
            return
        if wanted[sale["id"]]:
            yield sale, wanted[sale["id"]].pop(0)


def _is_open(offer: dict[str, Any], side: Side) -> bool:
    return offer["side"] is side and offer["status"] is OfferStatus.PUBLISHED


def _deals_of(home: str, deals: Sequence[DealDraft]) -> list[DealDraft]:
    """Deals of the county between two offers, one of each pair, verified and not."""
    found: dict[tuple[int, int], DealDraft] = {}
    for deal in deals:
        ids = deal.sale["id"], deal.purchase["id"]
        stands = deal.status in (DealStatus.VERIFIED, DealStatus.AGREED, DealStatus.PROPOSED)
        if stands and deal.home[0] == home and None not in ids:
            found.setdefault(ids, deal)
    return sorted(found.values(), key=lambda deal: deal.status is DealStatus.AGREED)
