"""Fairs, their theme, and the offers each lists."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.database import Base, Fen, Timestamped, UTCDateTime, choice
from market.offers.models import Side
from market.regions.models import Region


class Season(enum.StrEnum):
    SPRING = "spring"
    SUMMER = "summer"
    AUTUMN = "autumn"
    WINTER = "winter"


class FairStatus(enum.StrEnum):
    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"
    CERTIFIED = "certified"


FAIR_TRANSITIONS: dict[FairStatus, frozenset[FairStatus]] = {
    FairStatus.ANNOUNCED: frozenset({FairStatus.OPEN}),
    FairStatus.OPEN: frozenset({FairStatus.CLOSED}),
    FairStatus.CLOSED: frozenset({FairStatus.CERTIFIED}),
    FairStatus.CERTIFIED: frozenset(),
}


class Fair(Base, Timestamped):
    """An online matchmaking fair 网上购销对接会.

    Attributes:
        starts_on, ends_on: whole local days of the home time zone, both included.
        previous_id: the edition before (环比); same_season_id: this season last year (同比).
        totals_only: an earlier fair known by its totals alone; the totals are in total_*,
            None where even that is unknown, and `note` says where they come from.
        is_replay: real totals, invented detail; its pages say so.
    """

    __tablename__ = "fairs"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120))
    season: Mapped[Season] = mapped_column(choice(Season, "season"))
    year: Mapped[int] = mapped_column(Integer)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    status: Mapped[FairStatus] = mapped_column(
        choice(FairStatus, "status"), default=FairStatus.ANNOUNCED
    )
    previous_id: Mapped[int | None] = mapped_column(ForeignKey("fairs.id"))
    same_season_id: Mapped[int | None] = mapped_column(ForeignKey("fairs.id"))
    totals_only: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="totals_only"), default=False
    )
    is_replay: Mapped[bool] = mapped_column(
        Boolean(create_constraint=True, name="is_replay"), default=False
    )
    total_listings: Mapped[int | None] = mapped_column(Integer)
    total_merchants: Mapped[int | None] = mapped_column(Integer)
    total_deals: Mapped[int | None] = mapped_column(Integer)
    total_fen: Mapped[int | None] = mapped_column(Fen)
    note: Mapped[str] = mapped_column(String(200), default="")

    region: Mapped[Region] = relationship()
    previous: Mapped[Fair | None] = relationship(foreign_keys=[previous_id], remote_side=[id])
    same_season: Mapped[Fair | None] = relationship(foreign_keys=[same_season_id], remote_side=[id])

    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="dates"),)


class FairTheme(Base):
    """A category (2 or 4 digits) or product (7) a fair is about; none at all: everything."""

    __tablename__ = "fair_themes"

    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    product_prefix: Mapped[str] = mapped_column(String(7), primary_key=True)


class FairListing(Base):
    """An offer first published or renewed inside the fair's dates, in its region and theme.

    Copies what the count groups by, so that a whole fair is counted from one index. The
    copies follow the offer (market.fairs.services.follow).

    Attributes:
        counts: False once the offer is rejected.
        verified: by an official; makes its owner an effective merchant.
    """

    __tablename__ = "fair_listings"

    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"), primary_key=True)
    listed_at: Mapped[datetime] = mapped_column(UTCDateTime)
    side: Mapped[Side] = mapped_column(choice(Side, "side"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"))
    owner_id: Mapped[int] = mapped_column(BigInteger)
    verified: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="verified"))
    counts: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="counts"))

    __table_args__ = (
        Index("ix_fair_listings_count", "fair_id", "counts", "region_code", "side", "product_code"),
        Index("ix_fair_listings_days", "fair_id", "listed_at", "counts", "region_code", "side"),
        Index("ix_fair_listings_merchants", "fair_id", "counts", "verified", "owner_id"),
        Index("ix_fair_listings_offer", "offer_id"),
    )
