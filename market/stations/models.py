"""Farmers who were registered twice, and those who only seem to be."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.accounts.models import Account
from market.database import Base, UTCDateTime, utcnow


class FarmerMerge(Base):
    """One farmer's two accounts made one: the merged one points at the one that survived.

    Attributes:
        moved: by name of market.stations.merging.movers the ids of the rows that went over, and
            under "phone", "township_code" and "village" what the surviving account had not said.
        undone_at: the two are apart again since then.
    """

    __tablename__ = "farmer_merges"

    id: Mapped[int] = mapped_column(primary_key=True)
    surviving_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)
    moved: Mapped[dict[str, Any]] = mapped_column(JSON)
    undone_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    surviving: Mapped[Account] = relationship(foreign_keys=[surviving_id])
    merged: Mapped[Account] = relationship(foreign_keys=[merged_id])

    __table_args__ = (
        CheckConstraint("surviving_id <> merged_id", name="two_farmers"),
        Index(
            "uq_farmer_merges_merged_id",
            "merged_id",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )


class DistinctFarmers(Base):
    """Two farmers of one name and place who are two people, as their station says."""

    __tablename__ = "distinct_farmers"

    first_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id"), primary_key=True, autoincrement=False
    )
    second_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.id"), primary_key=True, autoincrement=False
    )
    by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime, default=utcnow)

    __table_args__ = (CheckConstraint("first_id < second_id", name="in_order"),)
