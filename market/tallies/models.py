"""The cache of a fair's count, one row for each reporting region."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Base, Fen, UTCDateTime


class FairTally(Base):
    """What a leaf region has in a fair. A cache: `flask ledger verify` compares it.

    Attributes:
        merchants: effective merchants 有效涉农商户: owners of a verified listing, each
            counted once, in the region of their earliest verified listing of the fair.
        deals, amount_fen: sums of the ledger's entries, by home region.
        sold_fen, bought_fen: by the seller's and the buyer's region; told beside the
            amount and never added to each other.
    """

    __tablename__ = "fair_tallies"

    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    sell_listings: Mapped[int] = mapped_column(Integer, default=0)
    buy_listings: Mapped[int] = mapped_column(Integer, default=0)
    merchants: Mapped[int] = mapped_column(Integer, default=0)
    deals: Mapped[int] = mapped_column(Integer, default=0)
    amount_fen: Mapped[int] = mapped_column(Fen, default=0)
    sold_fen: Mapped[int] = mapped_column(Fen, default=0)
    bought_fen: Mapped[int] = mapped_column(Fen, default=0)


class FairCount(Base):
    """When a fair was last counted, and up to which ledger entry."""

    __tablename__ = "fair_counts"

    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ledger_id: Mapped[int] = mapped_column(Integer)
