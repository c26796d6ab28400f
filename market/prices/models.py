"""Prices of each day by product and region, worked out from offers and deals."""

from __future__ import annotations

import enum
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from market.database import Base, UnitPrice, UTCDateTime, choice


class PriceSource(enum.StrEnum):
    """Asked 报价: of the sales that stood on the day. Agreed 成交价: of a week's verified deals."""

    ASKED = "asked"
    AGREED = "agreed"


class PriceDay(Base):
    """A local day whose prices were counted, and when they changed last."""

    __tablename__ = "price_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    changed_at: Mapped[datetime] = mapped_column(UTCDateTime)


class RegionalPrice(Base):
    """The quartiles of a product's prices of a day in a county, prefecture or the whole home
    region. Those of counties are kept for a week.

    Attributes:
        measure: prices in it are compared (market.products.units.measure).
        low, median, high: yuan per base unit of the measure.
        count: of how many prices; too few have no row (market.deals.flag_rules.MIN_FIGURES).
    """

    __tablename__ = "regional_prices"

    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"), primary_key=True)
    product_code: Mapped[str] = mapped_column(ForeignKey("products.code"), primary_key=True)
    measure: Mapped[str] = mapped_column(String(12), primary_key=True)
    source: Mapped[PriceSource] = mapped_column(
        choice(PriceSource, "price_source"), primary_key=True
    )
    day: Mapped[date] = mapped_column(primary_key=True)
    low: Mapped[Decimal] = mapped_column(UnitPrice)
    median: Mapped[Decimal] = mapped_column(UnitPrice)
    high: Mapped[Decimal] = mapped_column(UnitPrice)
    count: Mapped[int]

    __table_args__ = (
        CheckConstraint("0 < low AND low <= median AND median <= high", name="quartiles"),
        CheckConstraint("count >= 5", name="enough"),
        Index("ix_regional_prices_day_region_code", "day", "region_code"),
    )
