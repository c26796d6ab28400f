"""What stands on traders' pages in the demonstration: ratings, certificates, a disputed line, and
complaints in every state, in the counties whose officials log in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from flask import current_app
from sqlalchemy import func, select

from market.accounts.models import Account
from market.database import db
from market.deals.models import Deal, DealStatus
from market.demonstration.participants import Participants
from market.offers.models import Side
from market.traders.complaint_models import Complaint, ComplaintDecision, ComplaintKind
from market.traders.models import (
    CertificateDecision,
    CertificateKind,
    TraderCertificate,
    TraderDispute,
    TraderRating,
)

SELLERS, DEALS_OF_SELLER = 4, 5
# (stars, what is said, the answer)
WORDS = (
    (5, "货对板，斤两足，装车快。", "多谢照顾，下季再来。"),
    (4, "品质不错，比约定晚到半天。", ""),
    (5, "分级细，坏果少。", ""),
    (3, "有几筐偏小，后来补了。", "已按约定补齐。"),
    (4, "", ""),
)
# (kind, number, issuer, source, why it is refused); neither: it waits.
CERTIFICATES = (
    (
        CertificateKind.GREEN,
        "LB-18-26000001",
        "中国绿色食品发展中心",
        "绿色食品网证书查询",
        "",
    ),
    (
        CertificateKind.LICENCE,
        "演示430000000000001",
        "县市场监督管理局",
        "企业信用公示系统",
        "",
    ),
    (CertificateKind.COMMITMENT, "演示-承诺-0001", "本人", "", ""),
    (CertificateKind.ORGANIC, "演示-OP-0001", "演示认证中心", "", "认监委网站查无此号。"),
)
# (kind, text, days ago, statement, decision, reason)
COMPLAINTS: tuple[tuple[Any, ...], ...] = (
    (ComplaintKind.NOT_AS_DESCRIBED, "说好一级果，到货一半是统货。", 4, "", None, ""),
    (ComplaintKind.NOT_PAID, "货收了两周，尾款一直没付。", 20, "车队账期没到，月底付。", None, ""),
    (
        *(ComplaintKind.NOT_DELIVERED, "付了定金，约好的日子没发货。", 60),
        *("连下雨采不了，已退定金。", ComplaintDecision.SETTLED, "定金已退，双方认可。"),
    ),
    (
        *(ComplaintKind.FALSE_OFFER, "信息上有货，去了没有。", 90),
        *("货前一天卖完，忘了撤。", ComplaintDecision.UPHELD, "信息未及时撤下，已提醒。"),
    ),
)


def write_trader_records(participants: Participants, now: datetime, today: date) -> None:
    """Add them to the session. Inside transaction(), after the deals."""
    for code in participants.journey:
        official = participants.officials[code]
        sellers = _sellers(code, now)
        for number, seller_id in enumerate(sellers):
            ratings = _rate(seller_id, now)
            if number == 0:
                _dispute(seller_id, ratings, code, now)
        _certify([row["id"] for row in participants.traders[code]], code, official, now, today)
        _complain(sellers, participants, code, official, now, today)


def _recent(code: str, now: datetime) -> tuple[Any, ...]:
    return (
        Deal.status == DealStatus.VERIFIED,
        Deal.seller_region_code == code,
        Deal.buyer_id.is_not(None),
        Deal.seller_id.is_not(None),
        Deal.verified_at.is_not(None),
        Deal.verified_at < now - timedelta(hours=1),
    )


def _sellers(code: str, now: datetime) -> list[int]:
    """Who sold most often in the county."""
    query = select(Deal.seller_id).where(*_recent(code, now)).group_by(Deal.seller_id)
    query = query.order_by(func.count().desc(), Deal.seller_id).limit(SELLERS)
    return [id_ for id_ in db.session.scalars(query) if id_ is not None]


def _rate(seller_id: int, now: datetime) -> list[TraderRating]:
    """What the buyers say of the seller's latest deals."""
    seller = db.session.get_one(Account, seller_id)
    deals = db.session.scalars(
        select(Deal)
        .where(*_recent(seller.region_code, now), Deal.seller_id == seller_id)
        .order_by(Deal.id.desc())
        .limit(DEALS_OF_SELLER)
    ).all()
    rows = []
    for deal, (stars, text, answer) in zip(deals, WORDS, strict=False):
        assert deal.verified_at is not None
        at = min(deal.verified_at + timedelta(hours=20), now - timedelta(minutes=30))
        rows.append(
            TraderRating(
                deal_id=deal.id,
                side=Side.BUY,
                rater_id=deal.buyer_id,
                rated_id=seller_id,
                by_id=deal.buyer_id,
                stars=stars,
                text=text,
                at=at,
                answer=answer,
                answered_at=at + timedelta(minutes=20) if answer else None,
                key=uuid.uuid4().hex,
            )
        )
    db.session.add_all(rows)
    db.session.flush()
    return rows


def _dispute(seller_id: int, ratings: Sequence[TraderRating], code: str, now: datetime) -> None:
    """The seller says that the worst rating is wrong; it waits."""
    if ratings:
        worst = min(ratings, key=lambda rating: rating.stars)
        db.session.add(
            TraderDispute(
                trader_id=seller_id,
                rating_id=worst.id,
                by_id=seller_id,
                region_code=code,
                reason="到货时对方验过没有提，有验收单。",
                at=now - timedelta(minutes=10),
                key=uuid.uuid4().hex,
            )
        )


def _certify(traders: Sequence[int], code: str, official: int, now: datetime, today: date) -> None:
    """One certificate of each kind of outcome, of the county's first traders."""
    pairs = zip(cycle(traders), CERTIFICATES, strict=False)
    for days, (trader_id, certificate) in enumerate(pairs, 2):
        kind, number, issued_by, source, refusal = certificate
        checked = CertificateDecision.CHECKED if source else None
        decision = CertificateDecision.REFUSED if refusal else checked
        db.session.add(
            TraderCertificate(
                account_id=trader_id,
                entered_by_id=trader_id,
                region_code=code,
                kind=kind,
                number=number,
                issued_by=issued_by,
                valid_until=today + timedelta(days=200),
                at=now - timedelta(days=days),
                decision=decision,
                source=source,
                decision_reason=refusal,
                decided_by_id=official if decision else None,
                decided_at=now - timedelta(days=days - 1) if decision else None,
                key=uuid.uuid4().hex,
            )
        )


def _complain(
    sellers: Sequence[int],
    participants: Participants,
    code: str,
    official: int,
    now: datetime,
    today: date,
) -> None:
    """Complaints of buyers about the county's sellers: one waits, one is late, two are decided."""
    days_to_decide = timedelta(days=current_app.config["COMPLAINT_DAYS"])
    buyers = [row["id"] for row in participants.outsiders]
    for seller_id, buyer_id, complaint in zip(cycle(sellers), buyers, COMPLAINTS, strict=False):
        kind, text, days, statement, decision, reason = complaint
        at = now - timedelta(days=days)
        db.session.add(
            Complaint(
                complainant_id=buyer_id,
                accused_id=seller_id,
                by_id=buyer_id,
                region_code=code,
                kind=kind,
                text=text,
                at=at,
                due_on=today - timedelta(days=days) + days_to_decide,
                statement=statement,
                stated_at=at + timedelta(days=1) if statement else None,
                decision=decision,
                decision_reason=reason,
                decided_by_id=official if decision else None,
                decided_at=at + timedelta(days=6) if decision else None,
                key=uuid.uuid4().hex,
            )
        )
