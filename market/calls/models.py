"""Calls about a pair of offers, calls that were taken back, and the deals that came of them."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, UTCDateTime, choice, utcnow
from market.deals.models import Deal
from market.offers.models import Offer
from market.regions.models import Region

MAX_NOTE_LENGTH = 200


class MatchCallOutcome(enum.StrEnum):
    """What a call came to."""

    AGREED = "agreed"
    NO_ANSWER = "no_answer"
    LATER = "later"
    REFUSED = "refused"


class RefusalReason(enum.StrEnum):
    """Why the two don't trade."""

    PRICE = "price"
    QUALITY = "quality"
    QUANTITY = "quantity"
    TIME = "time"
    DISTANCE = "distance"
    PAYMENT = "payment"
    TRADED_ELSEWHERE = "traded_elsewhere"
    WRONG_NUMBER = "wrong_number"
    OTHER = "other"


class MatchCall(Base):
    """A call of an assistant or a county official about a sale and a purchase. Append-only.

    Attributes:
        region_code: the county that the call counts in.
        called_on: the local day of `at`.
        back_on: the local day on which the pair is to be rung again.
        key: of the form it was written down with.
    """

    __tablename__ = "match_calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    sale_id: Mapped[int] = mapped_column(ForeignKey("offers.id"))
    purchase_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    called_on: Mapped[date] = mapped_column(index=True)
    outcome: Mapped[MatchCallOutcome] = mapped_column(choice(MatchCallOutcome, "outcome"))
    back_on: Mapped[date | None]
    reason: Mapped[RefusalReason | None] = mapped_column(choice(RefusalReason, "reason"))
    note: Mapped[str] = mapped_column(String(MAX_NOTE_LENGTH), default="")
    key: Mapped[str] = mapped_column(String(32), unique=True)

    sale: Mapped[Offer] = relationship(foreign_keys=[sale_id])
    purchase: Mapped[Offer] = relationship(foreign_keys=[purchase_id])
    by: Mapped[Account] = relationship()
    region: Mapped[Region] = relationship()
    withdrawal: Mapped[CallWithdrawal | None] = relationship(back_populates="call")

    __table_args__ = (
        CheckConstraint("sale_id <> purchase_id", name="two_offers"),
        CheckConstraint(
            "(back_on IS NOT NULL) = (outcome IN ('no_answer', 'later'))", name="back_on_a_day"
        ),
        CheckConstraint("back_on > called_on", name="back_afterwards"),
        CheckConstraint("(reason IS NOT NULL) = (outcome = 'refused')", name="refused_with_reason"),
        CheckConstraint("reason <> 'other' OR note <> ''", name="other_reason_written"),
        Index("ix_match_calls_sale_id_purchase_id", "sale_id", "purchase_id"),
        Index("ix_match_calls_by_id_called_on", "by_id", "called_on"),
        Index("ix_match_calls_region_code_called_on", "region_code", "called_on"),
    )


class CallWithdrawal(Base):
    """A call that was written down by mistake, and taken back by who wrote it. Append-only."""

    __tablename__ = "call_withdrawals"

    call_id: Mapped[int] = mapped_column(
        ForeignKey("match_calls.id"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    call: Mapped[MatchCall] = relationship(back_populates="withdrawal")


class CallDeal(Base):
    """A deal that came of a call in which both sides agreed. Append-only."""

    __tablename__ = "call_deals"

    deal_id: Mapped[int] = mapped_column(
        ForeignKey("deals.id"), primary_key=True, autoincrement=False
    )
    call_id: Mapped[int] = mapped_column(ForeignKey("match_calls.id"), index=True)

    deal: Mapped[Deal] = relationship()
