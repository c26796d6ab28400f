"""Matches that were found for an offer, and the changes that are still to be looked at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Base, UTCDateTime


class MatchNotice(Base):
    """Notifies the owner of an offer of a counterpart; each pair has one for either end.

    Attributes:
        score: in thousandths, as it was when the match was found.
        seen_at: when the owner marked it as seen; None: it is new.
    """

    __tablename__ = "match_notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"))
    counterpart_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), index=True)
    score: Mapped[int] = mapped_column(Integer)
    found_at: Mapped[datetime] = mapped_column(UTCDateTime)
    seen_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    __table_args__ = (
        UniqueConstraint("offer_id", "counterpart_id"),
        CheckConstraint("offer_id <> counterpart_id", name="two_offers"),
        CheckConstraint("score BETWEEN 0 AND 1000", name="thousandths"),
    )


class MatchChange(Base):
    """A public offer changed and its matches are still to be looked for. The worker does.

    Written in the transaction of the change and deleted in that of the notices, so what
    dies between the two is done again. Apart from the outbox of the index, because that
    must not wait for this.
    """

    __tablename__ = "match_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)

    __table_args__ = ({"sqlite_autoincrement": True},)
