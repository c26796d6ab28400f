"""A deal's side without an account, what its agreement stands on, and the county's calls to it."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, UTCDateTime, choice, utcnow
from market.offers.models import Side


class Evidence(enum.StrEnum):
    """What the agreement of a party without an account stands on."""

    CODE = "code"
    PAPER = "paper"


class CallOutcome(enum.StrEnum):
    """What the county heard when it rang a party."""

    CONFIRMED = "confirmed"
    DENIED = "denied"
    NOT_REACHED = "not_reached"


class UnregisteredParty(Base):
    """The side of one deal that has no account here: who they are, and the code sent to them.

    Attributes:
        phone: as E.164; None once the person was erased, who then has no name either.
        code_hash: hex HMAC of the last code sent; empty: none is out.
    """

    __tablename__ = "unregistered_parties"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    phone: Mapped[str | None] = mapped_column(String(20), index=True)
    erased_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    code_hash: Mapped[str] = mapped_column(String(64), default="")
    code_sent_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        CheckConstraint("(erased_at IS NULL) = (phone IS NOT NULL)", name="known_until_erased"),
        CheckConstraint("name <> ''", name="named"),
        CheckConstraint("code_hash = '' OR code_sent_at IS NOT NULL", name="code_sent"),
    )


class DealCallBack(Base):
    """The county rings a side of the deal: who saw the number, and what was said.

    Attributes:
        side: whom it rings.
        shown_at: when the official saw the number of a side without an account, else when the
            call was written down.
        outcome, call_answer, called_at: None and empty until the official has written them down.
    """

    __tablename__ = "deal_call_backs"

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    side: Mapped[Side] = mapped_column(choice(Side, "side"))
    shown_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    outcome: Mapped[CallOutcome | None] = mapped_column(choice(CallOutcome, "outcome"))
    call_answer: Mapped[str] = mapped_column(String(200), default="")
    called_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    by: Mapped[Account] = relationship()

    __table_args__ = (
        CheckConstraint("(outcome IS NULL) = (called_at IS NULL)", name="told_at_a_time"),
        CheckConstraint("outcome IS NULL OR call_answer <> ''", name="says_something"),
    )
