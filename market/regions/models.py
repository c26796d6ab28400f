"""One table holds the tree; a path prefix is a subtree."""

from __future__ import annotations

import enum
from datetime import date
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ColumnElement,
    Date,
    Float,
    ForeignKey,
    Integer,
    String,
    and_,
    or_,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from market.database import Base, Path, choice

# Of a township's code; those of regions have six at most.
TOWNSHIP_DIGITS = 9


class Level(enum.StrEnum):
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    COUNTY = "county"


class Region(Base):
    """An administrative region 行政区划 (GB/T 2260), or a zone that reports like a county.

    Attributes:
        path: codes from the province down, e.g. `43/4307/430726`.
        is_leaf: people live and offers are placed here; inside the home region leaves report.
        host_code: for a zone, the county on whose shape it is drawn.
        latitude, longitude: the polygon's centroid, in degrees.
        pinyin, initials: without tones, lower case, no spaces.
        valid_from, valid_to: its first and its last day; None: it always was, it still is.
        successor_code: what it became, for one that has ended.
    """

    __tablename__ = "regions"

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    short_name: Mapped[str] = mapped_column(String(40))
    name_en: Mapped[str] = mapped_column(String(80))
    level: Mapped[Level] = mapped_column(choice(Level, "level"))
    kind: Mapped[str] = mapped_column(String(20))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"), index=True)
    path: Mapped[str] = mapped_column(Path, unique=True)
    is_leaf: Mapped[bool] = mapped_column(Boolean(create_constraint=True, name="is_leaf"))
    host_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    pinyin: Mapped[str] = mapped_column(String(120))
    initials: Mapped[str] = mapped_column(String(40), index=True)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    successor_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))

    parent: Mapped[Region | None] = relationship(remote_side=[code], foreign_keys=[parent_code])

    __table_args__ = (
        CheckConstraint("parent_code <> code", name="parent_not_self"),
        CheckConstraint("valid_from <= valid_to", name="valid_in_order"),
        CheckConstraint(
            "successor_code IS NULL OR (successor_code <> code AND valid_to IS NOT NULL)",
            name="ended_first",
        ),
    )

    @property
    def is_open(self) -> bool:
        """Whether offers may be placed here today."""
        return self.is_leaf and self.valid_to is None


class FormerRegion(Base):
    """A name or code that a county had before, in the years since 1980 (GB/T 2260).

    Attributes:
        last_year: the last that it is in the code tables of.
        successor_code: what it is today; None where it became several or it cannot be told.
    """

    __tablename__ = "former_regions"

    code: Mapped[str] = mapped_column(String(6), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    last_year: Mapped[int] = mapped_column(Integer)
    successor_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))


class Township(Base):
    """A town, township or street 乡级行政区 of a county of the home region.

    Attributes:
        code: of the statistical division, whose first six digits were its county's once.
        kind: 镇, 乡, 民族乡, 街道, or 其他: farms and zones that are run like one.
        name_en: in pinyin, with its kind in English.
    """

    __tablename__ = "townships"

    code: Mapped[str] = mapped_column(String(9), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(80), server_default=text("''"))
    kind: Mapped[str] = mapped_column(String(20), server_default=text("''"))
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))


def is_current() -> ColumnElement[bool]:
    """SQL: the region has not ended."""
    return Region.valid_to.is_(None)


def is_valid_on(day: Any) -> ColumnElement[bool]:
    """SQL: the region was there on `day`, a date or a parameter."""
    return and_(
        or_(Region.valid_from.is_(None), Region.valid_from <= day),
        or_(Region.valid_to.is_(None), Region.valid_to >= day),
    )


def within(column: Any, path: Any) -> ColumnElement[bool]:
    """SQL: `column` (a path) is `path`, a text or a parameter, or below it.

    A range, so that an index serves it.
    """
    return or_(column == path, column.between(path + "/", path + "/~"))


def is_township(path: str) -> bool:
    """Whether the path ends with a township, as a search may ask for one."""
    return len(path.rpartition("/")[2]) == TOWNSHIP_DIGITS


def county_path(path: str) -> str:
    """The path without a township at its end."""
    return path.rpartition("/")[0] if is_township(path) else path


def is_within(inner: str, outer: str) -> bool:
    """Whether the path `inner` is `outer` or below it."""
    return inner == outer or inner.startswith(outer + "/")
