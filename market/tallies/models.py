"""The regions of a fair as they were, and the cache of its count at its finest grains."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import Boolean, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Base, ExactDecimal, Fen, Path, UTCDateTime, choice
from market.regions.models import Level

# A thousandth of a jin is half a gram.
Kilograms = ExactDecimal(4)


class FairRegion(Base):
    """A region as it was when the fair opened: its name, and where it stood in the tree.

    A county moved or renamed afterwards leaves the fairs it took part in alone. The
    columns mean what they mean in `regions`.
    """

    __tablename__ = "fair_regions"

    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    parent_code: Mapped[str | None] = mapped_column(String(6))
    path: Mapped[str] = mapped_column(Path)
    level: Mapped[Level] = mapped_column(choice(Level, "level"))
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80))
    is_leaf: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="is_leaf"))
    host_code: Mapped[str | None] = mapped_column(String(6))

    __table_args__ = (UniqueConstraint("fair_id", "path"),)


class Figures:
    """What can be counted of anything: of a region, a product, a day.

    Attributes:
        deals, amount_fen: sums of the ledger's entries, by home region.
        mass_kg: of the deals whose unit is one of mass; the others have none.
    """

    sell_listings: Mapped[int] = mapped_column(Integer, default=0)
    buy_listings: Mapped[int] = mapped_column(Integer, default=0)
    deals: Mapped[int] = mapped_column(Integer, default=0)
    amount_fen: Mapped[int] = mapped_column(Fen, default=0)
    mass_kg: Mapped[Decimal] = mapped_column(Kilograms, default=0)


class PlaceFigures(Figures):
    """The figures that are counted by place, not by product.

    Attributes:
        merchants: effective merchants 有效涉农商户: owners of a verified listing, each
            counted once, with their earliest verified listing of the fair.
        sold_fen, bought_fen: by the seller's and the buyer's region; shown beside the
            amount and never added to each other.
    """

    merchants: Mapped[int] = mapped_column(Integer, default=0)
    sold_fen: Mapped[int] = mapped_column(Fen, default=0)
    bought_fen: Mapped[int] = mapped_column(Fen, default=0)


class FairTally(Base, PlaceFigures):
    """What a leaf region has in a fair. A cache: `flask ledger verify` compares it."""

    __tablename__ = "fair_tallies"

    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)


class FairProduct(Base, Figures):
    """What a region of any level has of one product in a fair. A cache like FairTally."""

    __tablename__ = "fair_products"

    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"), primary_key=True)


class FairDay(Base, PlaceFigures):
    """What a region of any level has on one local day of a fair. A cache like FairTally.

    A listing is of the day it was listed, a deal of the day it was agreed.
    """

    __tablename__ = "fair_days"

    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)


class FairVariety(Base):
    """How many different products are listed in a region of any level: that adds up nowhere."""

    __tablename__ = "fair_varieties"

    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    varieties: Mapped[int] = mapped_column(Integer, default=0)


class FairCount(Base):
    """When a fair was last counted, and up to which ledger entry."""

    __tablename__ = "fair_counts"

    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime)
    ledger_id: Mapped[int] = mapped_column(Integer)


class FairDayEnd(Base):
    """What a leaf region had at the end of a local day of the fair 日终, of what the ledger does
    not hold. Counted once, when the day is over; triggers refuse to change or delete it.

    Attributes:
        figures: JSON with `merchants` and, by product code, `products`: listings to sell and
            to buy, and kilograms dealt, as text; all from the fair's first day on.
        counted_at: when it was counted; later than the day's end where nothing was at work.
    """

    __tablename__ = "fair_day_ends"

    fair_id: Mapped[int] = mapped_column(ForeignKey("fairs.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    figures: Mapped[str] = mapped_column(Text)
    counted_at: Mapped[datetime] = mapped_column(UTCDateTime)
