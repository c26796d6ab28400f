"""Purchase requests of the demonstration: one with quotations to compare, one past its deadline
that waits for its outcome, some whose outcome is known; and shortlists."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import update

from market.database import db
from market.demonstration.bulk import insert_rows, next_id, settle_sequences
from market.demonstration.enquiries import Line, Script, ThreadWriter
from market.demonstration.participants import Participants
from market.offers.models import (
    Offer,
    OfferStatus,
    OutcomeReason,
    OutcomeResult,
    PublicQuestion,
    RequestOutcome,
    ShortlistEntry,
    Side,
)
from market.text.days import local_midnight
from market.web.home_time import home_zone

DAYS_LEFT, DAYS_OVER = 6, 3
QUOTATIONS = (
    Script((Line(True, 40, "自家地里的，统货，随时装车。", price="0.97", quotes="0.5"),), unread=1),
    Script((Line(True, 28, "分好级的，量够。", price="1.02", days=10, quotes="0.8"),), unread=1),
    Script((Line(True, 15, "量不大，现摘现发。", price="0.93", quotes="0.3"),), unread=1),
)
LATE_QUOTATION = Script(
    (
        Line(True, 190, "按您要的规格备货。", price="1.1", days=3, quotes="0.4"),
        Line(False, 180, "超出预算了，能少点吗？"),
    )
)
QUESTIONS = (
    ("可以分两次送吗？", "可以，头一批先送一半。"),
    ("要带检测报告吗？", ""),
)
REASONS = (
    (OutcomeReason.PRICE, ""),
    (OutcomeReason.QUALITY, ""),
    (OutcomeReason.NOBODY, ""),
    (OutcomeReason.OTHER, "食堂放假，这批先不进了。"),
)
SHORTLISTED = 4


def write_purchase_requests(
    rng: Random,
    participants: Participants,
    offers: Sequence[dict[str, Any]],
    now: datetime,
    today: date,
) -> int:
    """Make requests of purchases in the journey's counties, the first open and the second past
    its deadline; returns how many."""
    writer, outcomes, number = ThreadWriter(rng, now, today), [], 0
    for code in participants.journey:
        requests = _purchases(offers, code)
        for place, request in enumerate(requests[: 2 + len(REASONS)]):
            number += 1
            if place == 0:
                _ask(
                    request, today + timedelta(days=DAYS_LEFT), len(QUOTATIONS), "green,commitment"
                )
                _quote(writer, participants, code, request, QUOTATIONS)
            elif place == 1:
                _ask(request, today - timedelta(days=DAYS_OVER), 1, "")
                _quote(writer, participants, code, request, (LATE_QUOTATION,))
            else:
                _ask(request, today - timedelta(days=DAYS_OVER + place), 0, "")
                outcomes.append(_outcome(request, *REASONS[place - 2], now))
        if requests:
            _write_questions(rng, participants, code, requests[0], now)
    writer.write()
    insert_rows(RequestOutcome, outcomes)
    return number


def write_shortlists(
    participants: Participants, offers: Sequence[dict[str, Any]], now: datetime
) -> None:
    """Give the first trader of each of the journey's counties a shortlist of one product."""
    for code in participants.journey:
        trader = participants.traders[code][-1]
        sales = [o for o in offers if _is_up(o, Side.SELL) and o["owner_id"] != trader["id"]]
        product = max(
            {o["product_code"] for o in sales if o["region_code"] == code},
            key=lambda code: (sum(o["product_code"] == code for o in sales), code),
            default="",
        )
        chosen = [o for o in sales if o["product_code"] == product][:SHORTLISTED]
        insert_rows(
            ShortlistEntry,
            (
                {
                    "account_id": trader["id"],
                    "offer_id": offer["id"],
                    "added_at": now - timedelta(hours=hours + 1),
                }
                for hours, offer in enumerate(chosen)
            ),
        )


def _is_up(offer: dict[str, Any], side: Side) -> bool:
    return offer["side"] is side and offer["status"] is OfferStatus.PUBLISHED


def _purchases(offers: Sequence[dict[str, Any]], code: str) -> list[dict[str, Any]]:
    return [
        offer
        for offer in offers
        if _is_up(offer, Side.BUY)
        and offer["region_code"] == code
        and offer["price_low"] is not None
        and offer["price_unit"] == offer["unit"]
        and offer["remaining"] == offer["quantity"]
    ]


def _ask(request: dict[str, Any], deadline: date, quotations: int, certificates: str) -> None:
    ends = local_midnight(deadline + timedelta(days=1), home_zone())
    db.session.execute(
        update(Offer)
        .where(Offer.id == request["id"])
        .values(
            quotation_deadline=deadline,
            quotations=quotations,
            certificates=certificates,
            valid_until=max(request["valid_until"], ends),
            updated_at=request["updated_at"],
        )
    )


def _quote(
    writer: ThreadWriter,
    participants: Participants,
    code: str,
    request: dict[str, Any],
    scripts: Sequence[Script],
) -> None:
    """Each script's quotation by a seller of another county: of the journey's first, so that
    somebody can log in."""
    places = [each for each in participants.journey if each != code]
    places += [each for each in participants.traders if each not in participants.journey]
    for script, place in zip(scripts, places, strict=False):
        seller = participants.traders[place][0]
        writer.add(request, seller["id"], script, participants.officials.get(code, 0))


def _outcome(
    request: dict[str, Any], reason: OutcomeReason, note: str, now: datetime
) -> dict[str, Any]:
    return {
        "offer_id": request["id"],
        "result": OutcomeResult.NOTHING,
        "reason": reason,
        "note": note,
        "at": now - timedelta(days=1),
        "by_id": request["owner_id"],
    }


def _write_questions(
    rng: Random, participants: Participants, code: str, request: dict[str, Any], now: datetime
) -> None:
    others = [row for row in participants.traders[code] if row["id"] != request["owner_id"]]
    first = next_id(PublicQuestion)
    insert_rows(
        PublicQuestion,
        (
            {
                "id": first + n,
                "offer_id": request["id"],
                "asker_id": others[n % len(others)]["id"],
                "text": text,
                "asked_at": now - timedelta(hours=30 - 20 * n),
                "answer": answer,
                "answered_at": now - timedelta(hours=25) if answer else None,
                "withdrawn_at": None,
                "reported_by_id": None,
                "reported_at": None,
                "key": uuid.UUID(int=rng.getrandbits(128), version=4).hex,
            }
            for n, (text, answer) in enumerate(QUESTIONS)
        ),
    )
    settle_sequences(PublicQuestion)
